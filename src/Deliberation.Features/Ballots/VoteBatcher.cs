using System.Threading.Channels;
using Deliberation.Domain;
using Deliberation.Postgres;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>
/// Group commit of a node's votes: those that wait are gathered and committed in one set-based transaction, with no delay added when idle.
/// Each caller is answered after that commit, with its own outcome; a batch that fails is tried again one by one.
/// </summary>
internal sealed partial class VoteBatcher : IAsyncDisposable
{
    private const int Most = 512;
    private const int Committers = 2; // one gathers and writes while the other waits for the disk
    private const int Tries = 4;

    private readonly VoteStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<VoteBatcher> _logger;
    private readonly Channel<PendingCast> _queue = Channel.CreateBounded<PendingCast>(new BoundedChannelOptions(20_000) { FullMode = BoundedChannelFullMode.Wait });
    private readonly SemaphoreSlim _writing = new(1); // one batch at a time: a large one costs each vote less than two small ones
    private readonly Task[] _committers;

    public VoteBatcher(VoteStore store, TimeProvider time, ILogger<VoteBatcher> logger)
    {
        _store = store;
        _time = time;
        _logger = logger;
        _committers = [.. Enumerable.Range(0, Committers).Select(_ => Task.Run(RunAsync))];
    }

    /// <exception cref="NpgsqlException">The database is away: the outcome is unknown, and the same request with the same key finds it.</exception>
    public async Task<Result<CastAnswer>> CastAsync(PendingCast cast, CancellationToken cancellationToken)
    {
        await _queue.Writer.WriteAsync(cast, cancellationToken);
        return await cast.Completion.Task; // also when the caller has gone: the vote is in the batch
    }

    /// <summary>
    /// The votes of one paper, all or none, in a transaction of their own: a paper is a batch by itself, and a refused question must not undo other people's votes.
    /// </summary>
    /// <returns>The outcome of each, in the order of <paramref name="paper"/>; when one is refused, all are.</returns>
    /// <exception cref="NpgsqlException">The database is away: the outcome is unknown, and the same request with the same keys finds it.</exception>
    public async Task<IReadOnlyList<Result<CastAnswer>>> CastPaperAsync(IReadOnlyList<PendingCast> paper)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcomes = (await _store.CommitAsync(paper, allOrNone: true)).Outcomes.ToDictionary(outcome => outcome.Cast, outcome => outcome.Outcome);
                return [.. paper.Select(cast => outcomes[cast])];
            }
            catch (PostgresException problem) when (attempt < Tries && problem is { IsTransient: true } or { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                LogPaperFailed(problem, paper.Count);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_committers);
        _writing.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<PendingCast>(Most);
        await using var kept = new KeptConnection(_store, _time);
        while (await kept.UntilAsync(_queue.Reader.WaitToReadAsync().AsTask()))
        {
            await _writing.WaitAsync();
            var isWriting = true;
            while (batch.Count < Most && _queue.Reader.TryRead(out var cast))
            {
                batch.Add(cast);
            }

            try
            {
                var (round, later) = (batch.ToList(), new List<PendingCast>());
                while (round.Count > 0)
                {
                    var deferred = await CommitAsync(kept, round, LetTheNextWrite); // votes of one unit follow each other, never in one statement
                    deferred.AddRange(later);
                    round = [.. deferred.DistinctBy(cast => (cast.Ballot, cast.Resident, cast.RequestedUnit, cast.HasLost ? cast.RowId : Guid.Empty))]; // thousands of one voter are not read again with each of them
                    later = round.Count == deferred.Count ? [] : [.. deferred.Except(round)];
                }
            }
            catch (Exception problem) // the outermost loop: whoever waits gets an answer, and the loop lives on
            {
                LogBatchBroken(problem, batch.Count);
                foreach (var cast in batch)
                {
                    cast.Completion.TrySetException(problem);
                }
            }

            LetTheNextWrite();
            batch.Clear();

            void LetTheNextWrite()
            {
                if (isWriting)
                {
                    isWriting = false;
                    _writing.Release();
                }
            }
        }
    }

    /// <returns>Casts that must wait for the next round.</returns>
    private async Task<List<PendingCast>> CommitAsync(KeptConnection kept, List<PendingCast> batch, Action written)
    {
        try
        {
            var round = await VoteStore.CommitAsync(await kept.OpenAsync(), batch, written);
            foreach (var (cast, outcome) in round.Outcomes)
            {
                cast.Completion.TrySetResult(outcome);
            }

            return round.Deferred;
        }
        catch (Exception problem) when (problem is NpgsqlException or TimeoutException)
        {
            LogBatchFailed(problem, batch.Count);
            await kept.LetGoAsync();
            await OneByOneAsync(batch, problem);
            return [];
        }
    }

    private async Task OneByOneAsync(List<PendingCast> batch, Exception problem)
    {
        var isAway = false;
        foreach (var cast in batch)
        {
            for (var attempt = 1; !cast.Completion.Task.IsCompleted; attempt++)
            {
                if (isAway)
                {
                    cast.Completion.TrySetException(problem);
                    break;
                }

                try
                {
                    var round = await _store.CommitAsync([cast]);
                    cast.Completion.TrySetResult(round.Outcomes[0].Outcome);
                }
                catch (Exception again) when (again is NpgsqlException or TimeoutException)
                {
                    problem = again;
                    isAway = again is not PostgresException && attempt > 1;
                    if (again is PostgresException { IsTransient: false, SqlState: not PostgresErrorCodes.UniqueViolation } || attempt == Tries)
                    {
                        cast.Completion.TrySetException(again);
                    }
                }
            }
        }
    }

    [LoggerMessage(3101, LogLevel.Warning, "A batch of {Count} votes failed; trying them one by one")]
    private partial void LogBatchFailed(Exception problem, int count);

    [LoggerMessage(3103, LogLevel.Warning, "A paper of {Count} votes failed; tried again")]
    private partial void LogPaperFailed(Exception problem, int count);

    [LoggerMessage(3102, LogLevel.Error, "A batch of {Count} votes broke")]
    private partial void LogBatchBroken(Exception problem, int count);
}
