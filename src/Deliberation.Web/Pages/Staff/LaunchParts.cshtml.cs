using Deliberation.Domain;
using Deliberation.Features.Projects;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The six parts of a launch, in any order.</summary>
public sealed class LaunchPartsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true, Name = "draft")]
    public Guid DraftId { get; set; }

    public LaunchDraft Draft { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetDraft(Caller, Community, DraftId), draft => Draft = draft, cancellationToken);
}
