namespace Deliberation.Bench;

/// <summary>Places in the checkout that the bench was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string WebProject => Path.Combine(Root, "src", "Deliberation.Web");

    /// <summary>Built with the bench, in the same configuration.</summary>
    public static string WebProgram
    {
        get
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            return Path.Combine(WebProject, "bin", configuration, "net10.0", "Deliberation.Web.dll");
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Deliberation.sln")))
            {
                return folder.FullName;
            }
        }

        throw new BenchException("Deliberation.sln is not above the bench's program.");
    }
}
