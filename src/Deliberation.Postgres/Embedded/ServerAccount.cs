using System.Diagnostics;

namespace Deliberation.Postgres.Embedded;

/// <summary>Who the server runs as. PostgreSQL refuses to run as root, so root hands it to another account.</summary>
/// <param name="User">Null: ourselves.</param>
internal sealed record ServerAccount(string? User)
{
    private static readonly string[] Candidates = ["postgres", "nobody"];

    /// <param name="dataRoot">Its owner is taken when it exists and is not root.</param>
    public static ServerAccount Choose(string? configured, string dataRoot)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerAccount((string?)null);
        }

        if (configured is not null)
        {
            return new ServerAccount(configured);
        }

        var owner = Directory.Exists(dataRoot) ? Programs.TryRun("stat", "-c", "%U", dataRoot) : null;
        return new ServerAccount(owner is null or "root" or "UNKNOWN"
            ? Candidates.First(user => Programs.TryRun("id", "-u", user) is not null)
            : owner);
    }

    /// <summary>A folder that only the server's account may enter (and root).</summary>
    public void MakePrivateFolder(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Own(path);
    }

    public void Own(string path)
    {
        if (User is not null)
        {
            Programs.Run(null, "chown", User, path);
        }
    }

    /// <summary>False when a folder above is closed to the server's account.</summary>
    public bool CanEnter(string folder) => Programs.TryRunAs(User, "/bin/sh", "-c", "cd \"$0\"", folder) is not null;
}

/// <summary>Runs a short command to its end.</summary>
internal static class Programs
{
    /// <returns>What it wrote, trimmed.</returns>
    /// <exception cref="InvalidOperationException">It could not be started or did not end with 0; the message has its error output.</exception>
    public static string Run(string? user, string program, params string[] arguments)
    {
        var start = Prepare(user, program, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"{Path.GetFileName(program)} ended with {process.ExitCode}: {error.GetAwaiter().GetResult().Trim()}");
    }

    /// <returns>Null when it could not be started or failed.</returns>
    public static string? TryRun(string program, params string[] arguments) => TryRunAs(null, program, arguments);

    public static string? TryRunAs(string? user, string program, params string[] arguments)
    {
        try
        {
            return Run(user, program, arguments);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>A start in a neutral environment: no setting of the operator's shell may change locale, socket or data folder of the server.</summary>
    public static ProcessStartInfo Prepare(string? user, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal) || name.StartsWith("LC_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LANG"] = "C";
        if (user is not null)
        {
            start.UserName = user;
        }

        return start;
    }
}
