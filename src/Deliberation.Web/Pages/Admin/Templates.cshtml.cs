using Deliberation.Domain;
using Deliberation.Features.Laws;
using Deliberation.Features.Templates;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Admin;

/// <summary>Published templates (模板). The admin's first page: it also says which laws wait to be confirmed.</summary>
public sealed class TemplatesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public IReadOnlyList<TemplateSummary> Templates { get; private set; } = [];

    /// <summary>In force, and nobody has compared their figures with the official text yet.</summary>
    public IReadOnlyList<LawLine> Unconfirmed { get; private set; } = [];

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new ListTemplates(Caller, Community), list => Templates = list, cancellationToken)
        ?? await AskAsync(new ListLaws(Caller, Community), laws => Unconfirmed = [.. laws.Where(law => law is { IsInForce: true, State: LawState.Unconfirmed })], cancellationToken);
}
