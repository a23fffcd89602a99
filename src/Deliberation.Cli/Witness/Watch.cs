using System.Security.Cryptography;
using Deliberation.Cli.Verify.Log;

namespace Deliberation.Cli.Witness;

/// <summary>What a witness checks before it signs: the log's signature, and that the log only grew since the last time.</summary>
/// <param name="before">What was signed last; null the first time.</param>
/// <param name="logKey">The log's public key in base64; null = the one remembered.</param>
/// <param name="isRotated">The log has a new key and says so in public: <paramref name="logKey"/> takes the place of the one remembered.</param>
internal sealed class Watch(WitnessState? before, string? logKey, bool isRotated = false)
{
    /// <exception cref="WitnessException">Nothing may be signed.</exception>
    public Seen Check(SignedNote note, IReadOnlyList<Hash32>? proof)
    {
        if (before is null && logKey is null)
        {
            throw new WitnessException("The first time --log-key is needed: the log's public key, from the notice board or from verify.", isUsage: true);
        }

        if (before is not null && logKey is not null && logKey != before.LogKey && !isRotated)
        {
            throw new WitnessException("WRONG KEY: --log-key is not the key that this witness has watched so far. Ask in public why; with --rotated it takes that key's place.");
        }

        var spki = logKey ?? before!.LogKey;
        using var key = LogKey.TryRead(new KeyLeaf("log", "Log", spki, true), 0) ?? throw new WitnessException("--log-key is no public key of P-256 in base64.", isUsage: true);
        if (!note.Signatures.Any(line => line.Name == note.Origin && line.KeyId.AsSpan().SequenceEqual(key.Id) && key.Signed(note.Text, line.Signature)))
        {
            throw new WitnessException("WRONG KEY: the checkpoint is not signed by the log's key. Nothing was signed.");
        }

        if (before is not null)
        {
            Compare(before, note, proof);
        }

        return new Seen(new WitnessState(note.Origin, spki, note.Size, note.Root), note.Text);
    }

    private static void Compare(WitnessState before, SignedNote note, IReadOnlyList<Hash32>? proof)
    {
        if (note.Origin != before.Origin)
        {
            throw new WitnessException($"OTHER LOG: the checkpoint is of {Plain(note.Origin)}, this witness watches {Plain(before.Origin)}. Nothing was signed.");
        }

        if (note.Size < before.Size)
        {
            throw new WitnessException($"SHORTER: the log has {note.Size} leaves, it had {before.Size} when this witness signed. Something was taken out. Nothing was signed; tell people.");
        }

        if (note.Size == before.Size)
        {
            if (note.Root != before.Root)
            {
                throw new WitnessException($"FORK: two logs of {note.Size} leaves, both signed by the log's key. Nothing was signed; keep both checkpoints, they are the proof.");
            }

            return;
        }

        if (proof is null)
        {
            throw new WitnessException($"--consistency is needed: fetch /api/v1/ledger/consistency?from={before.Size}&to={note.Size}", isUsage: true);
        }

        if (!ConsistencyProof.Holds(before.Root, before.Size, note.Root, note.Size, proof))
        {
            throw new WitnessException(
                $"FORK: the log of {note.Size} leaves is not shown to go on from the {before.Size} leaves that this witness signed. Nothing was signed; keep both checkpoints, and tell people unless the proof was of other sizes.");
        }
    }

    /// <summary>Words out of a file must not move the cursor of whoever reads them.</summary>
    private static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}

/// <summary>A checkpoint that may be signed.</summary>
/// <param name="Text">What is signed.</param>
internal sealed record Seen(WitnessState State, byte[] Text)
{
    /// <returns>The line as it stands under the note.</returns>
    public string Sign(string name, ECDsa key) =>
        $"— {name} {Convert.ToBase64String([.. SHA256.HashData(key.ExportSubjectPublicKeyInfo())[..4], .. key.SignData(Text, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)])}";
}
