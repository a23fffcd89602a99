using Deliberation.Domain;
using Deliberation.Features.Templates;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Admin;

/// <summary>Published templates (模板).</summary>
public sealed class TemplatesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public IReadOnlyList<TemplateSummary> Templates { get; private set; } = [];

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListTemplates(Caller, Community), list => Templates = list, cancellationToken);
}
