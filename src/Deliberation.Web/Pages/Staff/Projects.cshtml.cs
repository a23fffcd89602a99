using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The community's projects, running ones first.</summary>
public sealed class ProjectsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Stage? Stage { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Search { get; set; }

    public Paged<ProjectLine> Projects { get; private set; } = null!;

    public DateTimeOffset Now { get; private set; }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        Now = await NowAsync(cancellationToken);
        return await AskAsync(new ListProjects(Caller, Community, State, Stage, Search, PageAsked()), list => Projects = list, cancellationToken);
    }
}
