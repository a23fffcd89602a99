using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Features.Workflows;

/// <summary>One timer or event, one step, one transaction. A failure is written down in a second one and tried again later.</summary>
public sealed partial class DueWorkHandler(NpgsqlDataSource dataSource, FoundWork found, IServiceScopeFactory scopes, ILogger<DueWorkHandler> logger) : IDueWorkHandler
{
    /// <inheritdoc />
    public async Task<bool> RunOneAsync(CancellationToken cancellationToken)
    {
        for (var hasLooked = false; ; hasLooked = true)
        {
            while (found.TryTake(out var due))
            {
                if (await RunAsync(due, cancellationToken))
                {
                    return true;
                }
            }

            if (hasLooked || !await found.LookAsync(cancellationToken))
            {
                return false; // what is due is in other hands, or nothing is
            }
        }
    }

    /// <returns>False when the instance is in other hands or has nothing due any more.</returns>
    private async Task<bool> RunAsync(DueInstance due, CancellationToken cancellationToken)
    {
        DueStep? step = null;
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            step = await connection.ClaimAsync(due, cancellationToken);
            if (step is null)
            {
                return false;
            }

            if (step.Item.IsTooLate(step.Now) || !await ResumeAsync(connection, step, cancellationToken))
            {
                await connection.SkipAsync(step, cancellationToken);
            }

            FaultPoint.Hit("step-before-commit");
            await transaction.CommitAsync(cancellationToken);
            FaultPoint.Hit("step-after-commit");
            if (step.Item.DueAt is { } dueAt)
            {
                LogTimerFired(step.Item.BookmarkId, due.InstanceId, (step.Now - dueAt).TotalMilliseconds);
            }

            return true;
        }
        catch (Exception failure) when (step is not null && failure is not OperationCanceledException)
        {
            LogStepFailed(failure, step.Item.BookmarkId, due.InstanceId, step.Item.Attempts + 1);
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await connection.RecordFailureAsync(step.Item, failure.Message, cancellationToken);
            return true;
        }
    }

    private async Task<bool> ResumeAsync(NpgsqlConnection connection, DueStep step, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<StepRunner>().ResumeAsync(connection, step, cancellationToken);
    }

    [LoggerMessage(3001, LogLevel.Debug, "Timer {BookmarkId} of instance {InstanceId} fired {LatenessMs} ms late")]
    private partial void LogTimerFired(string bookmarkId, Guid instanceId, double latenessMs);

    [LoggerMessage(3002, LogLevel.Error, "Step {BookmarkId} of instance {InstanceId} failed, try {Attempt}")]
    private partial void LogStepFailed(Exception failure, string bookmarkId, Guid instanceId, int attempt);
}
