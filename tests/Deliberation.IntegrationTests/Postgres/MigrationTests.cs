using Dapper;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Deliberation.Workflows.Activities;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

public sealed class MigrationTests
{
    private static readonly Migration First = new(1, "first", "create table first_table (id int primary key)");
    private static readonly Migration Second = new(2, "second", "alter table first_table add column name text");

    [Fact]
    public async Task The_second_run_finds_nothing_to_do()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        var runner = Runner(database.DataSource);

        Assert.Equal(Migration.Embedded.Count, await runner.CountMissingAsync(default));
        Assert.Equal(Migration.Embedded.Count, await runner.MigrateAsync(default));
        Assert.Equal(0, await runner.MigrateAsync(default));
        Assert.Equal(0, await runner.CountMissingAsync(default));
    }

    [Fact]
    public async Task Definitions_stored_before_versions_had_states_are_published_ones_and_whole()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        await Runner(database.DataSource, [.. Migration.Embedded.Where(migration => migration.Number < 251)]).MigrateAsync(default);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest) values
                ('a-v1', 'a', 1, 'A', '{"id":"a-v1","definitionId":"a","version":1,"isPublished":true,"isLatest":true,"root":{"id":"r","type":"Elsa.Start"}}', '\x01', false, false),
                ('a-v2', 'a', 2, 'A', '{"id":"a-v2","definitionId":"a","version":2,"isPublished":true,"isLatest":true,"root":{"id":"r","type":"Elsa.End"}}', '\x02', true, true)
            """);

        await Runner(database.DataSource).MigrateAsync(default);

        var versions = (await WorkflowDefinitions.ListVersionsAsync(connection, "a", 0, 10, default)).Versions;
        Assert.Equal([(DefinitionState.Published, true), (DefinitionState.Retracted, false)], versions.Select(version => (version.State, version.PublishedAt is not null && version.IsLatest)));
        Assert.Contains("\"isPublished\":false", await WorkflowDefinitions.ExportAsync(connection, "a-v1", default), StringComparison.Ordinal);
        var published = await new WorkflowDefinitions(new ActivityRegistry()).GetPublishedAsync(connection, "a", default);
        Assert.Equal(("a-v2", "Elsa.End"), (published.Id, (string?)published.Source["root"]!["type"]));
    }

    [Fact]
    public async Task Of_five_nodes_that_start_at_once_one_migrates()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);

        var applied = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Runner(database.DataSource).MigrateAsync(default)));

        Assert.Equal(Migration.Embedded.Count, applied.Sum());
        Assert.Equal(4, applied.Count(count => count == 0));
    }

    [Fact]
    public async Task A_newer_schema_is_refused_with_its_number()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        await Runner(database.DataSource, First, Second).MigrateAsync(default);

        var refused = await Assert.ThrowsAsync<SchemaRefusedException>(() => Runner(database.DataSource, First).MigrateAsync(default));

        Assert.Equal((SchemaProblem.Newer, 2), (refused.Problem, refused.Number));
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_changed_after_it_was_applied_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        await Runner(database.DataSource, First).MigrateAsync(default);

        var refused = await Assert.ThrowsAsync<SchemaRefusedException>(
            () => Runner(database.DataSource, First with { Sql = First.Sql + " -- edited" }).MigrateAsync(default));

        Assert.Equal((SchemaProblem.Changed, 1), (refused.Problem, refused.Number));
    }

    [Fact]
    public async Task A_file_that_fails_leaves_nothing_of_itself_and_all_before_it()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        var broken = new Migration(2, "broken", "create table half (id int); select 1 / 0;");

        await Assert.ThrowsAsync<PostgresException>(() => Runner(database.DataSource, First, broken).MigrateAsync(default));

        await using var connection = await database.DataSource.OpenConnectionAsync();
        Assert.Null(await connection.ExecuteScalarAsync<string?>("select to_regclass('half')::text"));
        Assert.Equal([1], await connection.QueryAsync<int>("select number from schema_migration"));
    }

    [Fact]
    public void The_checksum_does_not_depend_on_line_ends() =>
        Assert.Equal(new Migration(1, "a", "x\ny").Checksum, new Migration(1, "a", "x\r\ny").Checksum);

    private static MigrationRunner Runner(NpgsqlDataSource dataSource, params Migration[] migrations) =>
        new(dataSource, NullLogger<MigrationRunner>.Instance) { Migrations = migrations.Length == 0 ? Migration.Embedded : migrations };
}
