using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Domain.Ledger;

/// <summary>Commitments (承诺值): each fixes one vote and, without its salt, tells nothing of it.</summary>
public static class Commitments
{
    /// <summary>Salt of a named vote.</summary>
    public const int NamedSaltLength = 16;

    /// <summary>Salt of a secret vote.</summary>
    public const int SecretSaltLength = 32;

    public const int NonceLength = 16;

    /// <param name="choices">In any order.</param>
    public static byte[] Secret(BallotId ballot, IEnumerable<string> choices, byte[] nonce, byte[] salt) =>
        SHA256.HashData([.. "DLB1"u8, .. ballot.Value.ToByteArray(bigEndian: true), .. Join(choices), 0, .. nonce, .. salt]);

    /// <param name="unit">Key of the voting unit; holds no NUL.</param>
    /// <param name="choices">In any order.</param>
    public static byte[] Named(BallotId ballot, string unit, IEnumerable<string> choices, byte[] salt) =>
        SHA256.HashData([.. "DLB1N"u8, .. ballot.Value.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(unit), 0, .. Join(choices), 0, .. salt]);

    private static byte[] Join(IEnumerable<string> choices) => Encoding.UTF8.GetBytes(string.Join('\n', choices.Order(StringComparer.Ordinal)));
}
