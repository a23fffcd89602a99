using Deliberation.Domain;
using Deliberation.Features.Covenants;
using Deliberation.Features.Evaluations;
using Deliberation.Features.Foundation;
using Deliberation.Features.Meetings;
using Deliberation.Features.Pledges;
using Deliberation.Features.Projects;
using Deliberation.Features.Rehearsals;
using Deliberation.Features.Residents;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents;

/// <summary>My matters (我的事项): what waits for a vote, a signature or an answer, then what goes on.</summary>
public sealed class HomeModel(IMediator mediator, ITexts texts) : PageModel
{
    public MyMatters Matters { get; private set; } = null!;

    public IReadOnlyList<MyEvaluation> Evaluations { get; private set; } = [];

    /// <summary>Adopted and not signed yet, while the project runs.</summary>
    public IReadOnlyList<CovenantSummary> ToSign { get; private set; } = [];

    public IReadOnlyList<MyPledge> Pledges { get; private set; } = [];

    /// <summary>Called and not held yet, the next first.</summary>
    public IReadOnlyList<MeetingLine> Meetings { get; private set; } = [];

    /// <summary>Papers to try out; nothing of them counts.</summary>
    public IReadOnlyList<RehearsalView> Rehearsals { get; private set; } = [];

    public IReadOnlyList<ProjectLine> Projects { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        var (caller, community) = (User.Caller(), HttpContext.Frame().CommunityId);
        var matters = await mediator.Send(new ListMyMatters(caller, community), cancellationToken);
        if (matters is Result<MyMatters>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Matters = matters.Require();
        Evaluations = [.. (await mediator.Send(new ListMyEvaluations(caller, community), cancellationToken)).Require().Where(e => !e.IsAnswered)];
        ToSign = [.. (await mediator.Send(new ListCovenants(caller, community, null), cancellationToken)).Require().Where(c => c is { State: "Adopted", IsSignedByMe: false, IsProjectOver: false })];
        Pledges = [.. (await mediator.Send(new ListMyPledges(caller, community), cancellationToken)).Require().Where(p => p.State == "Promised")];
        Meetings = [.. (await mediator.Send(new ListMeetings(caller, community, null, new PageRequest(1, 10)), cancellationToken)).Require().Items.Where(m => m.State == "Called").OrderBy(m => m.MeetsAt)];
        Rehearsals = (await mediator.Send(new ListRehearsals(caller, community), cancellationToken)).Require();
        Projects = (await mediator.Send(new ListProjects(caller, community, null, null, null, new PageRequest(1, 8), HasTasks: false), cancellationToken)).Require().Items;
        return Page();
    }
}
