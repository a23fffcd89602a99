using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Ballots;
using Deliberation.Postgres;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Ledger;

/// <summary>The last state of a log that was signed here.</summary>
internal sealed record SignedState(long Size, byte[] Root);

/// <summary>
/// Private keys that sign logs, one 0600 file per community beside the ballots' keys; and in another file beside each, what was signed last:
/// a database restored from an older backup, or another one, is seen by it.
/// </summary>
internal sealed class LedgerKeys(IOptions<BallotKeyOptions> options, Installation installation, TimeProvider time)
{
    private const int StateLength = 66; // 20 digits, a blank, 44 characters of base64, a newline: one write of one length, so that no crash leaves half of it
    private const int SizeLength = 20;
    private const int Tries = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private string Folder => Path.Combine(options.Value.Folder, $"{installation.Id}");

    /// <param name="keyHash">SHA-256 of the public key that signs now.</param>
    /// <returns>Null when this node has no such key. Dispose it.</returns>
    public ECDsa? TryOpen(CommunityId community, byte[] keyHash)
    {
        foreach (var path in new[] { NextPath(community, keyHash), KeyPath(community) }) // a log's later keys are named after themselves
        {
            if (Open(path) is { } key)
            {
                if (HashOf(key).AsSpan().SequenceEqual(keyHash))
                {
                    return key;
                }

                key.Dispose();
            }
        }

        return null;
    }

    /// <summary>The log's first key, left by a process that died before it was written down; null when there is none.</summary>
    public ECDsa? TryOpenFirst(CommunityId community) => Open(KeyPath(community));

    private static ECDsa? Open(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(File.ReadAllBytes(path), out _);
        return key;
    }

    /// <summary>Makes the log's key. Only while there is none.</summary>
    public ECDsa Create(CommunityId community)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        KeyFiles.Create([options.Value.Folder, Folder], KeyPath(community), key.ExportPkcs8PrivateKey());
        return key;
    }

    /// <summary>Makes a key that may come next. It signs once the log says so.</summary>
    public ECDsa CreateNext(CommunityId community)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        KeyFiles.Create([options.Value.Folder, Folder], NextPath(community, HashOf(key)), key.ExportPkcs8PrivateKey());
        return key;
    }

    /// <returns>Null when nothing was signed yet. A file that is not as this program writes it counts as longer than any log: nothing is signed until somebody has looked.</returns>
    public Task<SignedState?> RememberedAsync(CommunityId community, CancellationToken cancellationToken) =>
        File.Exists(StatePath(community)) ? AloneAsync(() => Remembered(community), cancellationToken) : Task.FromResult<SignedState?>(null);

    /// <summary>Remembers the longer of what was remembered and this, whatever other nodes do at the same time.</summary>
    public Task RememberAsync(CommunityId community, SignedState signed, CancellationToken cancellationToken) =>
        AloneAsync(
            () =>
            {
                Remember(community, signed);
                return signed;
            },
            cancellationToken);

    /// <summary>Again until no other node holds the file.</summary>
    private async Task<T> AloneAsync<T>(Func<T> act, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return act();
            }
            catch (IOException) when (attempt < Tries)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private SignedState? Remembered(CommunityId community)
    {
        using var file = new FileStream(StatePath(community), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Read(file);
    }

    private void Remember(CommunityId community, SignedState signed)
    {
        using var file = KeyFiles.OpenAlone(StatePath(community));
        if (Read(file) is { } before && before.Size >= signed.Size)
        {
            return;
        }

        file.Position = 0;
        file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{signed.Size:D20} {Convert.ToBase64String(signed.Root)}\n")));
        file.Flush(flushToDisk: true);
    }

    private static SignedState? Read(FileStream file)
    {
        var bytes = new byte[StateLength];
        var read = file.ReadAtLeast(bytes, StateLength, throwOnEndOfStream: false);
        var text = Encoding.ASCII.GetString(bytes, 0, read);
        return read switch
        {
            0 => null,
            StateLength when long.TryParse(text.AsSpan(0, SizeLength), NumberStyles.None, CultureInfo.InvariantCulture, out var size) =>
                new SignedState(size, Convert.FromBase64String(text[(SizeLength + 1)..].TrimEnd('\n'))),
            _ => new SignedState(long.MaxValue, MerkleHash.Empty),
        };
    }

    private string KeyPath(CommunityId community) => Path.Combine(Folder, $"ledger-{community}.p8");

    private string NextPath(CommunityId community, byte[] keyHash) => Path.Combine(Folder, $"ledger-{community}-{Convert.ToHexStringLower(keyHash.AsSpan(0, 8))}.p8");

    private static byte[] HashOf(ECDsa key) => SHA256.HashData(key.ExportSubjectPublicKeyInfo());

    private string StatePath(CommunityId community) => Path.Combine(Folder, $"ledger-{community}.last");
}
