using System.Globalization;

namespace Deliberation.Domain.Ledger;

/// <summary>What the log was at one moment (检查点): so many leaves, this root. The text of C2SP tlog-checkpoint.</summary>
/// <param name="Origin"><c>deliberation/</c> and the community's code.</param>
public sealed record Checkpoint(string Origin, long Size, byte[] Root)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n");

    public static string OriginOf(string communityCode) => $"deliberation/{communityCode}";

    /// <returns>Null when the text is no checkpoint.</returns>
    public static Checkpoint? TryParse(string text)
    {
        var root = new byte[MerkleHash.Length];
        return text.Split('\n') is [{ Length: > 0 } origin, var digits, var base64, ""]
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && size.ToString(CultureInfo.InvariantCulture) == digits
            && Convert.TryFromBase64String(base64, root, out var length) && length == MerkleHash.Length
            ? new Checkpoint(origin, size, root)
            : null;
    }
}
