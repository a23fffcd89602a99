using Dapper;
using Deliberation.Domain;
using Deliberation.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>
/// After a count is committed, freezes the rows that the count left, so that no transaction id tells them apart, and destroys the ballot's key; 24 h later drops the stored answers.
/// Runs outside the closing transaction: a key destroyed before its commit would lose the votes.
/// </summary>
internal sealed partial class BallotHousekeeping(
    NpgsqlDataSource dataSource, BallotKeys keys, TimeProvider time, ILogger<BallotHousekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Orphaned = TimeSpan.FromHours(1);

    /// <summary>One look; for tests too.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var over = new List<BallotId>();
        foreach (var ballot in keys.Kept())
        {
            var state = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
                "select state from ballot where ballot_id = @ballot", new { ballot }, cancellationToken: cancellationToken));
            var isOver = state is null
                ? time.GetUtcNow() - keys.MadeAt(ballot) > Orphaned // its opening was rolled back
                : state is not ("Open" or "Paused" or "Counting");
            if (isOver)
            {
                over.Add(ballot);
            }
        }

        if (over.Count > 0)
        {
            // The key goes last: it is what says that this is still to be done, should the process die in between.
            await connection.ExecuteAsync(new CommandDefinition("vacuum (freeze, skip_locked) urn, opening, superseded, participation, cast_answer, log_pending", cancellationToken: cancellationToken));
        }

        foreach (var ballot in over)
        {
            FaultPoint.Hit("key-before-destroy");
            keys.Destroy(ballot);
            FaultPoint.Hit("key-after-destroy");
            LogKeyDestroyed(ballot.Value);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            delete from cast_answer a using ballot b
            where b.community_id = a.community_id and b.ballot_id = a.ballot_id and b.counted_at < clock_timestamp() - interval '24 hours'
            """,
            cancellationToken: cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            try
            {
                await TidyAsync(stoppingToken);
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

    [LoggerMessage(3111, LogLevel.Information, "The key of ballot {BallotId} is destroyed")]
    private partial void LogKeyDestroyed(Guid ballotId);

    [LoggerMessage(3112, LogLevel.Warning, "Tidying up after ballots failed; tried again soon")]
    private partial void LogFailed(Exception problem);
}
