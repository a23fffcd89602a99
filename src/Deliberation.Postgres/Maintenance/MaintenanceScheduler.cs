using Dapper;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Quartz;

namespace Deliberation.Postgres.Maintenance;

/// <summary>Quartz, started beside the first pages: maintenance can wait half a second, a person need not, and Ctrl+C does not wait for it either.</summary>
/// <remarks>It makes its tables under the schema lock, so that two nodes that start at once do not trip over each other.</remarks>
internal sealed class MaintenanceScheduler(QuartzHostedService quartz, Database database, IHostApplicationLifetime lifetime) : BackgroundService
{
    private bool _isStarted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isServing = new TaskCompletionSource();
        await using var serving = lifetime.ApplicationStarted.Register(isServing.SetResult);
        await isServing.Task.WaitAsync(stoppingToken);

        await using var schemaLock = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await schemaLock.OpenAsync(stoppingToken);
        await schemaLock.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_lock(@key)", new { key = MigrationRunner.SchemaLock }, commandTimeout: 0, cancellationToken: stoppingToken));
        _isStarted = true;
        await quartz.StartingAsync(CancellationToken.None); // what has begun is ended in order, by StopAsync
        await quartz.StartAsync(CancellationToken.None);
        await quartz.StartedAsync(CancellationToken.None);
    } // the session ends and its lock with it

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_isStarted)
        {
            await quartz.StoppingAsync(cancellationToken);
            await quartz.StopAsync(cancellationToken);
            await quartz.StoppedAsync(cancellationToken);
        }
    }
}
