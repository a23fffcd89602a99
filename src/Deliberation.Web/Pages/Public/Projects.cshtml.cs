using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>The community's projects, running ones first.</summary>
public sealed class ProjectsModel(IMediator mediator) : PageModel
{
    public Paged<ProjectLine> Projects { get; private set; } = null!;

    public async Task OnGetAsync(int number, CancellationToken cancellationToken) =>
        Projects = (await mediator.Send(
            new ListProjects(User.Caller(), HttpContext.Frame().CommunityId, null, null, null, new PageRequest(number), HasTasks: false), cancellationToken)).Require();
}
