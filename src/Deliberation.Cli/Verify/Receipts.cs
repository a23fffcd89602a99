using System.Text;
using Deliberation.Cli.Verify.Bundles;
using Deliberation.Cli.Verify.Log;

namespace Deliberation.Cli.Verify;

/// <summary>Receipts that voters kept: each must be a vote of the log.</summary>
internal static class Receipts
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int CodeLetters = 16;
    private const int CodeBytes = 10;
    private const int Most = 2_000_000;

    public static void Check(Check check, Findings findings, LedgerLog log, IEnumerable<(string Name, Func<Stream> Open)> sources)
    {
        var wanted = new Dictionary<UInt128, string>(); // first ten bytes of a commitment → where it stands
        var found = 0;
        foreach (var (name, open) in sources)
        {
            using var lines = new LineReader(open(), name, 1_000);
            while (lines.TryRead(out var bytes))
            {
                var text = Encoding.UTF8.GetString(bytes.Span).Trim();
                if (text.Length == 0) continue;
                if (wanted.Count == Most) throw new BundleException($"{name} has more than {Most:N0} receipts.");
                var place = $"Line {lines.Number} of {name}";
                if (Hash32.TryParse(Encoding.UTF8.GetBytes(text.ToLowerInvariant()), out var commitment))
                {
                    if (log.Votes.ContainsKey(commitment)) found++;
                    else findings.Add(check, $"{place}: this commitment is not in the log.");
                }
                else if (Parse(text) is { } code) wanted.TryAdd(code, place);
                else findings.Add(check, $"{place} is no receipt.");
            }
        }

        if (wanted.Count > 0)
        {
            foreach (var commitment in log.Votes.Keys)
            {
                if (wanted.Remove(Start(commitment))) found++;
            }

            foreach (var place in wanted.Values) findings.Add(check, $"{place}: the vote of this receipt is not in the log.");
        }

        check.Say(found == 0 ? "none given" : $"{found:N0} receipts are in the log");
    }

    /// <summary>A code as printed or typed: any case, dashes and blanks ignored, O read as 0, I and L as 1.</summary>
    private static UInt128? Parse(string typed)
    {
        var letters = typed.Where(c => c is not ('-' or ' ')).Select(char.ToUpperInvariant).Select(c => c switch { 'O' => '0', 'I' or 'L' => '1', _ => c }).ToArray();
        if (letters.Length is < CodeLetters or > 60) return null;
        UInt128 value = 0;
        foreach (var letter in letters[^CodeLetters..])
        {
            var digit = Alphabet.IndexOf(letter, StringComparison.Ordinal);
            if (digit < 0) return null;
            value = (value << 5) | (uint)digit;
        }

        return value;
    }

    private static UInt128 Start(Hash32 commitment)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Size];
        commitment.CopyTo(bytes);
        UInt128 value = 0;
        foreach (var part in bytes[..CodeBytes]) value = (value << 8) | part;
        return value;
    }
}
