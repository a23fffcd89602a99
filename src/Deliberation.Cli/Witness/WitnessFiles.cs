using System.Text;
using Deliberation.Cli.Verify.Bundles;
using Deliberation.Cli.Verify.Log;

namespace Deliberation.Cli.Witness;

/// <summary>Files of a witness: its own, and what was fetched from the community's server.</summary>
internal static class WitnessFiles
{
    private const int MostBytes = 1 << 20;

    /// <summary>A new file that only its owner reads, on the disk when this returns.</summary>
    /// <exception cref="IOException">It is there already.</exception>
    public static void CreateAlone(string path, string text)
    {
        var settings = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, settings);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Held while a state is read, compared and written.</summary>
    public static FileStream Lock(string statePath)
    {
        try
        {
            return new FileStream(statePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem)
        {
            throw new WitnessException($"Another run works on {statePath}: {problem.Message}", isUsage: true);
        }
    }

    /// <summary>A checkpoint: the JSON of the server's answer, or the note itself.</summary>
    public static SignedNote ReadNote(string path)
    {
        var bytes = Read(path);
        var text = Encoding.UTF8.GetString(bytes);
        if (text.StartsWith('{'))
        {
            using var json = StrictJson.Parse(bytes, path);
            text = json.Root.Text("note");
        }

        return SignedNote.TryRead(text) is { Size: > 0 } note ? note : throw new WitnessException($"{path} holds no checkpoint.", isUsage: true);
    }

    /// <summary>The hashes of a consistency proof, from the JSON of the server's answer.</summary>
    public static IReadOnlyList<Hash32> ReadProof(string path)
    {
        using var json = StrictJson.Parse(Read(path), path);
        return [.. json.Root.Texts("hashes").Select(hash => HashOf(hash, path))];
    }

    private static Hash32 HashOf(string base64, string path)
    {
        var bytes = new byte[Hash32.Size + 1];
        return base64.Length == 44 && Convert.TryFromBase64String(base64, bytes, out var length) && length == Hash32.Size
            ? Hash32.Of(bytes)
            : throw new WitnessException($"{path} holds something else than hashes.", isUsage: true);
    }

    private static byte[] Read(string path) => new FileInfo(path).Length <= MostBytes
        ? File.ReadAllBytes(path)
        : throw new WitnessException($"{path} is larger than anything that a server answers here.", isUsage: true);
}
