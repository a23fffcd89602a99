using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Features.Routines;

/// <summary>Runs what is due of every routine, on every node. Each act is one transaction that says "done" in the row that made it due, so a second node or a second life finds nothing left.</summary>
internal sealed partial class RoutineLoop(
    NpgsqlDataSource dataSource, IServiceScopeFactory scopes, IEnumerable<IRoutine> routines, TimeProvider time, ILogger<RoutineLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Until nothing is due; for tests too.</summary>
    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        foreach (var routine in routines)
        {
            while (await RunOneAsync(routine, cancellationToken))
            {
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            try
            {
                await RunDueAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                LogFailed(problem);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<bool> RunOneAsync(IRoutine routine, CancellationToken cancellationToken)
    {
        ICommand<Done>? act;
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            act = await routine.DueAsync(connection, await connection.CouncilNowAsync(cancellationToken), cancellationToken);
        }

        if (act is null)
        {
            return false;
        }

        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(act, cancellationToken) is Result<Done>.Accepted; // refused: another node was faster, and goes on
    }

    [LoggerMessage(3130, LogLevel.Warning, "What comes round by the calendar failed; tried again soon")]
    private partial void LogFailed(Exception problem);
}
