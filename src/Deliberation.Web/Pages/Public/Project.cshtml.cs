using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Covenants;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>A project: where it stands on the five stages, what it asks of people now, and what happened so far.</summary>
public sealed class ProjectModel(IMediator mediator, ITexts texts) : PageModel
{
    public ProjectPage Project { get; private set; } = null!;

    public Paged<TimelineLine> Timeline { get; private set; } = null!;

    public IReadOnlyList<BallotLine> Results { get; private set; } = [];

    /// <summary>Adopted covenants of a project that has ended: still to be read, no longer asked for.</summary>
    public IReadOnlyList<CovenantSummary> Covenants { get; private set; } = [];

    public bool ShowsAll { get; private set; }

    /// <summary>The stages that run: none of a project that has ended.</summary>
    public IReadOnlyList<StageOnStrip> Now => Project.IsOver ? [] : [.. Project.Stages.Where(s => s is { IsPresent: true, StartedAt: not null, CompletedAt: null })];

    public async Task<IActionResult> OnGetAsync(Guid id, bool all, CancellationToken cancellationToken)
    {
        var (caller, community, project) = (User.Caller(), HttpContext.Frame().CommunityId, new ProjectId(id));
        var answer = await mediator.Send(new GetProject(caller, community, project), cancellationToken);
        if (answer is Result<ProjectPage>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Project = answer.Require();
        ShowsAll = all;
        Timeline = (await mediator.Send(new GetTimeline(caller, community, project, null, new PageRequest(1, all ? 200 : 6)), cancellationToken)).Require();
        Results = [.. (await mediator.Send(new ListBallots(caller, community, project), cancellationToken)).Require().Where(b => b.Outcome is not null)];
        Covenants = Project.IsOver ? [.. (await mediator.Send(new ListCovenants(caller, community, project), cancellationToken)).Require().Where(c => c.State == "Adopted")] : [];
        return Page();
    }
}
