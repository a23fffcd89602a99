using Dapper;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>What somebody who helps from afar needs to know of a database, without anything that people wrote.</summary>
public sealed class SupportFacts(NpgsqlDataSource dataSource)
{
    /// <summary>An incident without its message, which may hold a person's words.</summary>
    public sealed record Incident(Guid IncidentId, Guid InstanceId, string DefinitionVersionId, string ActivityId, DateTimeOffset At, DateTimeOffset? ResolvedAt);

    public sealed record Setting(string Name, string Value);

    /// <summary>The last 50; none on a database without a schema.</summary>
    public async Task<IReadOnlyList<Incident>> IncidentsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<Incident>(new CommandDefinition(
            """
            select n.incident_id, n.instance_id, i.definition_version_id, n.activity_id, n.at, n.resolved_at
            from workflow_incident n join workflow_instance i using (community_id, instance_id)
            order by n.at desc limit 50
            """,
            cancellationToken: cancellationToken))];
    }

    /// <summary>Version and the settings that durability and speed hang on.</summary>
    public async Task<IReadOnlyList<Setting>> ServerAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<Setting>(new CommandDefinition(
            """
            select name, setting as value from pg_settings
            where name in ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'shared_buffers', 'max_connections', 'wal_level', 'lc_collate', 'lc_ctype', 'server_encoding', 'TimeZone')
            order by name
            """,
            cancellationToken: cancellationToken))];
    }
}
