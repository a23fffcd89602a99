using System.Security.Cryptography;
using System.Text.Json;

namespace Deliberation.Postgres;

/// <summary>What must never be in the database or a setting: the server's password, the key of the key ring, the demo's sign-ins. JSON, mode 0600.</summary>
public sealed class SecretsFile(string path)
{
    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(5);

    public string Path { get; } = path;

    /// <summary>A secret, made and stored at the first call. Two processes that ask at once get the same.</summary>
    /// <param name="make">Called only when there is none yet.</param>
    public string GetOrCreate(string name, Func<string> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        using var file = OpenExclusively();
        var secrets = file.Length == 0 ? [] : JsonSerializer.Deserialize<SortedDictionary<string, string>>(file)!;
        if (secrets.TryGetValue(name, out var known))
        {
            return known;
        }

        var secret = secrets[name] = make();
        file.SetLength(0);
        JsonSerializer.Serialize(file, secrets, Indented);
        file.Flush(flushToDisk: true);
        return secret;
    }

    /// <returns>Null when there is no such secret.</returns>
    public string? Find(string name)
    {
        using var file = OpenExclusively();
        return file.Length == 0 ? null : JsonSerializer.Deserialize<SortedDictionary<string, string>>(file)!.GetValueOrDefault(name);
    }

    /// <summary>A random secret of 256 bits in hex.</summary>
    public static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true };

    private FileStream OpenExclusively()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path, options);
            }
            catch (IOException) when (System.Diagnostics.Stopwatch.GetElapsedTime(started) < LockWait)
            {
                Thread.Yield(); // another process writes its first secret: microseconds
            }
        }
    }
}
