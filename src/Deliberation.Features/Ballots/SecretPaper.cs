using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;

namespace Deliberation.Features.Ballots;

/// <summary>A secret paper before it is sealed and after it is opened.</summary>
/// <param name="Choices">No choice holds a line feed.</param>
/// <param name="Nonce">128 random bits.</param>
/// <param name="Salt">256 random bits; with the nonce they open the commitment.</param>
internal sealed record SecretPaper(string[] Choices, byte[] Nonce, byte[] Salt)
{
    private const int NonceLength = Commitments.NonceLength;
    private const int SaltLength = Commitments.SecretSaltLength;

    public static SecretPaper Of(IEnumerable<string> choices) =>
        new([.. choices], RandomNumberGenerator.GetBytes(NonceLength), RandomNumberGenerator.GetBytes(SaltLength));

    /// <summary>What the voter gets a receipt for: hides the choice, fixes it.</summary>
    public byte[] Commitment(BallotId ballot) => Commitments.Secret(ballot, Choices, Nonce, Salt);

    /// <summary>Bytes of a paper whose choices take up to <paramref name="choiceBytes"/>: every paper of a ballot is that long, or its length would tell what is on it.</summary>
    public static int LengthFor(int choiceBytes) => NonceLength + SaltLength + sizeof(ushort) + choiceBytes;

    /// <param name="length">At least what this paper needs.</param>
    public byte[] ToBytes(int length)
    {
        var choices = Encoding.UTF8.GetBytes(string.Join('\n', Choices));
        var bytes = new byte[Math.Max(length, LengthFor(choices.Length))];
        Nonce.CopyTo(bytes, 0);
        Salt.CopyTo(bytes, NonceLength);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(NonceLength + SaltLength), checked((ushort)choices.Length));
        choices.CopyTo(bytes, LengthFor(0));
        return bytes;
    }

    public static SecretPaper FromBytes(ReadOnlySpan<byte> bytes)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(NonceLength + SaltLength)..]);
        var choices = Encoding.UTF8.GetString(bytes.Slice(LengthFor(0), length));
        return new SecretPaper(
            choices.Length == 0 ? [] : choices.Split('\n'),
            bytes[..NonceLength].ToArray(),
            bytes.Slice(NonceLength, SaltLength).ToArray());
    }
}
