using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;

namespace Deliberation.Features.Ballots;

/// <summary>The form of a sealed paper: algorithm, length of the ephemeral key, that key (SubjectPublicKeyInfo), nonce, tag, cipher text.</summary>
internal static class SealedPaper
{
    private const byte Algorithm = 2; // P-256, SHA-256, AES-256-GCM, shared ephemeral key
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Room = 12; // "=2147483647" and a line feed

    public static byte[] Seal(byte[] plain, byte[] key, byte[] publicKey)
    {
        var start = 2 + publicKey.Length;
        var paper = new byte[start + NonceLength + TagLength + plain.Length];
        paper[0] = Algorithm;
        paper[1] = (byte)publicKey.Length;
        publicKey.CopyTo(paper, 2);
        var rest = paper.AsSpan(start);
        RandomNumberGenerator.Fill(rest[..NonceLength]);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(rest[..NonceLength], plain, rest[(NonceLength + TagLength)..], rest.Slice(NonceLength, TagLength));
        return paper;
    }

    /// <summary>Seals anything of a ballot, with an ephemeral key of its own.</summary>
    /// <param name="recipient">SubjectPublicKeyInfo of P-256.</param>
    public static byte[] SealAlone(byte[] plain, BallotId ballot, byte[] recipient)
    {
        using var receiver = ECDiffieHellman.Create();
        receiver.ImportSubjectPublicKeyInfo(recipient, out _);
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = ephemeral.ExportSubjectPublicKeyInfo();
        return Seal(plain, KeyOf(ephemeral, receiver.PublicKey, ballot, publicKey), publicKey);
    }

    public static ReadOnlySpan<byte> PublicKeyOf(byte[] paper) => paper.Length > 2 && paper[0] == Algorithm && paper.Length > 2 + paper[1] + NonceLength + TagLength
        ? paper.AsSpan(2, paper[1])
        : throw new CryptographicException("Unknown seal.");

    public static byte[] Open(byte[] paper, byte[] key)
    {
        var rest = paper.AsSpan(2 + paper[1]);
        var plain = new byte[rest.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(rest[..NonceLength], rest[(NonceLength + TagLength)..], rest.Slice(NonceLength, TagLength), plain);
        return plain;
    }

    /// <summary>The ballot's id is part of the key: a paper copied into another ballot's intake does not open.</summary>
    public static byte[] KeyOf(ECDiffieHellman own, ECDiffieHellmanPublicKey other, BallotId ballot, byte[] ephemeralPublicKey) =>
        own.DeriveKeyFromHash(other, HashAlgorithmName.SHA256, null, [.. "DLB1 paper"u8, .. ballot.Value.ToByteArray(bigEndian: true), .. ephemeralPublicKey]);

    /// <summary>The most that <paramref name="most"/> of the choices take, a rank or points behind each included.</summary>
    public static int ChoiceBytes(IEnumerable<string> choices, int most) =>
        choices.Select(choice => Encoding.UTF8.GetByteCount(choice) + Room).OrderDescending().Take(most).Sum();
}
