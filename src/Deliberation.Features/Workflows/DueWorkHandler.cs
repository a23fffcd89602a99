using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Features.Workflows;

/// <summary>One timer or event, one step, one transaction. A failure is written down in a second one and tried again later.</summary>
public sealed partial class DueWorkHandler(NpgsqlDataSource dataSource, IServiceScopeFactory scopes, ILogger<DueWorkHandler> logger) : IDueWorkHandler
{
    /// <inheritdoc />
    public async Task<bool> RunOneAsync(CancellationToken cancellationToken)
    {
        DueItem? item = null;
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            item = await connection.ClaimDueAsync(cancellationToken);
            if (item is null)
            {
                return false;
            }

            var (instance, now) = await connection.LockInstanceAtAsync(item.Community, item.InstanceId, cancellationToken);
            var isStale = item.IsTooLate(now);
            if (!await connection.ConsumeAsync(item, isStale ? "Skipped" : "Fired", now, cancellationToken))
            {
                return true; // another node had it; look again
            }

            if (!isStale)
            {
                await using var scope = scopes.CreateAsyncScope();
                var runner = scope.ServiceProvider.GetRequiredService<StepRunner>();
                await runner.ResumeAsync(connection, instance, item.BookmarkId, item.Payload, now, cancellationToken);
            }

            FaultPoint.Hit("step-before-commit");
            await transaction.CommitAsync(cancellationToken);
            FaultPoint.Hit("step-after-commit");
            if (item.DueAt is { } dueAt)
            {
                LogTimerFired(item.BookmarkId, item.InstanceId, (now - dueAt).TotalMilliseconds);
            }

            return true;
        }
        catch (Exception failure) when (item is not null && failure is not OperationCanceledException)
        {
            LogStepFailed(failure, item.BookmarkId, item.InstanceId, item.Attempts + 1);
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await connection.RecordFailureAsync(item, failure.Message, cancellationToken);
            return true;
        }
    }

    [LoggerMessage(3001, LogLevel.Debug, "Timer {BookmarkId} of instance {InstanceId} fired {LatenessMs} ms late")]
    private partial void LogTimerFired(string bookmarkId, Guid instanceId, double latenessMs);

    [LoggerMessage(3002, LogLevel.Error, "Step {BookmarkId} of instance {InstanceId} failed, try {Attempt}")]
    private partial void LogStepFailed(Exception failure, string bookmarkId, Guid instanceId, int attempt);
}
