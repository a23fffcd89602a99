namespace Deliberation.Features.Ballots;

/// <summary>Private keys as files that only their owner reads.</summary>
internal static class KeyFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="folders">Made with mode 0700 when missing, outermost first.</param>
    /// <param name="path">Must not exist.</param>
    public static void Create(IEnumerable<string> folders, string path, byte[] content)
    {
        foreach (var folder in folders)
        {
            Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(folder, OwnerOnly | UnixFileMode.UserExecute);
            }
        }

        using var file = new FileStream(path, Settings(FileMode.CreateNew));
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>For a file that is read and written anew while no other process has it open.</summary>
    /// <exception cref="IOException">Another has it open.</exception>
    public static FileStream OpenAlone(string path) => new(path, Settings(FileMode.OpenOrCreate));

    private static FileStreamOptions Settings(FileMode mode)
    {
        var settings = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            settings.UnixCreateMode = OwnerOnly;
        }

        return settings;
    }
}
