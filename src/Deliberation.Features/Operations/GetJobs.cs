using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Maintenance;
using MediatR;

namespace Deliberation.Features.Operations;

/// <summary>A program that runs on this database. Machine time.</summary>
/// <param name="IsAlive">It was heard of in the last 20 s.</param>
/// <param name="LeftAt">When it stopped in order; null when it runs or went without a word.</param>
public sealed record NodeLine(string Host, string Version, DateTimeOffset StartedAt, DateTimeOffset BeatAt, bool IsAlive, DateTimeOffset? LeftAt);

/// <summary>Messages of a community by the way they leave.</summary>
/// <param name="Channel"><c>InApp</c>, the product's own mailbox, always first; then those that have messages.</param>
/// <param name="Waiting">May go out now and has not.</param>
/// <param name="Later">Waits for the end of quiet hours or the hour of a digest.</param>
/// <param name="SentLastDay">In the last 24 hours of machine time.</param>
/// <param name="Failed">Given up until staff send it again.</param>
/// <param name="OldestSince">Machine time since when the oldest of the waiting waits; null when none does.</param>
public sealed record ChannelLine(string Channel, int Waiting, int Later, int SentLastDay, int Failed, DateTimeOffset? OldestSince);

/// <summary>Jobs, messages, nodes and what was put aside.</summary>
/// <param name="MachineNow">All instants here are machine time.</param>
/// <param name="Nodes">Alive first; those that went in the last day after them; at most 20.</param>
/// <param name="ParkedSteps">Timers and events of the community put aside after repeated failures.</param>
/// <param name="Incidents">Workflows of the community stopped by an error.</param>
/// <param name="ParkedMessages">The failed of all ways.</param>
public sealed record JobsPage(
    DateTimeOffset MachineNow,
    IReadOnlyList<MaintenanceState> Jobs,
    IReadOnlyList<ChannelLine> Channels,
    IReadOnlyList<NodeLine> Nodes,
    int ParkedSteps,
    int Incidents)
{
    public int ParkedMessages => Channels.Sum(channel => channel.Failed);
}

/// <summary>What works behind the pages: recurring jobs, messages by their way, nodes.</summary>
public sealed record GetJobs(Caller Caller, CommunityId Community) : IQuery<JobsPage>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class GetJobsHandler(CouncilSession session) : IRequestHandler<GetJobs, Result<JobsPage>>
{
    public async Task<Result<JobsPage>> Handle(GetJobs request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var values = new { request.Community };
        var jobs = await connection.ReadMaintenanceAsync(cancellationToken);
        var channels = await connection.RowsAsync<ChannelLine>(
            """
            with clock as materialized (select council_now() as council, clock_timestamp() as machine, (select rate from council_clock) as rate)
            select 'InApp' as channel,
                count(*) filter (where m.sent_at is null and (m.not_before is null or m.not_before <= clock.council))::int as waiting,
                count(*) filter (where m.sent_at is null and m.not_before > clock.council)::int as later,
                count(*) filter (where m.sent_at > clock.machine - interval '1 day')::int as sent_last_day,
                0 as failed,
                min(clock.machine) - max(clock.council - greatest(m.council_at, m.not_before)) filter (where m.sent_at is null and (m.not_before is null or m.not_before <= clock.council)) / min(clock.rate) as oldest_since
            from clock join outbox_message m on m.community_id = @Community and (m.sent_at is null or m.sent_at > clock.machine - interval '1 day')
            union all
            (select d.channel,
                count(*) filter (where d.taken_at is null and d.parked_at is null and (d.due_at is null or d.due_at <= clock.council))::int,
                count(*) filter (where d.taken_at is null and d.parked_at is null and d.due_at > clock.council)::int,
                count(*) filter (where d.taken_at > clock.machine - interval '1 day')::int,
                count(*) filter (where d.parked_at is not null)::int,
                min(clock.machine - coalesce((clock.council - d.due_at) / clock.rate, clock.machine - d.written_at))
                    filter (where d.taken_at is null and d.parked_at is null and (d.due_at is null or d.due_at <= clock.council))
            from clock join message_delivery d on d.community_id = @Community
            group by d.channel order by d.channel)
            """,
            values,
            cancellationToken);
        var nodes = await connection.RowsAsync<NodeLine>(
            $"select host, version, started_at, beat_at, {Nodes.IsAlive} as is_alive, left_at from node order by is_alive desc, beat_at desc limit 20", values, cancellationToken);
        var counts = await connection.RowAsync<Counts>(
            """
            select clock_timestamp() as machine_now,
                (select count(*) from workflow_timer where community_id = @Community and parked_at is not null)::int
                    + (select count(*) from workflow_inbox where community_id = @Community and parked_at is not null)::int as parked_steps,
                (select count(*) from workflow_incident where community_id = @Community and resolved_at is null)::int as incidents
            """,
            values,
            cancellationToken);
        return new JobsPage(counts!.MachineNow, jobs, channels, nodes, counts.ParkedSteps, counts.Incidents);
    }

    private sealed record Counts(DateTimeOffset MachineNow, int ParkedSteps, int Incidents);
}
