using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Deliberation.Features.Workflows;

/// <summary>One timer or event, one step, one transaction. A failure is written down in a second one and tried again later.</summary>
/// <remarks>A step that hangs keeps neither its worker nor its instance: after its budget the database ends its session, and with it what it did and held.</remarks>
public sealed partial class DueWorkHandler(
    NpgsqlDataSource dataSource, FoundWork found, IServiceScopeFactory scopes, IOptions<PumpOptions> options, TimeProvider time, ILogger<DueWorkHandler> logger) : IDueWorkHandler
{
    /// <summary>For a step that ends itself when it is told to.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(200);

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

                found.CameLate();
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
        TimeoutException? overrun = null; // ending a session that is gone fails too, and says less
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            step = await connection.ClaimAsync(due, cancellationToken);
            if (step is null)
            {
                return false;
            }

            if ((overrun = await WithinBudgetAsync(connection, step, cancellationToken)) is not null)
            {
                throw overrun;
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
            LogStepFailed(overrun ?? failure, step.Item.BookmarkId, due.InstanceId, step.Item.Attempts + 1);
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await connection.RecordFailureAsync(step.Item, (overrun ?? failure).Message, cancellationToken);
            return true;
        }
    }

    /// <returns>Null; or that it took too long, and nothing of it can be committed any more.</returns>
    private async Task<TimeoutException?> WithinBudgetAsync(NpgsqlConnection connection, DueStep step, CancellationToken cancellationToken)
    {
        var budget = options.Value.StepBudget;
        using var end = new CancellationTokenSource(budget, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        var session = connection.ProcessID;
        var running = Task.Run(() => ResumeOrSkipAsync(connection, step, either.Token), CancellationToken.None); // what blocks its thread must not block this one
        try
        {
            await running.WaitAsync(budget + Grace, time, CancellationToken.None); // it ends by itself when the host does
            return null;
        }
        catch (Exception late) when (late is TimeoutException || (late is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (!running.IsCompleted)
            {
                _ = running.ContinueWith(static done => done.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default); // whatever it still says
                await using var other = await dataSource.OpenConnectionAsync(cancellationToken);
                await other.RunAsync("select pg_terminate_backend(@session)", new { session }, cancellationToken);
            }

            return new TimeoutException($"The step took longer than {budget.TotalSeconds:0.#} s.");
        }
    }

    private async Task ResumeOrSkipAsync(NpgsqlConnection connection, DueStep step, CancellationToken cancellationToken)
    {
        if (step.Item.IsTooLate(step.Now) || !await ResumeAsync(connection, step, cancellationToken))
        {
            await connection.SkipAsync(step, cancellationToken);
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
