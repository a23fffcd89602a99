using System.Buffers.Binary;
using System.IO.Compression;

namespace Deliberation.Cli.Verify.Bundles;

/// <summary>A bundle as a ZIP, read in place. The files may lie in one folder of its own.</summary>
internal sealed class ZipFiles : BundleFiles
{
    private const string Index = "bundle.json";
    private const int MostDirectoryBytes = 64 << 20;

    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    public ZipFiles(string path)
    {
        CheckDirectory(path);
        try
        {
            _archive = ZipFile.OpenRead(path);
        }
        catch (Exception problem) when (problem is InvalidDataException or ArgumentException)
        {
            throw new BundleException("The file is neither a folder nor a ZIP that can be read.");
        }

        try
        {
            ReadNames();
        }
        catch
        {
            _archive.Dispose();
            throw;
        }
    }

    public override IReadOnlyCollection<string> Names => _entries.Keys;

    public override void Dispose()
    {
        _archive.Dispose();
        base.Dispose();
    }

    protected override Stream? OpenRaw(string name) => _entries.TryGetValue(name, out var entry) ? entry.Open() : null;

    private void ReadNames()
    {
        foreach (var entry in _archive.Entries)
        {
            if (!IsSafe(entry.FullName.TrimEnd('/'))) throw new BundleException("The ZIP holds a file whose name leads out of it.");
            if (entry.FullName.EndsWith('/')) continue;
            if (!_entries.TryAdd(entry.FullName, entry)) throw new BundleException($"The ZIP holds {entry.FullName} twice.");
            if (_entries.Count > MostFiles) throw new BundleException($"The ZIP holds more than {MostFiles:N0} files.");
        }

        if (_entries.ContainsKey(Index)) return;
        if (_entries.Keys.Where(name => name.EndsWith("/" + Index, StringComparison.Ordinal)).ToList() is not [var only]) return;
        var folder = only[..^Index.Length];
        foreach (var name in _entries.Keys.ToList())
        {
            if (name.StartsWith(folder, StringComparison.Ordinal)) _entries.TryAdd(name[folder.Length..], _entries[name]);
            _entries.Remove(name);
        }
    }

    /// <summary>The library keeps the whole table of contents in memory: a table made to fill it is refused before it is read.</summary>
    private static void CheckDirectory(string path)
    {
        using var file = File.OpenRead(path);
        var tail = new byte[Math.Min(file.Length, 65_557)];
        file.Seek(-tail.Length, SeekOrigin.End);
        file.ReadExactly(tail);
        var at = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (at < 0 || at + 16 > tail.Length) throw new BundleException("The file is neither a folder nor a ZIP that can be read.");
        if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 12)) > MostDirectoryBytes)
            throw new BundleException("The ZIP's table of contents is too large.");
    }
}
