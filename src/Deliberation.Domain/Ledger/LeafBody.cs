using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Deliberation.Domain.Ledger;

/// <summary>What a leaf of the log says. The strings are hashed as they stand here: README.md of this folder is their contract.</summary>
public static class LeafBody
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // Chinese stays readable

    public static string Key(NoteKey key, KeyRole role, bool isAdded) => Write("key", body =>
    {
        body.WriteString("name", key.Name);
        body.WriteString("role", role.ToString());
        body.WriteString("key", Convert.ToBase64String(key.Spki));
        body.WriteString("state", isAdded ? "Added" : "Removed");
    });

    /// <param name="definition">SHA-256 of the bytes of definition.json.</param>
    public static string BallotOpened(BallotId ballot, byte[] definition, byte[] roll, int units) => Write("ballot-opened", ballot, body =>
    {
        body.WriteString("definition", Convert.ToHexStringLower(definition));
        body.WriteString("roll", Convert.ToHexStringLower(roll));
        body.WriteNumber("units", units);
    });

    /// <param name="change">Added, Removed or Restored.</param>
    /// <param name="roll">The new root.</param>
    public static string RollAmended(BallotId ballot, string change, byte[] roll, int units) => Write("roll-amended", ballot, body =>
    {
        body.WriteString("change", change);
        body.WriteString("roll", Convert.ToHexStringLower(roll));
        body.WriteNumber("units", units);
    });

    public static string Vote(BallotId ballot, byte[] commitment) =>
        $$"""{"v":"DLB1","kind":"vote","ballot":"{{ballot}}","commitment":"{{Convert.ToHexStringLower(commitment)}}"}"""; // so many of them

    /// <param name="replaced">Commitments that a later vote of the same unit took the place of, in any order.</param>
    public static string BallotClosed(BallotId ballot, int participations, int papers, IEnumerable<byte[]> replaced) => Write("ballot-closed", ballot, body =>
    {
        body.WriteNumber("participations", participations);
        body.WriteNumber("papers", papers);
        body.WriteStartArray("replaced");
        foreach (var commitment in replaced.Select(Convert.ToHexStringLower).Order(StringComparer.Ordinal))
        {
            body.WriteStringValue(commitment);
        }

        body.WriteEndArray();
    });

    public static string BallotCancelled(BallotId ballot) => Write("ballot-cancelled", ballot, _ => { });

    /// <param name="tally">SHA-256 of the bytes of tally.version.json.</param>
    public static string TallyPublished(BallotId ballot, int version, byte[] tally) => Write("tally-published", ballot, body =>
    {
        body.WriteNumber("version", version);
        body.WriteString("tally", Convert.ToHexStringLower(tally));
    });

    private static string Write(string kind, BallotId ballot, Action<Utf8JsonWriter> rest) => Write(kind, body =>
    {
        body.WriteString("ballot", ballot.ToString());
        rest(body);
    });

    private static string Write(string kind, Action<Utf8JsonWriter> rest)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var body = new Utf8JsonWriter(bytes, Plain))
        {
            body.WriteStartObject();
            body.WriteString("v", "DLB1");
            body.WriteString("kind", kind);
            rest(body);
            body.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}

/// <summary>Whose key it is.</summary>
public enum KeyRole
{
    /// <summary>The log's own: signs every checkpoint.</summary>
    Log,

    /// <summary>A witness's (见证方): signs what it has seen, and has checked that it goes on from what it saw before.</summary>
    Witness,
}
