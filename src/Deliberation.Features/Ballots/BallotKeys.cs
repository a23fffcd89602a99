using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string Folder => Path.Combine(options.Value.Folder, $"{installation.Id}");

    /// <summary>Makes a key pair and keeps its private half.</summary>
    /// <returns>The public half, SubjectPublicKeyInfo of P-256.</returns>
    public byte[] Create(BallotId ballot) => Create(PathOf(ballot), FileMode.CreateNew);

    /// <summary>As <see cref="Create(BallotId)"/>, for photographs of a secret ballot's papers: this key outlives the count, and only a court or a recount has it fetched.</summary>
    /// <remarks>A file that is there already was left by an issue of papers that was rolled back: nothing is sealed to it.</remarks>
    public byte[] CreateForScans(BallotId ballot) => Create(Path.ChangeExtension(PathOf(ballot), ".scan"), FileMode.Create);

    private byte[] Create(string path, FileMode mode)
    {
        foreach (var folder in new[] { options.Value.Folder, Folder })
        {
            Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(folder, OwnerOnly | UnixFileMode.UserExecute);
            }
        }

        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var settings = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            settings.UnixCreateMode = OwnerOnly;
        }

        using var file = new FileStream(path, settings);
        file.Write(key.ExportPkcs8PrivateKey());
        file.Flush(flushToDisk: true);
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
    public void Destroy(BallotId ballot)
    {
        var path = PathOf(ballot);
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
    public IReadOnlyList<BallotId> Kept() => !Directory.Exists(Folder)
        ? []
        : [.. Directory.EnumerateFiles(Folder, "*.key")
            .Select(path => Guid.TryParse(Path.GetFileNameWithoutExtension(path), out var id) ? new BallotId(id) : default)
            .Where(ballot => ballot != default)];

    /// <summary>Machine time at which a key was made.</summary>
    public DateTimeOffset MadeAt(BallotId ballot) => new(File.GetLastWriteTimeUtc(PathOf(ballot)), TimeSpan.Zero);

    private string PathOf(BallotId ballot) => Path.Combine(Folder, $"{ballot.Value}.key");
}

/// <summary>A secret paper before it is sealed and after it is opened.</summary>
/// <param name="Salt">256 random bits; with the nonce they open the commitment.</param>
internal sealed record SecretPaper(string[] Choices, byte[] Nonce, byte[] Salt)
{
    /// <summary>What the voter gets a receipt for: hides the choice, fixes it.</summary>
    public byte[] Commitment(BallotId ballot)
    {
        var choices = Encoding.UTF8.GetBytes(string.Join('\n', Choices.Order(StringComparer.Ordinal)));
        return SHA256.HashData([.. "DLB1"u8, .. ballot.Value.ToByteArray(bigEndian: true), .. choices, 0, .. Nonce, .. Salt]);
    }

    public static SecretPaper Of(IEnumerable<string> choices) =>
        new([.. choices], RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(32));
}

/// <summary>Seals papers to a ballot's public key: ephemeral ECDH on P-256, AES-256-GCM, all papers of one length.</summary>
internal static class PaperSeal
{
    private const byte Algorithm = 1;
    private const int Block = 512; // a longer text would tell how many names are on the paper

    /// <summary>A ballot's public key, ready for use by any number of threads. Reading it costs as much as sealing: keep it.</summary>
    /// <param name="publicKey">As <see cref="BallotKeys.Create"/> returned it.</param>
    public static ECDiffieHellmanPublicKey Recipient(byte[] publicKey)
    {
        using var key = ECDiffieHellman.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.PublicKey;
    }

    public static byte[] Seal(SecretPaper paper, BallotId ballot, ECDiffieHellmanPublicKey recipient) =>
        SealBytes(JsonSerializer.SerializeToUtf8Bytes(paper), ballot, recipient);

    /// <summary>As <see cref="Seal"/>, for anything of a ballot.</summary>
    public static byte[] SealBytes(byte[] text, BallotId ballot, ECDiffieHellmanPublicKey recipient)
    {
        var plain = new byte[((text.Length + 4 + Block - 1) / Block) * Block];
        BitConverter.TryWriteBytes(plain, text.Length);
        text.CopyTo(plain, 4);

        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var spki = ephemeral.ExportSubjectPublicKeyInfo();
        var nonce = RandomNumberGenerator.GetBytes(12);
        var cipher = new byte[plain.Length];
        var tag = new byte[16];
        using var aes = new AesGcm(Key(ephemeral, recipient, ballot, spki), tag.Length);
        aes.Encrypt(nonce, plain, cipher, tag);
        return [Algorithm, (byte)spki.Length, .. spki, .. nonce, .. tag, .. cipher];
    }

    /// <exception cref="CryptographicException">Not a paper of this ballot, or changed since.</exception>
    public static SecretPaper Open(byte[] sealedPaper, BallotId ballot, ECDiffieHellman privateKey)
    {
        if (sealedPaper.Length < 2 || sealedPaper[0] != Algorithm)
        {
            throw new CryptographicException("Unknown seal.");
        }

        var rest = sealedPaper.AsSpan(2);
        var spki = rest[..sealedPaper[1]].ToArray();
        rest = rest[sealedPaper[1]..];
        using var ephemeral = ECDiffieHellman.Create();
        ephemeral.ImportSubjectPublicKeyInfo(spki, out _);
        var plain = new byte[rest.Length - 28];
        using var aes = new AesGcm(Key(privateKey, ephemeral.PublicKey, ballot, spki), 16);
        aes.Decrypt(rest[..12], rest[28..], rest[12..28], plain);
        return JsonSerializer.Deserialize<SecretPaper>(plain.AsSpan(4, BitConverter.ToInt32(plain)))!;
    }

    /// <summary>The ballot's id is part of the key: a paper copied into another ballot's intake does not open.</summary>
    private static byte[] Key(ECDiffieHellman own, ECDiffieHellmanPublicKey other, BallotId ballot, byte[] ephemeralSpki) =>
        own.DeriveKeyFromHash(other, HashAlgorithmName.SHA256, null, [.. "DLB1 paper"u8, .. ballot.Value.ToByteArray(bigEndian: true), .. ephemeralSpki]);
}
