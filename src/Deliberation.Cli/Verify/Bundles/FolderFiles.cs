namespace Deliberation.Cli.Verify.Bundles;

/// <summary>A bundle as a folder. Links are refused: they lead out of it.</summary>
internal sealed class FolderFiles : BundleFiles
{
    private readonly string _root;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public FolderFiles(string root)
    {
        _root = Path.GetFullPath(root);
        Walk(new DirectoryInfo(_root), "", 0);
    }

    public override IReadOnlyCollection<string> Names => _names;

    protected override Stream? OpenRaw(string name) =>
        _names.Contains(name) ? new FileStream(Path.Combine(_root, name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16) : null;

    private void Walk(DirectoryInfo folder, string prefix, int depth)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            var name = prefix + entry.Name;
            if (!IsSafe(name)) throw new BundleException("The bundle holds a file whose name is not allowed.");
            if (entry.LinkTarget is not null) throw new BundleException($"{name} is a link: a bundle holds files only.");
            if (entry is DirectoryInfo inner)
            {
                if (depth < 3) Walk(inner, name + "/", depth + 1); // what lies deeper is no part of a bundle
            }
            else if (_names.Count == MostFiles)
            {
                throw new BundleException($"The bundle holds more than {MostFiles:N0} files.");
            }
            else
            {
                _names.Add(name);
            }
        }
    }
}
