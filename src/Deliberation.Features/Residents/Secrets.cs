using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;

namespace Deliberation.Features.Residents;

/// <summary>Secrets that residents hold. Only their hashes are stored.</summary>
internal static class Secrets
{
    private const string SlipAlphabet = "23456789abcdefghjkmnpqrstuvwxyz"; // nothing that reads like something else

    /// <summary>14 letters, 69 bits: enough behind a rate limit, short enough to be typed from paper.</summary>
    public static string NewSlip() => RandomNumberGenerator.GetString(SlipAlphabet, 14);

    /// <summary>Cookie value: the community, so that the row is found, and 256 random bits.</summary>
    public static string NewSession(CommunityId community) =>
        string.Create(CultureInfo.InvariantCulture, $"{community.Value}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}");

    public static string NewCode() => RandomNumberGenerator.GetInt32(1_000_000).ToString("000000", CultureInfo.InvariantCulture);

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public static byte[] HashSlip(string token) => Hash(token.Trim().ToLowerInvariant());

    public static byte[] HashCode(Guid request, string code) => Hash($"{request}|{code}");

    /// <summary>The community a cookie value names; null when it is malformed.</summary>
    public static CommunityId? CommunityOf(string session) =>
        session.Length is > 65 and < 90 && session.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
        && int.TryParse(session.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var community)
            ? new CommunityId(community)
            : null;
}
