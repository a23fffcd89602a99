using System.Threading.Channels;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Residents;

/// <summary>
/// Reads sessions many at once: when a ballot opens, every voter is new to the node, and a query each would cost more than the votes.
/// Whatever waits is read with one statement; nothing is delayed when idle.
/// </summary>
internal sealed class SessionReader : IAsyncDisposable
{
    private const int Most = 512;

    private readonly NpgsqlDataSource _dataSource;
    private readonly Channel<Question> _queue = Channel.CreateUnbounded<Question>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _loop;

    public SessionReader(NpgsqlDataSource dataSource)
    {
        _dataSource = dataSource;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>The session as it stands in the database; null when there is none that still holds.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<ResidentSession?> ReadAsync(CommunityId community, string secret, CancellationToken cancellationToken)
    {
        var question = new Question(community, Secrets.Hash(secret));
        await _queue.Writer.WriteAsync(question, cancellationToken);
        return await question.Answer.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        var batch = new List<Question>(Most);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < Most && _queue.Reader.TryRead(out var question))
            {
                batch.Add(question);
            }

            try
            {
                await AnswerAsync(batch);
            }
            catch (Exception problem) // the outermost loop: whoever asked hears of it, and the loop lives on
            {
                batch.ForEach(question => question.Answer.TrySetException(problem));
            }

            batch.Clear();
        }
    }

    /// <summary>Also notes, at most once a minute for each, that they are in use; a row that another node is just noting is left to it.</summary>
    private async Task AnswerAsync(List<Question> batch)
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<Row>(
            """
            with alive as (
                select a.place, s.community_id, s.session_hash, s.session_id, s.resident_id, s.household_id, r.full_name, r.locale, s.helper_id, s.witness, s.lease_until, s.last_seen_at
                from unnest(@communities, @hashes) with ordinality as a (community_id, session_hash, place)
                join resident_session s using (community_id, session_hash)
                join resident r using (community_id, resident_id)
                where s.revoked_at is null and s.last_seen_at > clock_timestamp() - interval '20 minutes'
                    and (s.lease_until is null or s.lease_until > clock_timestamp())
            ), stale as (
                select s.community_id, s.session_hash
                from resident_session s join alive a using (community_id, session_hash)
                where a.last_seen_at < clock_timestamp() - interval '1 minute'
                for no key update of s skip locked
            ), seen as (
                update resident_session s set last_seen_at = clock_timestamp()
                from stale where s.community_id = stale.community_id and s.session_hash = stale.session_hash
            )
            select place, session_id, resident_id, household_id, full_name, locale, helper_id, witness, lease_until from alive
            """,
            new { communities = batch.Select(q => q.Community.Value).ToArray(), hashes = batch.Select(q => q.Hash).ToArray() }))
            .ToDictionary(row => row.Place);
        for (var index = 0; index < batch.Count; index++)
        {
            batch[index].Answer.TrySetResult(rows.TryGetValue(index + 1, out var row) ? row.ToSession(batch[index].Community) : null);
        }
    }

    private sealed record Question(CommunityId Community, byte[] Hash)
    {
        public TaskCompletionSource<ResidentSession?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Row(
        long Place,
        Guid SessionId,
        ResidentId ResidentId,
        HouseholdId? HouseholdId,
        string FullName,
        string Locale,
        StaffId? HelperId,
        string? Witness,
        DateTimeOffset? LeaseUntil)
    {
        public ResidentSession ToSession(CommunityId community) => new(
            community,
            SessionId,
            ResidentId,
            HouseholdId,
            NameMask.Of(FullName),
            Locale,
            HelperId is { } helper ? new Assistance(helper, Witness ?? "") : null,
            LeaseUntil);
    }
}
