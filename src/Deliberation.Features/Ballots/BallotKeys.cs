using System.Security.Cryptography;
using Deliberation.Domain;
using Deliberation.Postgres;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Ballots;

/// <summary>Where the private keys of secret ballots are kept.</summary>
public sealed class BallotKeyOptions
{
    /// <summary>A folder outside the database and its backups; shared by all nodes. Made with mode 0700 when missing.</summary>
    /// <value><c>deliberation/keys</c> in the user's data folder unless set.</value>
    public string Folder { get; set; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "deliberation", "keys");
}

/// <summary>
/// Private keys of secret ballots, one 0600 file each: until the count, nobody with the database alone can read a choice.
/// Each installation has a folder of its own inside the keys folder, so that two which share it never see each other's keys.
/// </summary>
public sealed class BallotKeys(IOptions<BallotKeyOptions> options, Installation installation)
{
    private string Folder => Path.Combine(options.Value.Folder, $"{installation.Id}");

    /// <summary>Makes a key pair and keeps its private half.</summary>
    /// <returns>The public half, SubjectPublicKeyInfo of P-256.</returns>
    public byte[] Create(BallotId ballot) => Create(PathOf(ballot));

    /// <summary>As <see cref="Create(BallotId)"/>, for photographs of a secret ballot's papers: this key outlives the count, and only a court or a recount has it fetched.</summary>
    /// <remarks>A file that is there already was left by an issue of papers that was rolled back: nothing is sealed to it.</remarks>
    public byte[] CreateForScans(BallotId ballot)
    {
        var path = ScanPathOf(ballot);
        if (File.Exists(path))
        {
            File.Delete(path); // throws where the folder is missing
        }

        return Create(path);
    }

    private byte[] Create(string path)
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        KeyFiles.Create([options.Value.Folder, Folder], path, key.ExportPkcs8PrivateKey());
        return key.ExportSubjectPublicKeyInfo();
    }

    /// <exception cref="InvalidOperationException">The key is not in the folder: the urn cannot be opened on this node.</exception>
    public ECDiffieHellman Open(BallotId ballot)
    {
        var path = PathOf(ballot);
        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"The key of ballot {ballot} is not in the keys folder.");
        }

        var key = ECDiffieHellman.Create();
        key.ImportPkcs8PrivateKey(File.ReadAllBytes(path), out _);
        return key;
    }

    /// <summary>Overwrites and removes a key. Only after the count is committed.</summary>
    public void Destroy(BallotId ballot) => Destroy(PathOf(ballot));

    /// <summary>As <see cref="Destroy(BallotId)"/>, for the key of photographs. Only after their destruction is committed.</summary>
    public void DestroyForScans(BallotId ballot) => Destroy(ScanPathOf(ballot));

    private static void Destroy(string path)
    {
        if (File.Exists(path))
        {
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None))
            {
                file.Write(RandomNumberGenerator.GetBytes((int)file.Length));
                file.Flush(flushToDisk: true);
            }

            File.Delete(path);
        }
    }

    /// <summary>This installation's ballots whose keys are here.</summary>
    public IReadOnlyList<BallotId> Kept() => Kept("*.key");

    /// <summary>This installation's ballots whose photographs' keys are here.</summary>
    public IReadOnlyList<BallotId> KeptForScans() => Kept("*.scan");

    private IReadOnlyList<BallotId> Kept(string pattern) => !Directory.Exists(Folder)
        ? []
        : [.. Directory.EnumerateFiles(Folder, pattern)
            .Select(path => Guid.TryParse(Path.GetFileNameWithoutExtension(path), out var id) ? new BallotId(id) : default)
            .Where(ballot => ballot != default)];

    /// <summary>Machine time at which a key was made.</summary>
    public DateTimeOffset MadeAt(BallotId ballot) => new(File.GetLastWriteTimeUtc(PathOf(ballot)), TimeSpan.Zero);

    private string ScanPathOf(BallotId ballot) => Path.ChangeExtension(PathOf(ballot), ".scan");

    private string PathOf(BallotId ballot) => Path.Combine(Folder, $"{ballot.Value}.key");
}
