using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Brings the schema to this program's state. Safe to call from any number of nodes at once: one works, the others wait and find nothing to do.</summary>
public sealed partial class MigrationRunner(NpgsqlDataSource dataSource, ILogger<MigrationRunner> logger)
{
    /// <summary>Advisory lock of everything that changes the schema: "delib" in ASCII.</summary>
    public const long SchemaLock = 0x64656C6962;

    private const int LockedAttempts = 10;

    private const string CreateTable =
        """
        create table if not exists schema_migration (
            number int primary key,
            name text not null,
            sha256 bytea not null,
            applied_at timestamptz not null default clock_timestamp(),
            took_ms bigint not null
        )
        """;

    /// <summary>The files to apply; the embedded ones unless a test hands in its own.</summary>
    public IReadOnlyList<Migration> Migrations { get; init; } = Migration.Embedded;

    /// <returns>How many files were applied; 0 when the schema was up to date.</returns>
    /// <exception cref="SchemaRefusedException">The schema is newer than this program, or an applied file has changed. Nothing was touched.</exception>
    public async Task<int> MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await LockSchemaAsync(connection, cancellationToken);
        try
        {
            await ExecuteAsync(connection, CreateTable, cancellationToken);
            var applied = await AppliedAsync(connection, cancellationToken);
            Refuse(applied);
            var missing = Migrations.Where(migration => !applied.ContainsKey(migration.Number)).ToList();
            foreach (var migration in missing)
            {
                await ApplyAsync(connection, migration, cancellationToken);
            }

            return missing.Count;
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@SchemaLock)", new { SchemaLock });
        }
    }

    /// <summary>How many files the database still lacks; it need not have any schema yet.</summary>
    /// <exception cref="SchemaRefusedException">As for <see cref="MigrateAsync"/>.</exception>
    public async Task<int> CountMissingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await connection.ExecuteScalarAsync<string?>(new CommandDefinition("select to_regclass('schema_migration')::text", cancellationToken: cancellationToken)) is null)
        {
            return Migrations.Count;
        }

        var applied = await AppliedAsync(connection, cancellationToken);
        Refuse(applied);
        return Migrations.Count(migration => !applied.ContainsKey(migration.Number));
    }

    /// <summary>Waits for the schema lock without limit: another node may be migrating much data.</summary>
    private static Task<int> LockSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_lock(@SchemaLock)", new { SchemaLock }, commandTimeout: 0, cancellationToken: cancellationToken));

    private static async Task<Dictionary<int, AppliedRow>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<AppliedRow>(new CommandDefinition(
            "select number, name, sha256 from schema_migration", cancellationToken: cancellationToken))).ToDictionary(row => row.Number);

    private void Refuse(Dictionary<int, AppliedRow> applied)
    {
        var known = Migrations.ToDictionary(migration => migration.Number);
        foreach (var row in applied.Values.OrderBy(row => row.Number))
        {
            if (!known.TryGetValue(row.Number, out var migration))
            {
                throw new SchemaRefusedException(
                    SchemaProblem.Newer,
                    row.Number,
                    $"The database was migrated by a newer version of Deliberation (migration {row.Number:D4} {row.Name}). Start that version, or restore a backup made before it.");
            }

            if (!row.Sha256.AsSpan().SequenceEqual(migration.Checksum))
            {
                throw new SchemaRefusedException(
                    SchemaProblem.Changed,
                    row.Number,
                    $"Migration {row.Number:D4} {row.Name} was applied to the database with another text than this program carries. Start the version that made the database, or start over with --reset.");
            }
        }
    }

    /// <summary>One file, one transaction. A table in use elsewhere is tried again rather than making everybody wait behind us.</summary>
    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(connection, "set local lock_timeout = '2s'", cancellationToken);
                await ExecuteAsync(connection, migration.Sql, cancellationToken);
                var tookMs = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                await connection.ExecuteAsync(new CommandDefinition(
                    "insert into schema_migration (number, name, sha256, took_ms) values (@Number, @Name, @Checksum, @tookMs)",
                    new { migration.Number, migration.Name, migration.Checksum, tookMs },
                    cancellationToken: cancellationToken));
                FaultPoint.Hit("migration-before-commit");
                await transaction.CommitAsync(cancellationToken);
                FaultPoint.Hit("migration-after-commit");
                LogApplied(migration.Number, migration.Name, tookMs);
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable && attempt < LockedAttempts)
            {
                LogLocked(migration.Number, attempt);
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record AppliedRow(int Number, string Name, byte[] Sha256);

    [LoggerMessage(2101, LogLevel.Information, "Migration {Number} {Name} applied in {TookMs} ms")]
    private partial void LogApplied(int number, string name, long tookMs);

    [LoggerMessage(2102, LogLevel.Warning, "Migration {Number} found a table in use, attempt {Attempt}")]
    private partial void LogLocked(int number, int attempt);
}
