namespace Deliberation.Postgres.Embedded;

/// <summary>The embedded server cannot run. The message is one sentence; the code finds its translation and the command that helps.</summary>
/// <param name="code">Stable, dotted: <c>database.disk-full</c>; all codes stand in <see cref="DatabaseProblems"/>.</param>
/// <param name="values">What the text fills in.</param>
public sealed class EmbeddedPostgresException(string code, string message, params (string Name, string Value)[] values) : Exception(message)
{
    public string Code { get; } = code;

    public IReadOnlyDictionary<string, string> Values { get; } = values.ToDictionary(value => value.Name, value => value.Value);
}

/// <summary>Codes of what can be wrong with the database. Web keeps sentence and command for each.</summary>
public static class DatabaseProblems
{
    public const string NoBinaries = "database.no-binaries";
    public const string BinariesDoNotRun = "database.binaries-do-not-run";
    public const string DiskFull = "database.disk-full";
    public const string FolderNotWritable = "database.folder-not-writable";
    public const string FolderUnreachable = "database.folder-unreachable";
    public const string AlreadyRunning = "database.already-running";
    public const string OtherMajor = "database.other-major";
    public const string LockInUse = "database.lock-in-use";
    public const string InitFailed = "database.init-failed";
    public const string StartFailed = "database.start-failed";
    public const string Unreachable = "database.unreachable";
    public const string WrongPassword = "database.wrong-password";
    public const string TooOld = "database.too-old";
    public const string NotUtf8 = "database.not-utf8";
    public const string NoChineseTrigrams = "database.no-chinese-trigrams";
    public const string NoPinyin = "database.no-pinyin";
    public const string FsyncOff = "database.fsync-off";
    public const string NoChecksums = "database.no-checksums";
    public const string TooFewConnections = "database.too-few-connections";
    public const string SchemaNewer = "database.schema-newer";
    public const string SchemaChanged = "database.schema-changed";
    public const string SchemaOlder = "database.schema-older";
}
