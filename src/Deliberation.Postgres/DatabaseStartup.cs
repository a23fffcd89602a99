using Deliberation.Postgres.Embedded;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Brings the database up before any other hosted service starts and takes it down after all have stopped.</summary>
internal sealed partial class DatabaseStartup(Database database, NpgsqlDataSource dataSource, MigrationRunner migrations, ILogger<DatabaseStartup> logger)
    : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.StartAsync(cancellationToken);
            await migrations.MigrateAsync(cancellationToken);
            foreach (var check in (await DatabaseChecks.RunAsync(dataSource, cancellationToken)).Where(check => !check.IsGood))
            {
                if (check.IsFatal)
                {
                    throw new EmbeddedPostgresException(check.Code!, $"The database does not fit: {check.Code}.", [.. check.Values.Select(value => (value.Key, value.Value))]);
                }

                LogWeak(check.Code!);
            }
        }
        catch
        {
            await StoppedAsync(CancellationToken.None); // a failed start must not leave a server behind
            throw;
        }
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (database.Embedded is { } embedded)
        {
            await dataSource.DisposeAsync();
            await embedded.StopAsync();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(2110, LogLevel.Warning, "The database is weaker than it should be: {Code}")]
    private partial void LogWeak(string code);
}
