namespace Deliberation;

/// <summary>A theory over the folder of Elsa's assets beside the repository; skipped, visibly, where it is absent. Compiled into every test project.</summary>
internal sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute()
    {
        if (Folder is null)
        {
            Skip = "The folder shared/elsa-conformance is not beside this repository.";
        }
    }

    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "elsa-conformance");
            if (File.Exists(Path.Combine(candidate, "index.json")))
            {
                return candidate;
            }
        }

        return null;
    }
}
