using Deliberation.Domain;
using Deliberation.Features.Projects;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The dry run before a launch: calendar, every message, posts, what is in the way.</summary>
public sealed class LaunchCheckModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true, Name = "draft")]
    public Guid DraftId { get; set; }

    public LaunchDraft Draft { get; private set; } = null!;

    public LaunchPreview Preview { get; private set; } = null!;

    /// <summary>One draft launches once, however often the button is pressed.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetDraft(Caller, Community, DraftId), draft => Draft = draft, cancellationToken) is { } refusal
            ? StatusCode(refusal.Kind.Status())
            : await ActAsync(
                new LaunchProject(Caller, Community, $"draft-{DraftId}", Draft.ToForm(), DraftId), "launched", cancellationToken,
                project => $"/staff/projects/{project}");

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetDraft(Caller, Community, DraftId), draft => Draft = draft, cancellationToken)
        ?? await AskAsync(new PreviewLaunch(Caller, Community, Draft.ToForm()), preview => Preview = preview, cancellationToken);
}
