using Deliberation.Domain;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>What a batch needs to know only when it holds votes that replace others: read apart, so that first votes pay nothing for it.</summary>
internal sealed class Replacements
{
    private readonly HashSet<int> _usedKeys = [];
    private readonly HashSet<(Guid Ballot, string Unit)> _shut = [];

    /// <summary>The key belongs to a vote of the same person that replaced nothing.</summary>
    /// <param name="index">Place of the cast in its batch.</param>
    public bool HasUsedKey(int index) => _usedKeys.Contains(index);

    /// <summary>Too many wrong codes of late.</summary>
    public bool IsShut(PendingCast cast, string unit) => cast.Replaces is not null && _shut.Contains((cast.Ballot.Value, unit));

    public static async Task<Replacements> ReadAsync(NpgsqlConnection connection, IReadOnlyList<PendingCast> casts)
    {
        var found = new Replacements();
        var replacing = casts.Select((cast, index) => (Cast: cast, Index: index)).Where(one => one.Cast.Replaces is not null).ToList();
        await using var command = new NpgsqlCommand(
            """
            select i.index, null::uuid, null::text
            from unnest($1::int[], $2::uuid[], $3::uuid[], $4::bytea[], $5::int[]) as i (community_id, ballot_id, resident_id, key_hash, index)
            where exists (
                select from cast_answer a
                where a.community_id = i.community_id and a.ballot_id = i.ballot_id and a.resident_id = i.resident_id and a.key_hash = i.key_hash)
            union all
            select null, m.ballot_id, m.unit_key
            from replace_miss m
            where (m.community_id, m.ballot_id) in (select distinct * from unnest($1::int[], $2::uuid[])) and m.missed_at > clock_timestamp() - make_interval(mins => $6)
            group by m.ballot_id, m.unit_key having count(*) >= $7
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = replacing.Select(one => one.Cast.Community.Value).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = replacing.Select(one => one.Cast.Ballot.Value).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = replacing.Select(one => one.Cast.Resident.Value).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = replacing.Select(one => one.Cast.Key.Hash).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = replacing.Select(one => one.Index).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = ReplaceCodes.Minutes });
        command.Parameters.Add(new NpgsqlParameter { Value = (long)ReplaceCodes.MostMisses });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            if (reader.IsDBNull(0))
            {
                found._shut.Add((reader.GetGuid(1), reader.GetString(2)));
            }
            else
            {
                found._usedKeys.Add(reader.GetInt32(0));
            }
        }

        return found;
    }

    /// <summary>
    /// Of secret votes that wait because another of their unit was in the round: which of them need no round of their own, since it is clear that they have lost.
    /// A first vote has once its unit has voted; a replacing one when its very code was just used, or was wrong.
    /// </summary>
    /// <param name="taken">Row ids of those of <paramref name="accepted"/> that count now.</param>
    public static void Judge(List<PendingCast> deferred, List<PendingCast> accepted, HashSet<Guid> taken)
    {
        foreach (var cast in deferred.Where(cast => cast.Definition.IsSecret))
        {
            var before = accepted.Find(other => other.Ballot == cast.Ballot && other.Unit == cast.Unit)!;
            cast.HasLost = cast.Replaces is { } code
                ? before.Replaces is { } other && other.AsSpan().SequenceEqual(code)
                : before.Replaces is null || taken.Contains(before.RowId);
        }
    }
}
