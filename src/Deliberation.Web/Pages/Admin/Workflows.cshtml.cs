using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>Workflows of the community's projects (流程): those that run, have stopped, or are over.</summary>
public sealed class WorkflowsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public InstanceFilter Show { get; set; }

    public InstanceList List { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListInstances(Caller, Community, Show, Texts.Language, PageAsked()), list => List = list, cancellationToken);
}
