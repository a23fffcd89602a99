using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Maintenance;
using Deliberation.Postgres.Workflows;
using MediatR;

namespace Deliberation.Features.Timers;

/// <summary>A timer that waits.</summary>
/// <param name="Title">What the definition calls the activity; null when it has no name, or the workflow is gone.</param>
/// <param name="WhyNotFired">Text key for one past its instant: <c>timer.why.held</c>, <c>timer.why.paused</c>, <c>timer.why.parked</c>, <c>timer.why.retrying</c>, <c>timer.why.no-node</c>, <c>timer.why.too-late</c>, <c>timer.why.queued</c>; null when not overdue.</param>
/// <param name="RetryInSeconds">Machine seconds until the next try of one that failed; null when it waits for nothing.</param>
/// <param name="MovedBecause">Why somebody moved it by hand; null when nobody has.</param>
/// <param name="MayMove">False for what was told to people or is fixed by law: it may neither be moved nor held.</param>
/// <param name="HeldAt">Since when its time stands still; null when it runs.</param>
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
    string? LastError,
    int? RetryInSeconds,
    string? MovedBecause,
    bool MayMove,
    DateTimeOffset? HeldAt,
    string? HeldBecause,
    string DefinitionVersionId)
{
    public string? Title { get; init; }
}

/// <summary>A timer that fired.</summary>
public sealed record FiredTimerLine(
    Guid InstanceId, ProjectId? Project, string? ProjectTitle, string Name, string ActivityId, DateTimeOffset DueAt, DateTimeOffset FiredAt, long LatenessMs, string Outcome, string? DefinitionVersionId)
{
    public string? Title { get; init; }
}

/// <summary>An event that could not be taken.</summary>
public sealed record ParkedEventLine(Guid InstanceId, Guid EventId, ProjectId Project, string ProjectTitle, string Name, int Attempts, string? LastError);

/// <summary>How late timers fired, council milliseconds.</summary>
public sealed record LatenessFigures(long P50Ms, long P95Ms, long P99Ms);

/// <summary>The timers page.</summary>
/// <param name="Held">Those whose time stands still, whenever they are due; they stand in no other list but that of the overdue.</param>
/// <param name="Later">The next ones after those of the next 24 hours, at most <see cref="MostLater"/>.</param>
/// <param name="Lateness">Of the last 1,000 firings; null when there are none.</param>
/// <param name="DueByHour">How many are due in each of the next 24 hours.</param>
/// <param name="LatenessByHour">The worst lateness of each of the last 24 hours, the oldest first; council milliseconds, 0 where nothing fired.</param>
public sealed record TimersPage(
    DateTimeOffset Now,
    IReadOnlyList<TimerLine> Overdue,
    IReadOnlyList<TimerLine> NextDay,
    IReadOnlyList<TimerLine> Later,
    IReadOnlyList<TimerLine> Held,
    IReadOnlyList<FiredTimerLine> Fired,
    IReadOnlyList<ParkedEventLine> Parked,
    int Waiting,
    LatenessFigures? Lateness,
    IReadOnlyList<int> DueByHour,
    IReadOnlyList<long> LatenessByHour)
{
    public const int MostLater = 50;
}

