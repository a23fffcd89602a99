using System.Security.Cryptography;
using Deliberation.Domain;

namespace Deliberation.Features.Ballots;

/// <summary>Opens one ballot's papers with its private key; a key agreed on is kept while the urn is emptied.</summary>
internal sealed class PaperOpener(BallotId ballot, ECDiffieHellman privateKey)
{
    private readonly Dictionary<string, byte[]> _agreed = [];

    /// <exception cref="CryptographicException">Not a paper of this ballot, or changed since.</exception>
    public SecretPaper Open(byte[] sealedPaper)
    {
        var publicKey = SealedPaper.PublicKeyOf(sealedPaper);
        var name = Convert.ToBase64String(publicKey);
        if (!_agreed.TryGetValue(name, out var key))
        {
            using var ephemeral = ECDiffieHellman.Create();
            ephemeral.ImportSubjectPublicKeyInfo(publicKey, out _);
            _agreed[name] = key = SealedPaper.KeyOf(privateKey, ephemeral.PublicKey, ballot, publicKey.ToArray());
        }

        return SecretPaper.FromBytes(SealedPaper.Open(sealedPaper, key));
    }
}
