namespace Deliberation.Bench.Tally;

/// <summary>Election files of others, in <c>shared/election-data</c> beside a folder above this one.</summary>
internal static class SharedFiles
{
    /// <summary>The largest file of its kind; null when there is none.</summary>
    public static string? Largest(string folder, string pattern)
    {
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var candidate = new DirectoryInfo(Path.Combine(above.FullName, "shared", "election-data", folder));
            if (candidate.Exists) return candidate.EnumerateFiles(pattern).MaxBy(file => file.Length)?.FullName;
        }

        return null;
    }
}
