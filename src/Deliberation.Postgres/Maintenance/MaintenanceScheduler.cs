using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace Deliberation.Postgres.Maintenance;

/// <summary>Quartz, started beside the first pages: maintenance can wait half a second, a person need not, and Ctrl+C does not wait for it either.</summary>
/// <remarks>It makes its tables under the schema lock, so that two nodes that start at once do not trip over each other.</remarks>
internal sealed partial class MaintenanceScheduler(
    QuartzHostedService quartz, AskedRuns asked, Database database, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<MaintenanceScheduler> logger) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    private bool _isStarted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isServing = new TaskCompletionSource();
        await using var serving = lifetime.ApplicationStarted.Register(isServing.SetResult);
        await isServing.Task.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await StartQuartzAsync(stoppingToken);
                break;
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested) // a database that goes away meanwhile comes back; pages need no maintenance
            {
                LogNotStarted(problem.Message);
                await Task.Delay(Again, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await HearAsync(stoppingToken);
    }

    /// <summary>Looks for runs that an admin asked for.</summary>
    private async Task HearAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await asked.ScheduleAsync(stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested) // the rows stay
            {
                LogNotHeard(problem.Message);
            }

            await Task.Delay(Look, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StartQuartzAsync(CancellationToken stoppingToken)
    {
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

    [LoggerMessage(2321, LogLevel.Warning, "Runs that were asked for wait: {Reason}")]
    private partial void LogNotHeard(string reason);

    [LoggerMessage(2320, LogLevel.Warning, "Maintenance has not started and will be tried again: {Reason}")]
    private partial void LogNotStarted(string reason);
}
