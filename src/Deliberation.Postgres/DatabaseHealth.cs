using Deliberation.Postgres.Embedded;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Readiness: the database answers and has this program's schema. What was checked once at start is not asked again.</summary>
internal sealed class DatabaseHealth(Database database, NpgsqlDataSource dataSource, MigrationRunner migrations) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (database.Embedded is { State: not EmbeddedState.Running and var state })
        {
            return HealthCheckResult.Unhealthy($"The embedded database is {state}.");
        }

        try
        {
            await using var command = dataSource.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            var missing = await migrations.CountMissingAsync(cancellationToken);
            return missing == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{missing} migrations are missing.");
        }
        catch (Exception exception) when (exception is NpgsqlException or SchemaRefusedException)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}
