using Deliberation.Postgres.Embedded;
using Deliberation.Postgres.Scheduling;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Readiness: the database answers. What was checked once at start is not asked again.</summary>
internal sealed class DatabaseHealth(Database database, NpgsqlDataSource dataSource) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (database.Embedded is { State: not EmbeddedState.Running and var state })
        {
            return HealthCheckResult.Unhealthy($"The embedded database is {state}.");
        }

        return await Answers.OrAwayAsync(async () =>
        {
            await using var command = dataSource.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy("The database answers.");
        });
    }
}

/// <summary>Readiness: the database has this program's schema.</summary>
internal sealed class SchemaHealth(MigrationRunner migrations) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Answers.OrAwayAsync(async () =>
    {
        var missing = await migrations.CountMissingAsync(cancellationToken);
        return missing == 0 ? HealthCheckResult.Healthy("The schema is up to date.") : HealthCheckResult.Unhealthy($"{missing} migrations are missing.");
    });
}

/// <summary>Readiness: what was promised happens in time. A node that runs no pump is not judged by it.</summary>
internal sealed class PumpHealth(OperatorFigures figures, IOptions<PumpOptions> options) : IHealthCheck
{
    /// <summary>A minute late is a pump that stands still: it looks every second.</summary>
    private const double MostLagSeconds = 60;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Answers.OrAwayAsync(async () =>
    {
        var lag = (await figures.ReadAsync(cancellationToken)).TimerLagSeconds;
        return lag <= MostLagSeconds ? HealthCheckResult.Healthy($"Timers are {lag:0} s late.")
            : options.Value.Workers == 0 ? HealthCheckResult.Degraded($"Timers are {lag:0} s late; this node runs none.")
            : HealthCheckResult.Unhealthy($"Timers are {lag:0} s late.");
    });
}

/// <summary>Readiness: nobody keeps a transaction open. The node works on, so it is only to be looked at.</summary>
internal sealed class TransactionHealth(OperatorFigures figures) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Answers.OrAwayAsync(async () =>
    {
        var read = await figures.ReadAsync(cancellationToken);
        var says = $"The oldest transaction is {read.OldestTransactionSeconds:0} s old.";
        return read.HasOldTransaction ? HealthCheckResult.Degraded(says) : HealthCheckResult.Healthy(says);
    });
}

/// <summary>Readiness: there is room where secrets, keys and the embedded database are kept.</summary>
internal sealed class DiskHealth(Database database) : IHealthCheck
{
    /// <summary>Below it PostgreSQL may stop at any moment. Bytes.</summary>
    private const long Least = 100_000_000;

    /// <summary>Below it the next start is refused. Bytes.</summary>
    private const long Comfortable = 500L * 1024 * 1024;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var folder = Path.GetDirectoryName(database.Secrets.Path)!;
        var free = new DriveInfo(Directory.Exists(folder) ? folder : "/").AvailableFreeSpace; // the folder is made with the first secret
        var says = $"{free / 1_000_000} MB of disk space are free.";
        return Task.FromResult(free < Least ? HealthCheckResult.Unhealthy(says) : free < Comfortable ? HealthCheckResult.Degraded(says) : HealthCheckResult.Healthy(says));
    }
}

/// <summary>What a check says when the database does not.</summary>
internal static class Answers
{
    public static async Task<HealthCheckResult> OrAwayAsync(Func<Task<HealthCheckResult>> check)
    {
        try
        {
            return await check();
        }
        catch (NpgsqlException away)
        {
            return HealthCheckResult.Unhealthy($"The database does not answer: {away.Message}");
        }
        catch (SchemaRefusedException refused)
        {
            return HealthCheckResult.Unhealthy(refused.Message);
        }
    }
}
