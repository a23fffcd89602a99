using System.Security.Cryptography;
using Deliberation.Domain;

namespace Deliberation.Features.Ballots;

/// <summary>
/// Seals papers to one ballot's public key: ephemeral ECDH on P-256, AES-256-GCM, all papers of one length. Any number of threads may use it.
/// Agreeing on a key costs many times what sealing a paper does, so a node's papers share an ephemeral key for a second at most (decision 0006).
/// </summary>
internal sealed class PaperSealer
{
    private const int MostPapers = 256;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly BallotId _ballot;
    private readonly ECDiffieHellmanPublicKey _recipient;
    private readonly int _length;
    private readonly TimeProvider _clock;
    private Agreed _agreed;

    /// <param name="publicKey">As <see cref="BallotKeys.Create"/> returned it.</param>
    /// <param name="choiceBytes">The most that the choices of a paper take.</param>
    public PaperSealer(BallotId ballot, byte[] publicKey, int choiceBytes, TimeProvider clock)
    {
        using var key = ECDiffieHellman.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        _ballot = ballot;
        _recipient = key.PublicKey;
        _length = SecretPaper.LengthFor(choiceBytes);
        _clock = clock;
        _agreed = Agree();
    }

    public byte[] Seal(SecretPaper paper)
    {
        var agreed = _agreed;
        if (Interlocked.Increment(ref agreed.Papers) > MostPapers || _clock.GetElapsedTime(agreed.Since) > Longest)
        {
            _agreed = agreed = Agree(); // two threads may both agree anew: each has a key of its own
        }

        return SealedPaper.Seal(paper.ToBytes(_length), agreed.Key, agreed.PublicKey);
    }

    private Agreed Agree()
    {
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = ephemeral.ExportSubjectPublicKeyInfo();
        return new Agreed(SealedPaper.KeyOf(ephemeral, _recipient, _ballot, publicKey), publicKey, _clock.GetTimestamp());
    }

    private sealed class Agreed(byte[] key, byte[] publicKey, long since)
    {
        public int Papers;

        public byte[] Key => key;

        public byte[] PublicKey => publicKey;

        public long Since => since;
    }
}
