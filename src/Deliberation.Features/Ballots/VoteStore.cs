using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Postgres;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>What one round of a batch came to.</summary>
/// <param name="Deferred">Votes of a unit that has another vote in this round.</param>
internal sealed record VoteRound(IReadOnlyList<(PendingCast Cast, Result<CastAnswer> Outcome)> Outcomes, List<PendingCast> Deferred);

/// <summary>Commits votes, many at once: two round trips and a commit, whatever their number.</summary>
internal sealed partial class VoteStore(NpgsqlDataSource dataSource)
{
    /// <summary>
    /// Short waits, and plans that hold for a table of any size: each cast looks its rows up by key (lateral, fenced by <c>offset 0</c>), and sets of a batch are
    /// hashed (<c>in (…) is true</c> is never made a join). So the plan is made once a connection and not with every batch, and no statistics can spoil it.
    /// </summary>
    private const string Settings =
        """
        select set_config('lock_timeout', '2s', true), set_config('statement_timeout', '5s', true), set_config('idle_in_transaction_session_timeout', '5s', true),
            set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)
        """;

    public ValueTask<NpgsqlConnection> OpenAsync() => dataSource.OpenConnectionAsync();

    /// <inheritdoc cref="CommitAsync(NpgsqlConnection, IReadOnlyList{PendingCast}, Action?, bool)" />
    public async Task<VoteRound> CommitAsync(IReadOnlyList<PendingCast> casts, bool allOrNone = false)
    {
        await using var connection = await OpenAsync();
        return await CommitAsync(connection, casts, null, allOrNone);
    }

    /// <param name="written">Called when all is written and only the commit is left.</param>
    /// <param name="allOrNone">One paper of several questions: when one of its votes is refused, none is stored and all get that answer.</param>
    /// <exception cref="NpgsqlException">Nothing, or everything, is stored: the stored answers tell.</exception>
    public static async Task<VoteRound> CommitAsync(NpgsqlConnection connection, IReadOnlyList<PendingCast> casts, Action? written, bool allOrNone = false)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var found = await LockAndReadAsync(connection, casts);
        if (casts.Any(cast => cast.Replaces is not null))
        {
            found.Replacing = await Replacements.ReadAsync(connection, casts);
        }

        var outcomes = new List<(PendingCast, Result<CastAnswer>)>(casts.Count);
        var deferred = new List<PendingCast>();
        var accepted = new List<PendingCast>(casts.Count);
        var units = new HashSet<(Guid, string)>();
        for (var i = 0; i < casts.Count; i++)
        {
            var cast = casts[i];
            if (Decide(cast, found, i) is { } outcome)
            {
                outcomes.Add((cast, outcome));
            }
            else if (!units.Add((cast.Ballot.Value, cast.Unit!)))
            {
                deferred.Add(cast);
            }
            else
            {
                accepted.Add(cast);
            }
        }

        if (allOrNone && outcomes.Find(o => o.Item2 is Result<CastAnswer>.Refused) is { Item1: not null } refused)
        {
            return new VoteRound([.. casts.Select(cast => (cast, refused.Item2))], []);
        }

        if (accepted.Count > 0)
        {
            accepted.Sort((a, b) => // one order for all nodes: no two batches wait for each other
                a.Ballot.Value.CompareTo(b.Ballot.Value) is var byBallot and not 0 ? byBallot : string.CompareOrdinal(a.Unit, b.Unit));
            var taken = await WriteAsync(connection, accepted, found.Now);
            if (allOrNone && taken.Count < accepted.Count)
            {
                return new VoteRound([.. casts.Select(cast => (cast, (Result<CastAnswer>)BallotRefusals.AlreadyVoted))], []); // rolled back
            }

            written?.Invoke();
            FaultPoint.Hit("cast-before-commit");
            await transaction.CommitAsync();
            FaultPoint.Hit("cast-after-commit");
            Replacements.Judge(deferred, accepted, taken);
            outcomes.AddRange(accepted.Select(cast => (cast, taken.Contains(cast.RowId) ? (Result<CastAnswer>)cast.Answer! : cast.Lost)));
        }

