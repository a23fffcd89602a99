using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Features.Ledger;

/// <summary>
/// Looks every second on every node whether something waits for a log. Votes wait for company, so that the log's order is not the order of arrival,
/// but never longer than leaves time for an inclusion proof within a minute of the vote. Votes that pour in wait longer than a few do: more of them hide
/// each other better, and people are answered before the log is written.
/// </summary>
internal sealed partial class LedgerLoop(NpgsqlDataSource dataSource, LedgerSequencer sequencer, TimeProvider time, ILogger<LedgerLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan LongestOfMany = TimeSpan.FromSeconds(20); // so many that writing them takes a while
    private const int Many = 500;
    private static readonly TimeSpan AlarmAgain = TimeSpan.FromMinutes(1);
    private const int VacuumAfter = 5_000;

    private readonly Dictionary<CommunityId, long> _waitingSince = [];
    private readonly Dictionary<CommunityId, long> _alarmedAt = [];
    private bool _hasLooked;
    private int _sinceVacuum;

    /// <summary>One look; for tests too.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        List<Waiting> waiting;
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            waiting = (await connection.QueryAsync<Waiting>(new CommandDefinition(
                """
                select c.community_id, exists (select from log_pending e where e.community_id = c.community_id and e.kind is not null) as has_events,
                    (select count(*) from (select from log_pending v where v.community_id = c.community_id and v.kind is null limit @Many) few)::int as votes
                from community c where exists (select from log_pending p where p.community_id = c.community_id)
                """,
                new { Many },
                cancellationToken: cancellationToken))).AsList();
        }

        var now = time.GetTimestamp();
        foreach (var gone in _waitingSince.Keys.Except(waiting.Where(w => w.Votes > 0).Select(w => w.CommunityId)).ToList())
        {
            _waitingSince.Remove(gone);
        }

        foreach (var one in waiting)
        {
            if (one.Votes > 0)
            {
                _waitingSince.TryAdd(one.CommunityId, now);
            }

            // What waits when a node starts may have waited for long.
            var waited = one.Votes == 0 ? TimeSpan.Zero : _hasLooked ? time.GetElapsedTime(_waitingSince[one.CommunityId], now) : Longest;
            var everything = waited >= Longest;
            var company = one.Votes >= LedgerSequencer.Enough && (one.Votes < Many || waited >= LongestOfMany);
            if (everything || one.HasEvents || company)
            {
                await AppendAsync(one.CommunityId, everything, one.Votes >= LedgerSequencer.Enough, now, cancellationToken);
            }
        }

        _hasLooked = true;
        await VacuumAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem) // the outermost loop: the database may be away for a while
            {
                LogFailed(problem);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task AppendAsync(CommunityId community, bool everything, bool takesVotes, long now, CancellationToken cancellationToken)
    {
        SequencerRun run;
        do
        {
            run = await sequencer.AppendAsync(community, everything, cancellationToken);
            _sinceVacuum += run.Leaves;
        }
        while (run.IsMore);

        if ((everything || takesVotes) && run.Alarm is null)
        {
            _waitingSince.Remove(community);
        }

        if (run.Alarm is { } alarm && (!_alarmedAt.TryGetValue(community, out var before) || time.GetElapsedTime(before, now) >= AlarmAgain))
        {
            _alarmedAt[community] = now;
            LogAlarm(community.Value, alarm);
        }
    }

    /// <summary>What was taken leaves dead rows that still know their transaction.</summary>
    private async Task VacuumAsync(CancellationToken cancellationToken)
    {
        if (_sinceVacuum < VacuumAfter)
        {
            return;
        }

        _sinceVacuum = 0;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await connection.RunAsync("vacuum (skip_locked) log_pending", new { }, cancellationToken);
    }

    [LoggerMessage(3121, LogLevel.Critical, "The log of community {CommunityId} is not signed any more: {Alarm}")]
    private partial void LogAlarm(int communityId, LedgerAlarm alarm);

    [LoggerMessage(3122, LogLevel.Warning, "Appending to the logs failed; tried again soon")]
    private partial void LogFailed(Exception problem);

    private sealed record Waiting(CommunityId CommunityId, bool HasEvents, int Votes);
}
