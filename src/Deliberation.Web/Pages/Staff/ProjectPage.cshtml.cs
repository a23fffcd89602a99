using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Covenants;
using Deliberation.Features.Foundation;
using Deliberation.Features.Meetings;
using Deliberation.Features.Notices;
using Deliberation.Features.Pledges;
using Deliberation.Features.Projects;
using Deliberation.Features.Visits;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>A project for those who run it: stages, what happened and why, and what may be done now.</summary>
public sealed class ProjectPageModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Only events of this kind.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    [BindProperty]
    public string? SuspendReason { get; set; }

    [BindProperty]
    public string? SuspendDay { get; set; }

    [BindProperty]
    public string? CancelReason { get; set; }

    public ProjectPage Project { get; private set; } = null!;

    public Paged<TimelineLine> Timeline { get; private set; } = null!;

    public IReadOnlyList<BallotLine> Ballots { get; private set; } = [];

    public IReadOnlyList<MeetingLine> Meetings { get; private set; } = [];

    public IReadOnlyList<NoticeLine> Notices { get; private set; } = [];

    public IReadOnlyList<CovenantSummary> Covenants { get; private set; } = [];

    public bool IsRunning => Project.State is not ("Suspended" or "Closed" or "Cancelled" or "Withdrawn" or "Rejected" or "Merged" or "Draft");

    public bool IsSuspended => Project.State is "Suspended";

    private ProjectId ProjectId => new(Id);

    public Task<IActionResult> OnPostSuspendAsync(CancellationToken cancellationToken)
    {
        if (!DateOnly.TryParseExact(SuspendDay, "yyyy-MM-dd", out var day))
        {
            ModelState.AddModelError(nameof(SuspendDay), Texts["form.not-a-day"]);
        }

        return ActAsync(new SuspendProject(Caller, Community, ProjectId, SuspendReason ?? "", day), "project-suspended", cancellationToken);
    }

    public Task<IActionResult> OnPostResumeAsync(CancellationToken cancellationToken) =>
        ActAsync(new ResumeProject(Caller, Community, ProjectId), "project-resumed", cancellationToken);

    public Task<IActionResult> OnPostCancelAsync(CancellationToken cancellationToken) =>
        ActAsync(new CancelProject(Caller, Community, ProjectId, CancelReason ?? ""), "project-cancelled", cancellationToken);

    /// <summary>True when there is a round of visits to look at; the pages of what has not begun are absent.</summary>
    public bool HasVisits { get; private set; }

    public bool HasPledges { get; private set; }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        await AskAsync(new GetVisits(Caller, Community, ProjectId, null, null, new PageRequest(1, 1)), _ => HasVisits = true, cancellationToken);
        await AskAsync(new GetPledgeBoard(Caller, Community, ProjectId), _ => HasPledges = true, cancellationToken);
        return await AskAsync(new GetProject(Caller, Community, ProjectId), page => Project = page, cancellationToken)
        ?? await AskAsync(new GetTimeline(Caller, Community, ProjectId, string.IsNullOrEmpty(Kind) ? null : Kind, PageAsked(25)), lines => Timeline = lines, cancellationToken)
        ?? await AskAsync(new ListBallots(Caller, Community, ProjectId), lines => Ballots = lines, cancellationToken)
        ?? await AskAsync(new ListMeetings(Caller, Community, ProjectId, new PageRequest(1, 30)), lines => Meetings = lines.Items, cancellationToken)
        ?? await AskAsync(new ListNotices(Caller, Community, ProjectId, false, new PageRequest(1, 30)), lines => Notices = lines.Items, cancellationToken)
        ?? await AskAsync(new ListCovenants(Caller, Community, ProjectId), lines => Covenants = lines, cancellationToken);
    }
}