        return new VoteRound(outcomes, deferred);
    }

    /// <returns>The outcome when it is clear before writing; else null, with the cast made ready.</returns>
    private static Result<CastAnswer>? Decide(PendingCast cast, Found found, int index)
    {
        if (found.Answers.TryGetValue(index, out var stored))
        {
            return stored.BodyMac.AsSpan().SequenceEqual(cast.Key.BodyMac) ? cast.Key.Open(stored.Sealed) : BallotRefusals.KeyReused;
        }

        if (found.Replacing?.HasUsedKey(index) is true)
        {
            return BallotRefusals.KeyReused;
        }

        if (!found.Ballots.TryGetValue((cast.Community.Value, cast.Ballot.Value), out var ballot))
        {
            return BallotRefusals.NotFound;
        }

        if (BallotRefusals.Window(ballot.State, ballot.OpensAt, ballot.ClosesAt, found.Now) is { } refusal)
        {
            return refusal;
        }

        var mine = found.Units.GetValueOrDefault(index) ?? [];
        var own = mine.Where(unit => !unit.IsProxy).ToList();
        var unit = cast.RequestedUnit is { } asked ? mine.Find(m => m.Key == asked)
            : own.Count == 1 ? own[0]
            : own.Count == 0 && mine.Count == 1 ? mine[0]
            : null;
        if (unit is null)
        {
            return mine.Count > 1 && cast.RequestedUnit is null ? BallotRefusals.UnitRequired : BallotRefusals.NotOnRoll;
        }

        if (cast.HasLost)
        {
            return cast.Lost;
        }

        if (found.Replacing?.IsShut(cast, unit.Key) is true)
        {
            return BallotRefusals.ReplaceTries;
        }

        var closesAt = ballot.LocalClosesAt is { } home && !unit.IsAway ? home : ballot.ClosesAt;
        if (found.Now >= closesAt)
        {
            return BallotRefusals.WindowClosed(closesAt);
        }

        cast.Unit = unit.Key;
        cast.IsProxy = unit.IsProxy;
        if (cast.Salt is { } salt)
        {
            cast.Commitment = Commitments.Named(cast.Ballot, unit.Key, cast.Choices, salt);
        }

        cast.Answer = new CastAnswer(
            cast.Ballot,
            unit.Key,
            new Receipt(cast.ReceiptCode, ToMinute(found.Now)),
            cast.Definition.IsSecret,
            IsReplay: false,
            cast.Definition.MayReplace ? closesAt : null,
            cast.ReplaceCode is { } code ? ReplaceCodes.Format(code) : null);
        return null;
    }

    /// <summary>Seconds would tell more than a receipt needs to.</summary>
    internal static DateTimeOffset ToMinute(DateTimeOffset instant) => instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMinute));

    private static async Task<Found> LockAndReadAsync(NpgsqlConnection connection, IReadOnlyList<PendingCast> casts)
    {
        var communities = casts.Select(c => c.Community.Value).ToArray();
        var ballots = casts.Select(c => c.Ballot.Value).ToArray();
        var residents = casts.Select(c => c.Resident.Value).ToArray();
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, Settings);
        Add(batch, "select count(*) from (select pg_advisory_xact_lock_shared(ballot_lock_key(ballot)) from (select distinct unnest($1::uuid[]) as ballot order by 1) each offset 0) locked", ballots);
        Add(batch, "select council_now()");
        Add(batch,
            """
            select community_id, ballot_id, state, opens_at, closes_at, local_closes_at
            from ballot where (community_id, ballot_id) in (select distinct * from unnest($1::int[], $2::uuid[]))
            """,
            communities, ballots);
        Add(batch,
            """
            select i.ord, e.unit_key, false, r.is_away
            from unnest($1::int[], $2::uuid[], $3::uuid[]) with ordinality as i (community_id, ballot_id, resident_id, ord)
            cross join lateral (
                select p.unit_key from roll_entry_person p
                where p.community_id = i.community_id and p.ballot_id = i.ballot_id and p.resident_id = i.resident_id offset 0) e
            cross join lateral (
                select r.is_away from roll_entry r
                where r.community_id = i.community_id and r.ballot_id = i.ballot_id and r.unit_key = e.unit_key and not r.is_removed offset 0) r
            union all
            select i.ord, e.unit_key, true, r.is_away
            from unnest($1::int[], $2::uuid[], $3::uuid[]) with ordinality as i (community_id, ballot_id, resident_id, ord)
            cross join lateral (
                select x.unit_key from proxy x
                where x.community_id = i.community_id and x.holder_id = i.resident_id and x.ballot_id = i.ballot_id and x.withdrawn_at is null offset 0) e
            cross join lateral (
                select r.is_away from roll_entry r
                where r.community_id = i.community_id and r.ballot_id = i.ballot_id and r.unit_key = e.unit_key and not r.is_removed offset 0) r
            """,
            communities, ballots, residents);
        Add(batch,
            """
            select i.ord, a.body_mac, a.sealed_answer
            from unnest($1::int[], $2::uuid[], $3::uuid[], $4::bytea[]) with ordinality as i (community_id, ballot_id, resident_id, key_hash, ord)
            cross join lateral (
                select body_mac, sealed_answer from cast_answer c
                where c.community_id = i.community_id and c.ballot_id = i.ballot_id and c.resident_id = i.resident_id and c.key_hash = i.key_hash offset 0) a
            """,
            communities, ballots, casts.Select(c => c.AnswerOwner.Value).ToArray(), casts.Select(c => c.Key.Hash).ToArray());

        var found = new Found();
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.NextResultAsync();
        await reader.ReadAsync();
        found.Now = reader.GetFieldValue<DateTimeOffset>(0);
        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            found.Ballots[(reader.GetInt32(0), reader.GetGuid(1))] =
                new FoundBallot(
                    reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetFieldValue<DateTimeOffset>(4), reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5));
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            var index = (int)reader.GetInt64(0) - 1;
            if (!found.Units.TryGetValue(index, out var units))
            {
                found.Units[index] = units = [];
            }

            units.Add(new FoundUnit(reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3)));
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            found.Answers[(int)reader.GetInt64(0) - 1] = (reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2));
        }

        return found;
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is DateTimeOffset instant
                ? new NpgsqlParameter { Value = instant.UtcDateTime }
                : new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }

    private sealed record FoundBallot(string State, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, DateTimeOffset? LocalClosesAt);

    private sealed record FoundUnit(string Key, bool IsProxy, bool IsAway);

    private sealed class Found
    {
        public DateTimeOffset Now { get; set; }

        /// <summary>Null when no cast replaces another.</summary>
        public Replacements? Replacing { get; set; }

        public Dictionary<(int, Guid), FoundBallot> Ballots { get; } = [];

        public Dictionary<int, List<FoundUnit>> Units { get; } = [];

        public Dictionary<int, (byte[] BodyMac, byte[] Sealed)> Answers { get; } = [];
    }
}
