using Deliberation.Domain;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>The statements that store a batch: by name, secret, and in the place of a secret one.</summary>
internal sealed partial class VoteStore
{
    private const char Between = '\u001f'; // no option id holds it

    /// <returns>Row ids of those that were taken; the others' units had voted.</returns>
    private static async Task<HashSet<Guid>> WriteAsync(NpgsqlConnection connection, List<PendingCast> accepted, DateTimeOffset now)
    {
        await using var batch = new NpgsqlBatch(connection);
        AddNamed(batch, [.. accepted.Where(c => !c.Definition.IsSecret)], now);
        AddSecret(batch, [.. accepted.Where(c => c.Definition.IsSecret && c.Replaces is null)], now);
        AddReplacing(batch, [.. accepted.Where(c => c.Replaces is not null)], now);
        var taken = new HashSet<Guid>();
        await using var reader = await batch.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
            {
                taken.Add(reader.GetGuid(0));
            }
        }
        while (await reader.NextResultAsync());
        return taken;
    }

    /// <summary>A named vote may be replaced until the close by the same person, unless the rule forbids it, and a proxy's by the principal; history is kept by a trigger.</summary>
    private static void AddNamed(NpgsqlBatch batch, PendingCast[] casts, DateTimeOffset now)
    {
        if (casts.Length == 0)
        {
            return;
        }

        Add(batch,
            $"""
            with cast_in as (
                select * from unnest($1::int[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::bytea[], $9::uuid[], $10::text[], $11::bytea[], $12::bytea[], $13::bytea[], $15::bytea[], $16::bytea[])
                    as c (community_id, ballot_id, unit_key, row_id, resident_id, choices, channel, receipt, helper, witness, key_hash, body_mac, sealed_answer, salt, logged)
            ), counted as (
                insert into vote as v (community_id, ballot_id, unit_key, vote_id, resident_id, choices, channel, receipt, cast_at, staff_id, witness, salt)
                select community_id, ballot_id, unit_key, row_id, resident_id, string_to_array(choices, chr(31)), channel, receipt, $14, helper, witness, salt from cast_in
                on conflict (community_id, ballot_id, unit_key) do update
                    set vote_id = excluded.vote_id, resident_id = excluded.resident_id, choices = excluded.choices, channel = excluded.channel,
                        receipt = excluded.receipt, cast_at = excluded.cast_at, staff_id = excluded.staff_id, witness = excluded.witness,
                        salt = excluded.salt
                    where (v.channel = 'Proxy' and excluded.channel <> 'Proxy') or (v.resident_id = excluded.resident_id and (
                        select b.rule -> 'allowReplace' is distinct from 'false'::jsonb from ballot b where b.community_id = v.community_id and b.ballot_id = v.ballot_id))
                returning community_id, ballot_id, vote_id as row_id
            ), {Answers}, {Pended}, {Audited("c.resident_id")}
            select row_id from counted
            """,
            [.. Common(casts),
                casts.Select(c => c.Commitment![..ReceiptCodes.Length]).ToArray(),
                casts.Select(c => c.Helper).ToArray(),
                casts.Select(c => c.Witness).ToArray(),
                casts.Select(c => c.Key.Hash).ToArray(),
                casts.Select(c => c.Key.BodyMac).ToArray(),
                casts.Select(c => c.Key.Seal(c.Answer!)).ToArray(),
                now,
                casts.Select(c => c.Definition.IsLogged ? c.Salt : null).ToArray(),
                Logged(casts)]);
    }

    /// <summary>Who took part, and apart from it what was chosen: joined by nothing that outlives the close.</summary>
    private static void AddSecret(NpgsqlBatch batch, PendingCast[] casts, DateTimeOffset now)
    {
        if (casts.Length == 0)
        {
            return;
        }

        Add(batch,
            $"""
            with cast_in as (
                select * from unnest($1::int[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::bytea[], $9::uuid[], $10::text[], $11::bytea[], $12::bytea[], $13::bytea[], $15::bytea[], $16::bytea[], $17::bytea[])
                    as c (community_id, ballot_id, unit_key, row_id, resident_id, choices, channel, commitment, helper, witness, key_hash, body_mac, sealed_answer, sealed, logged, replace_hash)
            ), took_part as (
                insert into participation (community_id, ballot_id, unit_key)
                select community_id, ballot_id, unit_key from cast_in
                on conflict do nothing
                returning community_id, ballot_id, unit_key
            ), counted as (
                select c.community_id, c.ballot_id, c.row_id from cast_in c
                where ((c.community_id, c.ballot_id, c.unit_key) in (select community_id, ballot_id, unit_key from took_part)) is true
            ), kept as (
                insert into ballot_intake (community_id, ballot_id, slot, sealed, commitment, replace_hash)
                select c.community_id, c.ballot_id, c.row_id, c.sealed, c.commitment, c.replace_hash from cast_in c where (c.row_id in (select row_id from counted)) is true
            ), {Answers}, {Pended}, {Audited("null::uuid")}
            select row_id from counted
            """,
            Secret(casts, now));
    }

    /// <summary>
    /// Whoever holds the code of a paper replaces it: the row's lock lets one through, the others find no such code any more. What the paper said goes,
    /// that it was there stays. Who took part is not touched, and audit and answer look like a first vote's: nothing that outlives the close tells who voted twice.
    /// </summary>
    private static void AddReplacing(NpgsqlBatch batch, PendingCast[] casts, DateTimeOffset now)
    {
        if (casts.Length == 0)
        {
            return;
        }

        Add(batch,
            $"""
            with cast_in as (
                select * from unnest($1::int[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::bytea[], $9::uuid[], $10::text[], $11::bytea[], $12::bytea[], $13::bytea[], $15::bytea[], $16::bytea[], $17::bytea[], $18::bytea[])
                    as c (community_id, ballot_id, unit_key, row_id, resident_id, choices, channel, commitment, helper, witness, key_hash, body_mac, sealed_answer, sealed, logged, replace_hash, replaces)
            ), counted as (
                update ballot_intake i set sealed = null, replace_hash = null
                from cast_in c where i.community_id = c.community_id and i.ballot_id = c.ballot_id and i.replace_hash = c.replaces
                returning c.community_id, c.ballot_id, c.row_id
            ), kept as (
                insert into ballot_intake (community_id, ballot_id, slot, sealed, commitment, replace_hash)
                select c.community_id, c.ballot_id, c.row_id, c.sealed, c.commitment, c.replace_hash from cast_in c where (c.row_id in (select row_id from counted)) is true
            ), missed as (
                insert into replace_miss (community_id, ballot_id, unit_key, miss_id)
                select c.community_id, c.ballot_id, c.unit_key, gen_random_uuid() from cast_in c where (c.row_id in (select row_id from counted)) is not true
            ), {Answers}, {Pended}, {Audited("null::uuid")}
            select row_id from counted
            """,
            [.. Secret(casts, now), casts.Select(c => ReplaceCodes.Hash(c.Ballot, c.Unit!, c.Replaces!)).ToArray()]);
    }

    private static object[] Secret(PendingCast[] casts, DateTimeOffset now) =>
    [
        .. Common(casts),
        casts.Select(c => c.Commitment!).ToArray(),
        casts.Select(c => c.Helper).ToArray(),
        casts.Select(c => c.Witness).ToArray(),
        casts.Select(c => c.Key.Hash).ToArray(),
        casts.Select(c => c.Key.BodyMac).ToArray(),
        casts.Select(c => c.Key.Seal(c.Answer!)).ToArray(),
        now,
        casts.Select(c => c.Sealed!).ToArray(),
        Logged(casts),
        casts.Select(c => c.ReplaceCode is { } code ? ReplaceCodes.Hash(c.Ballot, c.Unit!, code) : null).ToArray(),
    ];

    private const string Answers =
        """
        answers as (
            insert into cast_answer (community_id, ballot_id, resident_id, key_hash, body_mac, sealed_answer)
            select c.community_id, c.ballot_id, c.resident_id, c.key_hash, c.body_mac, c.sealed_answer
            from cast_in c where (c.row_id in (select row_id from counted)) is true
        )
        """;

    /// <summary>What the ledger's sequencer takes from here: neither voter nor time.</summary>
    private const string Pended =
        """
        pended as (
            insert into log_pending (community_id, entry, ballot_id)
            select c.community_id, c.logged, c.ballot_id from cast_in c where c.logged is not null and (c.row_id in (select row_id from counted)) is true
        )
        """;

    /// <summary>One line a batch and ballot says how many; an assisted vote has a line of its own with helper and witness.</summary>
    private static string Audited(string onBehalfOf) =>
        $"""
        audited as (
            insert into audit_entry (community_id, entry_id, council_at, actor_kind, actor_id, on_behalf_of, action, subject, details)
            select community_id, gen_random_uuid(), $14, 'Resident', null::uuid, null::uuid, 'CastVote', 'ballot:' || ballot_id, jsonb_build_object('count', count(*))
            from counted group by community_id, ballot_id
            union all
            select c.community_id, gen_random_uuid(), $14, 'Staff', c.helper, {onBehalfOf}, 'CastVote', 'ballot:' || c.ballot_id, jsonb_build_object('channel', 'Assisted', 'witness', c.witness)
            from cast_in c where c.helper is not null and (c.row_id in (select row_id from counted)) is true
        )
        """;

    private static object[] Common(PendingCast[] casts) =>
    [
        casts.Select(c => c.Community.Value).ToArray(),
        casts.Select(c => c.Ballot.Value).ToArray(),
        casts.Select(c => c.Unit!).ToArray(),
        casts.Select(c => c.RowId).ToArray(),
        casts.Select(c => c.AnswerOwner.Value).ToArray(),
        casts.Select(c => c.Definition.IsSecret ? "" : string.Join(Between, c.Choices)).ToArray(),
        casts.Select(c => (c.IsProxy ? VoteChannel.Proxy : c.Helper is null ? VoteChannel.Online : VoteChannel.Assisted).ToString()).ToArray(),
    ];

    private static byte[]?[] Logged(PendingCast[] casts) => [.. casts.Select(c => c.Definition.IsLogged ? c.Commitment : null)];
}
