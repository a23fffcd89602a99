using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Timers;

/// <summary>A timer that waits.</summary>
/// <param name="WhyNotFired">Text key for one past its instant: <c>timer.why.paused</c>, <c>timer.why.parked</c>, <c>timer.why.retrying</c>, <c>timer.why.queued</c>; null when not overdue.</param>
public sealed record TimerLine(
    Guid InstanceId,
    string BookmarkId,
    ProjectId Project,
    string ProjectTitle,
    string Name,
    string ActivityId,
    string ActivityType,
    DateTimeOffset DueAt,
    DateTimeOffset OriginalDueAt,
    int Attempts,
    string? WhyNotFired,
    string? LastError);

/// <summary>A timer that fired.</summary>
public sealed record FiredTimerLine(Guid InstanceId, ProjectId? Project, string? ProjectTitle, string Name, string ActivityId, DateTimeOffset DueAt, DateTimeOffset FiredAt, long LatenessMs, string Outcome);

/// <summary>An event that could not be taken.</summary>
public sealed record ParkedEventLine(Guid InstanceId, Guid EventId, ProjectId Project, string ProjectTitle, string Name, int Attempts, string? LastError);

/// <summary>The timers page.</summary>
/// <param name="LatenessP95Ms">95th percentile of the last 1,000 firings, council milliseconds; null when none.</param>
public sealed record TimersPage(
    DateTimeOffset Now,
    IReadOnlyList<TimerLine> Overdue,
    IReadOnlyList<TimerLine> NextDay,
    IReadOnlyList<FiredTimerLine> Fired,
    IReadOnlyList<ParkedEventLine> Parked,
    int Waiting,
    long? LatenessP95Ms);

/// <summary>Timers of a community: overdue, due in the next 24 hours, fired; at most 100 of each.</summary>
public sealed record ListTimers(Caller Caller, CommunityId Community) : IQuery<TimersPage>
{
    public Audience Audience => Audience.Readers;
}
