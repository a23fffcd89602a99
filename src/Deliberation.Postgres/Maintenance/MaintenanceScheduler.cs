using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;

namespace Deliberation.Postgres.Maintenance;

/// <summary>Quartz under the schema lock while it makes its tables, so that two nodes that start at once do not trip over each other.</summary>
internal sealed class MaintenanceScheduler(
    IHostApplicationLifetime lifetime,
    IServiceProvider services,
    IOptionsMonitor<QuartzHostedServiceOptions> options,
    Database database) : QuartzHostedService(lifetime, services, options), IDisposable
{
    private NpgsqlConnection? _schemaLock;

    public override async Task StartingAsync(CancellationToken cancellationToken)
    {
        _schemaLock = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await _schemaLock.OpenAsync(cancellationToken);
        await _schemaLock.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_lock(@key)", new { key = MigrationRunner.SchemaLock }, commandTimeout: 0, cancellationToken: cancellationToken));
        await base.StartingAsync(cancellationToken);
    }

    public override async Task StartedAsync(CancellationToken cancellationToken)
    {
        await base.StartedAsync(cancellationToken);
        await _schemaLock!.DisposeAsync(); // the session ends and its lock with it
    }

    public void Dispose() => _schemaLock?.Dispose();
}
