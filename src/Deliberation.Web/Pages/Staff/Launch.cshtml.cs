using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Projects;
using Deliberation.Features.Templates;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Begin a launch: go on with a draft or choose a template.</summary>
public sealed class LaunchModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? Template { get; set; }

    public IReadOnlyList<TemplateSummary> Templates { get; private set; } = [];

    public IReadOnlyList<LaunchDraft> Drafts { get; private set; } = [];

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => ActAsync(
        new SaveDraft(Caller, Community, null, LaunchParts.Template, new JsonObject { ["templateId"] = Template }, 0), "draft-saved", cancellationToken,
        draft => $"/staff/launch/{draft.DraftId}");

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new ListTemplates(Caller, Community), templates => Templates = templates, cancellationToken)
        ?? await AskAsync(new ListDrafts(Caller, Community), drafts => Drafts = drafts, cancellationToken);
}
