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
        return await question.Answer.Task;
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

    /// <summary>Each is looked up by its key alone (fenced by <c>offset 0</c>): the index of living sessions looks as good to a planner that has seen few of them, and reads them all. Also notes, at most once a minute for each, that it is in use.</summary>
    private async Task AnswerAsync(List<Question> batch)
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<Row>(
            """
            select a.place, s.session_id, s.resident_id, s.household_id, r.full_name, r.locale, s.helper_id, s.witness, s.lease_until,
                case when s.helper_id is not null then (select display_name from staff where staff_id = s.helper_id) end as helper_name,
                s.last_seen_at < clock_timestamp() - interval '1 minute' as is_stale
            from unnest(@communities, @hashes) with ordinality as a (community_id, session_hash, place)
            cross join lateral (select * from resident_session s where s.community_id = a.community_id and s.session_hash = a.session_hash offset 0) s
            cross join lateral (select full_name, locale from resident r where r.community_id = s.community_id and r.resident_id = s.resident_id offset 0) r
            where s.revoked_at is null and s.last_seen_at > clock_timestamp() - interval '20 minutes'
                and (s.lease_until is null or s.lease_until > clock_timestamp())
                and (s.helper_id is null or exists (select from staff w where w.staff_id = s.helper_id and w.is_enabled))
            """,
            new { communities = batch.Select(q => q.Community.Value).ToArray(), hashes = batch.Select(q => q.Hash).ToArray() }))
            .ToDictionary(row => row.Place);
        if (rows.Values.Any(row => row.IsStale))
        {
            await SeenAsync(connection, [.. rows.Values.Where(row => row.IsStale).Select(row => batch[(int)row.Place - 1])]);
        }

        for (var index = 0; index < batch.Count; index++)
        {
            batch[index].Answer.TrySetResult(rows.TryGetValue(index + 1, out var row) ? row.ToSession(batch[index].Community) : null);
        }
    }

    /// <summary>A row that another node is just noting is left to it.</summary>
    private static Task<int> SeenAsync(NpgsqlConnection connection, List<Question> sessions) => connection.ExecuteAsync(
        """
        with seen as (
            select s.community_id, s.session_hash
            from unnest(@communities, @hashes) as a (community_id, session_hash)
            join resident_session s using (community_id, session_hash)
            for no key update of s skip locked
        )
        update resident_session s set last_seen_at = clock_timestamp()
        from seen where s.community_id = seen.community_id and s.session_hash = seen.session_hash
        """,
        new { communities = sessions.Select(q => q.Community.Value).ToArray(), hashes = sessions.Select(q => q.Hash).ToArray() });

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
        DateTimeOffset? LeaseUntil,
        string? HelperName,
        bool IsStale)
    {
        public ResidentSession ToSession(CommunityId community) => new(
            community,
            SessionId,
            ResidentId,
            HouseholdId,
            NameMask.Of(FullName),
            Locale,
            HelperId is { } helper ? new Assistance(helper, Witness ?? "") : null,
            HelperName,
            LeaseUntil);
    }
}