/// <summary>Timers of a community: overdue, due in the next 24 hours, the next after them, fired; at most 100 of each.</summary>
/// <param name="Language">In which activities are named.</param>
public sealed record ListTimers(Caller Caller, CommunityId Community, string Language) : IQuery<TimersPage>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListTimersHandler(CouncilSession session, WorkflowDefinitions definitions) : IRequestHandler<ListTimers, Result<TimersPage>>
{
    public async Task<Result<TimersPage>> Handle(ListTimers request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var values = new { request.Community, now, tomorrow = now.AddDays(1) };
        const string timers =
            $"""
            select t.instance_id, t.bookmark_id, w.project_id as project, p.title as project_title, b.name, b.activity_id, b.activity_type, t.due_at, t.original_due_at, t.attempts,
                case when t.due_at > @now then null
                     when t.held_at is not null then 'timer.why.held'
                     when t.parked_at is not null then 'timer.why.parked'
                     when w.paused_at is not null then 'timer.why.paused'
                     when t.retry_at > clock_timestamp() then 'timer.why.retrying'
                     when not exists (select from node where {Nodes.IsAlive}) then 'timer.why.no-node'
                     when t.catch_up = 'Skip' and t.due_at < @now - interval '1 day' then 'timer.why.too-late'
                     else 'timer.why.queued' end as why_not_fired,
                t.last_error, extract(epoch from t.retry_at - clock_timestamp())::int as retry_in_seconds, t.moved_because,
                not t.is_fixed and (b.activity_type not like 'Deliberation.%' or b.name in ('reminder', 'ladder')) as may_move,
                t.held_at, t.held_because, w.definition_version_id
            from workflow_timer t
            join workflow_bookmark b using (community_id, instance_id, bookmark_id)
            join workflow_instance w using (community_id, instance_id)
            join project p on p.community_id = w.community_id and p.project_id = w.project_id
            where t.community_id = @community
            """;
        var overdue = await connection.RowsAsync<TimerLine>($"{timers} and t.due_at <= @now order by t.due_at limit 100", values, cancellationToken);
        var next = await connection.RowsAsync<TimerLine>($"{timers} and t.held_at is null and t.due_at > @now and t.due_at <= @tomorrow order by t.due_at limit 100", values, cancellationToken);
        var later = await connection.RowsAsync<TimerLine>($"{timers} and t.held_at is null and t.due_at > @tomorrow order by t.due_at limit {TimersPage.MostLater}", values, cancellationToken);
        var held = await connection.RowsAsync<TimerLine>($"{timers} and t.held_at is not null and t.due_at > @now order by t.held_at limit 100", values, cancellationToken);
        var fired = await connection.RowsAsync<FiredTimerLine>(
            """
            select l.instance_id, w.project_id as project, p.title as project_title, l.name, l.activity_id, l.due_at, l.fired_at, l.lateness_ms, l.outcome, w.definition_version_id
            from workflow_timer_log l
            left join workflow_instance w using (community_id, instance_id)
            left join project p on p.community_id = w.community_id and p.project_id = w.project_id
            where l.community_id = @community
            order by l.fired_at desc, l.log_id desc limit 100
            """,
            values,
            cancellationToken);
        var parked = await connection.RowsAsync<ParkedEventLine>(
            """
            select e.instance_id, e.event_id, w.project_id as project, p.title as project_title, e.name, e.attempts, e.last_error
            from workflow_inbox e
            join workflow_instance w using (community_id, instance_id)
            join project p on p.community_id = w.community_id and p.project_id = w.project_id
            where e.community_id = @community and e.parked_at is not null
            order by e.parked_at desc limit 100
            """,
            values,
            cancellationToken);
        var waiting = await connection.ScalarAsync<int>("select count(*)::int from workflow_timer where community_id = @community", values, cancellationToken);
        var lateness = await connection.RowsAsync<LatenessFigures>(
            """
            select p[1] as p50_ms, p[2] as p95_ms, p[3] as p99_ms
            from (
                select percentile_disc(array[0.5, 0.95, 0.99]) within group (order by lateness_ms) as p
                from (select lateness_ms from workflow_timer_log where community_id = @community and outcome = 'Fired' order by fired_at desc limit 1000) latest) x
            where p is not null
            """,
            values,
            cancellationToken);
        var dueByHour = await connection.RowsAsync<int>(
            """
            select count(t.due_at)::int
            from generate_series(0, 23) hour left join workflow_timer t
                on t.community_id = @community and t.due_at > @now + hour * interval '1 hour' and t.due_at <= @now + (hour + 1) * interval '1 hour'
            group by hour order by hour
            """,
            values,
            cancellationToken);
        var latenessByHour = await connection.RowsAsync<long>(
            """
            select coalesce(max(l.lateness_ms), 0)
            from generate_series(23, 0, -1) hour left join workflow_timer_log l
                on l.community_id = @community and l.outcome = 'Fired' and l.fired_at > @now - (hour + 1) * interval '1 hour' and l.fired_at <= @now - hour * interval '1 hour'
            group by hour order by hour desc
            """,
            values,
            cancellationToken);
        var titles = await TitlesAsync(
            [.. overdue.Concat(next).Concat(later).Concat(held).Select(timer => timer.DefinitionVersionId), .. fired.Select(timer => timer.DefinitionVersionId).OfType<string>()], request.Language, cancellationToken);
        return new TimersPage(
            now, Named(overdue), Named(next), Named(later), Named(held), [.. fired.Select(timer => timer with { Title = Title(timer.DefinitionVersionId, timer.ActivityId) })],
            parked, waiting, lateness is [var figures] ? figures : null, dueByHour, latenessByHour);

        IReadOnlyList<TimerLine> Named(IReadOnlyList<TimerLine> lines) => [.. lines.Select(line => line with { Title = Title(line.DefinitionVersionId, line.ActivityId) })];

        string? Title(string? version, string activity) => version is null ? null : titles[version].GetValueOrDefault(activity);
    }

    private async Task<Dictionary<string, IReadOnlyDictionary<string, string>>> TitlesAsync(IReadOnlyList<string> versions, string language, CancellationToken cancellationToken)
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> titles = [];
        foreach (var version in versions.Distinct())
        {
            titles[version] = ActivityTitles.Of(await definitions.GetVersionAsync(session.Connection, version, cancellationToken), language);
        }

        return titles;
    }
}
