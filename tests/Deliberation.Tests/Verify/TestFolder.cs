namespace Deliberation.Tests.Verify;

/// <summary>A folder that goes with its test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("deliberation-verify-").FullName;

    /// <summary>A bundle below it.</summary>
    public string Save(SortedDictionary<string, byte[]> files, string name = "bundle")
    {
        var folder = System.IO.Path.Combine(Path, name);
        TestLedger.Save(files, folder);
        return folder;
    }

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
