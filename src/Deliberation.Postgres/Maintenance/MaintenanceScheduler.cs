using Dapper;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Quartz;

namespace Deliberation.Postgres.Maintenance;

/// <summary>Quartz, started after the first page can be had: maintenance can wait half a second, a person need not.</summary>
/// <remarks>It makes its tables under the schema lock, so that two nodes that start at once do not trip over each other.</remarks>
internal sealed class MaintenanceScheduler(QuartzHostedService quartz, Database database) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await using var schemaLock = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await schemaLock.OpenAsync(cancellationToken);
        await schemaLock.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_lock(@key)", new { key = MigrationRunner.SchemaLock }, commandTimeout: 0, cancellationToken: cancellationToken));
        await quartz.StartingAsync(cancellationToken);
        await quartz.StartAsync(cancellationToken);
        await quartz.StartedAsync(cancellationToken);
    } // the session ends and its lock with it

    public Task StoppingAsync(CancellationToken cancellationToken) => quartz.StoppingAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => quartz.StopAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => quartz.StoppedAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
