using Deliberation.Tests.Architecture;

namespace Deliberation.Tests.Domain;

/// <summary>Test data that no product package may hold: a folder <c>shared</c> beside the checkout, or beside a folder above it.</summary>
internal static class SharedData
{
    /// <summary>The folder of test elections; null where it is absent.</summary>
    public static string? Elections { get; } = Find();

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(Repository.Root).Parent; folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "election-data");
            if (File.Exists(Path.Combine(candidate, "index.json"))) return candidate;
        }

        return null;
    }
}

/// <summary>Skipped, visibly, where the shared test elections are absent: a stranger clones the project alone.</summary>
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute()
    {
        if (SharedData.Elections is null) Skip = "shared/election-data is not beside this checkout";
    }
}
