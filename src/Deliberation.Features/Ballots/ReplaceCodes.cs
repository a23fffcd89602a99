using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;

namespace Deliberation.Features.Ballots;

/// <summary>
/// The code that replaces a secret vote (改投码): 80 random bits that only the voter's receipt holds. The intake keeps a hash of it with ballot and unit:
/// it finds the paper for whoever has the code and acts for the unit, and tells nobody else whose paper it is (decision 0021).
/// </summary>
internal static class ReplaceCodes
{
    /// <summary>Wrong codes of one unit in one ballot within <see cref="Minutes"/>; then none is looked at.</summary>
    public const int MostMisses = 10;

    public const int Minutes = 15;

    public static byte[] New() => RandomNumberGenerator.GetBytes(ReceiptCodes.Length);

    /// <summary>Four groups of four.</summary>
    public static string Format(byte[] code) => ReceiptCodes.Format("", code)[1..];

    /// <returns>The code as typed; empty, which is no code of anybody's, when it cannot be one.</returns>
    public static byte[] Parse(string? typed) => ReceiptCodes.TryParse(typed ?? "") ?? [];

    public static byte[] Hash(BallotId ballot, string unit, byte[] code) =>
        SHA256.HashData([.. "DLB1R"u8, .. ballot.Value.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(unit), 0, .. code]);

    /// <summary>Under whom a replacement's answer is kept: not under the voter, whose second answer would tell who voted twice.</summary>
    public static ResidentId OwnerOf(ResidentId voter, string key) =>
        new(new Guid(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), (byte[])[.. "DLB1 replace answer"u8, .. voter.Value.ToByteArray(bigEndian: true)])[..16]));
}
