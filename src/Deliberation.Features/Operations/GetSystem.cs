using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Operations;

/// <summary>How the product is doing, in numbers that the admin's page puts into words.</summary>
/// <param name="CouncilNow">Council time.</param>
/// <param name="MachineNow">The database's machine time.</param>
/// <param name="Rate">How many times faster than machine time council time runs; 1 but for demos.</param>
/// <param name="SchemaNumber">Highest migration applied.</param>
/// <param name="DatabaseBytes">Size on disk.</param>
/// <param name="Connections">Connections to this database now.</param>
/// <param name="DurabilityIsOn">False when a crash could lose what was acknowledged (<c>fsync</c> or <c>synchronous_commit</c> off).</param>
/// <param name="RunningInstances">Workflows running, in all communities.</param>
/// <param name="WaitingMessages">Messages not sent yet that are due.</param>
/// <param name="HeldMessages">Messages that wait for the end of quiet hours.</param>
/// <param name="HeldUntil">When the first of them goes out; null when none waits.</param>
/// <param name="Incidents">Workflows stopped by an error and not resolved.</param>
/// <param name="Parked">Timers and events put aside after repeated failures.</param>
/// <param name="OldestOverdueMs">Council milliseconds by which the oldest timer is late; 0 when none is.</param>
public sealed record SystemState(
    DateTimeOffset CouncilNow,
    DateTimeOffset MachineNow,
    double Rate,
    string ServerVersion,
    int SchemaNumber,
    long DatabaseBytes,
    int Connections,
    bool DurabilityIsOn,
    int RunningInstances,
    int WaitingMessages,
    int HeldMessages,
    DateTimeOffset? HeldUntil,
    int Incidents,
    int Parked,
    long OldestOverdueMs)
{
    public bool IsWell => DurabilityIsOn && Incidents == 0 && Parked == 0 && OldestOverdueMs < 60_000 * Math.Max(1, Rate);
}

/// <summary>The state of the whole product: figures only, of all communities together.</summary>
public sealed record GetSystem(Caller Caller, CommunityId Community) : IQuery<SystemState>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class GetSystemHandler(CouncilSession session) : IRequestHandler<GetSystem, Result<SystemState>>
{
    public async Task<Result<SystemState>> Handle(GetSystem request, CancellationToken cancellationToken)
    {
        var row = await session.Connection.QuerySingleAsync<Row>(new CommandDefinition(
            """
            select council_now() as council_now, clock_timestamp() as machine_now, (select rate from council_clock) as rate,
                current_setting('server_version') as server_version,
                (select max(number) from schema_migration) as schema_number,
                pg_database_size(current_database()) as database_bytes,
                (select count(*) from pg_stat_activity where datname = current_database()) as connections,
                current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as durability_is_on,
                (select count(*) from workflow_instance where status = 'Running') as running_instances,
                (select count(*) from outbox_message where sent_at is null and (not_before is null or not_before <= council_now())) as waiting_messages,
                (select count(*) from outbox_message where sent_at is null and not_before > council_now()) as held_messages,
                (select min(not_before) from outbox_message where sent_at is null and not_before > council_now()) as held_until,
                (select count(*) from workflow_incident where resolved_at is null) as incidents,
                (select count(*) from workflow_timer where parked_at is not null) + (select count(*) from workflow_inbox where parked_at is not null) as parked,
                coalesce((
                    select extract(epoch from council_now() - min(t.due_at)) * 1000
                    from workflow_timer t join workflow_instance i using (community_id, instance_id)
                    where t.parked_at is null and t.held_at is null and i.paused_at is null and t.due_at <= council_now()), 0)::bigint as oldest_overdue_ms
            """,
            cancellationToken: cancellationToken));
        return new SystemState(
            row.CouncilNow, row.MachineNow, row.Rate, row.ServerVersion, row.SchemaNumber, row.DatabaseBytes, (int)row.Connections, row.DurabilityIsOn,
            (int)row.RunningInstances, (int)row.WaitingMessages, (int)row.HeldMessages, row.HeldUntil, (int)row.Incidents, (int)row.Parked, row.OldestOverdueMs);
    }

    private sealed record Row
    {
        public DateTimeOffset CouncilNow { get; init; }
        public DateTimeOffset MachineNow { get; init; }
        public double Rate { get; init; }
        public string ServerVersion { get; init; } = "";
        public int SchemaNumber { get; init; }
        public long DatabaseBytes { get; init; }
        public long Connections { get; init; }
        public bool DurabilityIsOn { get; init; }
        public long RunningInstances { get; init; }
        public long WaitingMessages { get; init; }
        public long HeldMessages { get; init; }
        public DateTimeOffset? HeldUntil { get; init; }
        public long Incidents { get; init; }
        public long Parked { get; init; }
        public long OldestOverdueMs { get; init; }
    }
}
