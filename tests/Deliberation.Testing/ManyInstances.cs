using Npgsql;

namespace Deliberation.Testing;

/// <summary>Many waiting workflows at once, as copies of one that waits.</summary>
public static class ManyInstances
{
    /// <param name="instance">Waits for an event; it has no timers.</param>
    /// <param name="copies">How many more there are then.</param>
    public static async Task CopyAsync(this NpgsqlDataSource dataSource, Guid instance, int copies)
    {
        await using var command = dataSource.CreateCommand(
            """
            with copy as materialized (
                select gen_random_uuid() as id from generate_series(1, $2)
            ), instances as (
                insert into workflow_instance (community_id, instance_id, project_id, definition_version_id, definition_id, status, sub_status, state, version, created_at, updated_at)
                select i.community_id, copy.id, i.project_id, i.definition_version_id, i.definition_id, i.status, i.sub_status,
                    replace(i.state::text, i.instance_id::text, copy.id::text)::jsonb, i.version, i.created_at, i.updated_at
                from workflow_instance i, copy
                where i.instance_id = $1
            )
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, key, activity_id, activity_type, visit_id, stimulus_hash, payload, created_at)
            select b.community_id, copy.id, replace(b.bookmark_id, b.instance_id::text, copy.id::text), b.name, b.key, b.activity_id, b.activity_type,
                replace(b.visit_id, b.instance_id::text, copy.id::text), b.stimulus_hash, b.payload, b.created_at
            from workflow_bookmark b, copy
            where b.instance_id = $1
            """);
        command.CommandTimeout = 300;
        command.Parameters.Add(new NpgsqlParameter { Value = instance });
        command.Parameters.Add(new NpgsqlParameter { Value = copies });
        await command.ExecuteNonQueryAsync();
    }
}
