using System.Text.Json;
using System.Text.Unicode;

namespace Deliberation.Cli.Verify.Log;

/// <summary>Reads bodies byte for byte: the keys in their order, no spaces. One meaning, one form: a second form of the same words would be another leaf.</summary>
internal static class LeafBody
{
    private const int MostNameBytes = 2_000;

    /// <summary>Null when the body has none of the forms.</summary>
    public static Leaf? Read(ReadOnlySpan<byte> body)
    {
        var rest = body;
        if (!Skip(ref rest, "{\"v\":\"DLB1\",\"kind\":\""u8)) return null;
        Leaf? leaf = null;
        if (Skip(ref rest, "vote\",\"ballot\":\""u8)) leaf = Vote(ref rest);
        else if (Skip(ref rest, "ballot-opened\",\"ballot\":\""u8)) leaf = Opened(ref rest);
        else if (Skip(ref rest, "roll-amended\",\"ballot\":\""u8)) leaf = Amended(ref rest);
        else if (Skip(ref rest, "ballot-closed\",\"ballot\":\""u8)) leaf = Closed(ref rest);
        else if (Skip(ref rest, "ballot-cancelled\",\"ballot\":\""u8)) leaf = Id(ref rest, out var id) && Skip(ref rest, "\"}"u8) ? new CancelledLeaf(id) : null;
        else if (Skip(ref rest, "tally-published\",\"ballot\":\""u8)) leaf = Tally(ref rest);
        else if (Skip(ref rest, "key\",\"name\":"u8)) leaf = Key(ref rest);
        return rest.IsEmpty ? leaf : null;
    }

    private static VoteLeaf? Vote(ref ReadOnlySpan<byte> rest) =>
        Id(ref rest, out var ballot) && Skip(ref rest, "\",\"commitment\":\""u8) && Hash(ref rest, out var commitment) && Skip(ref rest, "\"}"u8)
            ? new VoteLeaf(ballot, commitment)
            : null;

    private static OpenedLeaf? Opened(ref ReadOnlySpan<byte> rest) =>
        Id(ref rest, out var ballot)
        && Skip(ref rest, "\",\"definition\":\""u8) && Hash(ref rest, out var definition)
        && Skip(ref rest, "\",\"roll\":\""u8) && Hash(ref rest, out var roll)
        && Skip(ref rest, "\",\"units\":"u8) && Number(ref rest, out var units) && Skip(ref rest, "}"u8)
            ? new OpenedLeaf(ballot, definition, roll, units)
            : null;

    private static RollLeaf? Amended(ref ReadOnlySpan<byte> rest) =>
        Id(ref rest, out var ballot)
        && Skip(ref rest, "\",\"change\":\""u8)
        && (Skip(ref rest, "Added"u8) || Skip(ref rest, "Removed"u8) || Skip(ref rest, "Restored"u8))
        && Skip(ref rest, "\",\"roll\":\""u8) && Hash(ref rest, out var roll)
        && Skip(ref rest, "\",\"units\":"u8) && Number(ref rest, out var units) && Skip(ref rest, "}"u8)
            ? new RollLeaf(ballot, roll, units)
            : null;

    private static ClosedLeaf? Closed(ref ReadOnlySpan<byte> rest)
    {
        if (!Id(ref rest, out var ballot)
            || !Skip(ref rest, "\",\"participations\":"u8) || !Number(ref rest, out var participations)
            || !Skip(ref rest, ",\"papers\":"u8) || !Number(ref rest, out var papers)
            || !Skip(ref rest, ",\"replaced\":["u8)) return null;
        var replaced = new List<Hash32>();
        while (Skip(ref rest, replaced.Count == 0 ? "\""u8 : ",\""u8))
        {
            if (!Hash(ref rest, out var commitment) || !Skip(ref rest, "\""u8)) return null;
            replaced.Add(commitment);
        }

        return Skip(ref rest, "]}"u8) ? new ClosedLeaf(ballot, participations, papers, replaced) : null;
    }

    private static TallyLeaf? Tally(ref ReadOnlySpan<byte> rest) =>
        Id(ref rest, out var ballot)
        && Skip(ref rest, "\",\"version\":"u8) && Number(ref rest, out var version)
        && Skip(ref rest, ",\"tally\":\""u8) && Hash(ref rest, out var tally) && Skip(ref rest, "\"}"u8)
            ? new TallyLeaf(ballot, version, tally)
            : null;

    private static KeyLeaf? Key(ref ReadOnlySpan<byte> rest)
    {
        if (!Text(ref rest, out var name) || !Skip(ref rest, ",\"role\":\""u8)) return null;
        var isLog = Skip(ref rest, "Log"u8);
        if ((!isLog && !Skip(ref rest, "Witness"u8))
            || !Skip(ref rest, "\",\"key\":"u8) || !Text(ref rest, out var key)
            || !Skip(ref rest, ",\"state\":\""u8)) return null;
        var isAdded = Skip(ref rest, "Added"u8);
        return (isAdded || Skip(ref rest, "Removed"u8)) && Skip(ref rest, "\"}"u8)
            ? new KeyLeaf(name, isLog ? "Log" : "Witness", key, isAdded)
            : null;
    }

    private static bool Skip(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> expected)
    {
        if (!rest.StartsWith(expected)) return false;
        rest = rest[expected.Length..];
        return true;
    }

    private static bool Id(ref ReadOnlySpan<byte> rest, out Guid id)
    {
        id = default;
        if (rest.Length < 36 || rest[..36].IndexOfAnyInRange((byte)'A', (byte)'F') >= 0
            || !System.Buffers.Text.Utf8Parser.TryParse(rest[..36], out id, out var used, 'D') || used != 36) return false;
        rest = rest[36..];
        return true;
    }

    private static bool Hash(ref ReadOnlySpan<byte> rest, out Hash32 hash)
    {
        hash = default;
        if (rest.Length < 64 || !Hash32.TryParse(rest[..64], out hash)) return false;
        rest = rest[64..];
        return true;
    }

    /// <summary>Decimal, without a sign or leading zeros, below 10^15.</summary>
    private static bool Number(ref ReadOnlySpan<byte> rest, out long number)
    {
        number = 0;
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits is < 1 or > 15 || (digits > 1 && rest[0] == '0')) return false;
        foreach (var digit in rest[..digits]) number = (number * 10) + (digit - '0');
        rest = rest[digits..];
        return true;
    }

    private static bool Text(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (rest.IsEmpty || rest[0] != '"') return false;
        var end = 1;
        while (end < rest.Length && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
        if (end >= rest.Length || end > MostNameBytes || !Utf8.IsValid(rest[..(end + 1)])) return false;
        try
        {
            var reader = new Utf8JsonReader(rest[..(end + 1)]);
            reader.Read();
            text = reader.GetString()!;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return false;
        }

        rest = rest[(end + 1)..];
        return true;
    }
}
