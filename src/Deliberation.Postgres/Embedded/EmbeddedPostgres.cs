using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Postgres.Embedded;

/// <summary>Where the embedded server is in its life. README.md of this folder has the moves.</summary>
public enum EmbeddedState
{
    Stopped,
    Starting,
    Running,

    /// <summary>It died; the next start is a few seconds away.</summary>
    Restarting,

    /// <summary>It died five times in ten minutes and stays down.</summary>
    Down,
}

/// <summary>How the server came up, for the start banner.</summary>
/// <param name="IsFirst">A new, empty database was made.</param>
/// <param name="IsAdopted">A server left by an earlier run was taken over.</param>
public sealed record EmbeddedStart(Version Version, string Folder, bool IsFirst, bool IsAdopted, TimeSpan Took);

/// <summary>Runs the product's own PostgreSQL: starts it or adopts it, restarts it when it dies, stops it at the end.</summary>
public sealed partial class EmbeddedPostgres : IAsyncDisposable
{
    private const int MaxRestarts = 5;
    private static readonly TimeSpan RestartWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly EmbeddedLayout _layout;
    private readonly EmbeddedOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EmbeddedPostgres> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Queue<long> _restarts = new();

    private FileStream? _lock;
    private PostgresBinaries? _binaries;
    private ServerProcess? _server;
    private Task _watch = Task.CompletedTask;

    /// <exception cref="EmbeddedPostgresException">There are no programs.</exception>
    public EmbeddedPostgres(EmbeddedOptions options, TimeProvider time, ILogger<EmbeddedPostgres> logger)
    {
        _options = options;
        _layout = EmbeddedLayout.Plan(options);
        _time = time;
        _logger = logger;
    }

    public EmbeddedState State { get; private set; }

    /// <summary>How it came up last; null before the first start.</summary>
    public EmbeddedStart? LastStart { get; private set; }

    /// <summary>Known before the server runs.</summary>
    public string ConnectionString => _layout.ConnectionString;

    public SecretsFile Secrets => _layout.Secrets;

    /// <summary>Postmaster's process id; null when none runs.</summary>
    public int? ProcessId => _server is { HasExited: false } server ? server.Id : null;

    /// <summary>Returns when the server answers queries.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot run; says why and what helps.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        State = EmbeddedState.Starting;
        PrepareFolders();
        if (!TakeLock())
        {
            await AttachAsync(started, cancellationToken);
            return;
        }

        _binaries = PrepareBinaries();
        var adopted = await AdoptAsync(cancellationToken);
        if (_options.Reset)
        {
            await StopServerAsync();
            Cluster.Delete(_layout);
            adopted = false;
        }

        if (!adopted && Cluster.MajorOf(_layout) is { } major && major != _binaries.Version.Major.ToString(CultureInfo.InvariantCulture))
        {
            throw EmbeddedLayout.OtherMajor(_layout.Root, major, _binaries.Version);
        }

        var isFirst = !Cluster.Exists(_layout);
        if (isFirst)
        {
            Cluster.Create(_layout, _binaries);
        }

        if (!adopted)
        {
            await StartServerAsync(cancellationToken);
        }

        await Cluster.EnsureDatabaseAsync(_layout, cancellationToken);
        State = EmbeddedState.Running;
        _watch = WatchAsync();
        LastStart = new EmbeddedStart(_binaries.Version, _layout.Root, isFirst, adopted, Stopwatch.GetElapsedTime(started));
        LogReady(_binaries.Version, _layout.Root, LastStart.Took.TotalMilliseconds);
    }

    /// <summary>Stops the server after all its users have stopped. Leaves one that was only attached to.</summary>
    public async Task StopAsync()
    {
        if (State == EmbeddedState.Stopped)
        {
            return;
        }

        State = EmbeddedState.Stopped;
        await _stopping.CancelAsync();
        await _watch;
        if (_lock is not null)
        {
            await StopServerAsync();
            await _lock.DisposeAsync();
            _lock = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private void PrepareFolders()
    {
        try
        {
            Directory.CreateDirectory(_layout.Root);
            _layout.Account.MakePrivateFolder(_layout.SocketFolder);
            if (!_layout.SocketFolder.StartsWith(_layout.Root, StringComparison.Ordinal)
                && File.GetUnixFileMode(_layout.SocketFolder) != (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute))
            {
                throw new UnauthorizedAccessException(); // a stranger made that folder before us
            }
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw _layout.NotWritable();
        }

        if (!_layout.Account.CanEnter(_layout.Root))
        {
            throw new EmbeddedPostgresException(
                DatabaseProblems.FolderUnreachable,
                $"The account {_layout.Account.User}, as which PostgreSQL must run, cannot enter {_layout.Root}: choose another folder with --data.",
                ("folder", _layout.Root),
                ("user", _layout.Account.User ?? ""));
        }

        var free = new DriveInfo(_layout.Root).AvailableFreeSpace;
        if (free < _options.MinFreeBytes)
        {
            throw new EmbeddedPostgresException(
                DatabaseProblems.DiskFull,
                $"Only {free / 1_000_000} MB are free in {_layout.Root}: make room or choose another folder with --data.",
                ("folder", _layout.Root),
                ("freeMb", (free / 1_000_000).ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <returns>False when another launcher holds it.</returns>
    private bool TakeLock()
    {
        try
        {
            _lock = new FileStream(_layout.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return _options.Attach ? false : throw new EmbeddedPostgresException(
                DatabaseProblems.AlreadyRunning,
                $"Another Deliberation is using the data in {_layout.Root}: stop it, or choose another folder with --data.",
                ("folder", _layout.Root));
        }
    }

    private async Task AttachAsync(long started, CancellationToken cancellationToken)
    {
        await WaitUntilReadyAsync(() => false, cancellationToken);
        State = EmbeddedState.Running;
        LastStart = new EmbeddedStart(_layout.Binaries.Version, _layout.Root, IsFirst: false, IsAdopted: true, Stopwatch.GetElapsedTime(started));
    }

    private PostgresBinaries PrepareBinaries()
    {
        Directory.CreateDirectory(_layout.BinariesFolder);
        var binaries = _layout.Binaries.CopyBeside(_layout.BinariesFolder);
        if (Programs.TryRunAs(_layout.Account.User, Path.Combine(binaries.BinDir, "postgres"), "--version") is null)
        {
            throw EmbeddedLayout.DoNotRun(binaries.BinDir);
        }

        return binaries;
    }

    /// <summary>Takes over a server that an earlier run left. One that is just ending is waited for.</summary>
    private async Task<bool> AdoptAsync(CancellationToken cancellationToken)
    {
        if (ServerProcess.FindOrphan(_layout.DataFolder) is not { } orphan)
        {
            return false;
        }

        if (!await WaitUntilReadyAsync(() => orphan.HasExited, cancellationToken))
        {
            return false;
        }

        _server = orphan;
        LogAdopted(orphan.Id);
        return true;
    }

    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        await Cluster.RemoveStaleLockAsync(_layout, cancellationToken);
        var server = _server = ServerProcess.Start(
            _layout.Account,
            Path.Combine(_binaries!.BinDir, "postgres"),
            [
                "-D", _layout.DataFolder,
                "-c", "listen_addresses=",
                "-c", $"unix_socket_directories={_layout.SocketFolder}",
                "-c", "unix_socket_permissions=0700",
                "-c", "password_encryption=scram-sha-256",
                "-c", "shared_buffers=64MB",
                "-c", "max_connections=60",
                "-c", "log_destination=stderr",
                "-c", "logging_collector=off",
                "-c", "timezone=UTC",
                "-c", "log_timezone=UTC",
            ],
            LogServerLine);
        if (!await WaitUntilReadyAsync(() => server.HasExited, cancellationToken))
        {
            throw new EmbeddedPostgresException(
                DatabaseProblems.StartFailed, $"PostgreSQL ended while starting. Its last words:\n{server.LastLines}", ("detail", server.LastLines));
        }
    }

    /// <returns>False when <paramref name="hasEnded"/> says that waiting is in vain.</returns>
    private async Task<bool> WaitUntilReadyAsync(Func<bool> hasEnded, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(15));
        do
        {
            try
            {
                await using var connection = new NpgsqlConnection(_layout.ConnectionStringTo("postgres") + ";Pooling=false;Timeout=3");
                await connection.OpenAsync(cancellationToken);
                return true;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                throw new EmbeddedPostgresException(
                    DatabaseProblems.WrongPassword,
                    $"The password in {_layout.Secrets.Path} does not fit the data in {_layout.DataFolder}: restore that file, or start over with --reset.",
                    ("file", _layout.Secrets.Path));
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(started) < StartPatience)
            {
                if (hasEnded())
                {
                    return false;
                }
            }
            catch (NpgsqlException exception)
            {
                throw new EmbeddedPostgresException(DatabaseProblems.StartFailed, $"PostgreSQL did not answer within {StartPatience.TotalSeconds:0} s: {exception.Message}", ("detail", exception.Message));
            }
        }
        while (await look.WaitForNextTickAsync(cancellationToken));
        return false;
    }

    private async Task StopServerAsync()
    {
        if (_server is { HasExited: false } server && !await server.StopAsync())
        {
            LogStillRunning(server.Id, _layout.DataFolder);
        }

        _server = null;
    }

    /// <summary>Restarts a server that died. Recovery is PostgreSQL's; ours is only patience.</summary>
    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await _server!.WaitForExitAsync(_stopping.Token);
                State = EmbeddedState.Restarting;
                LogDied(_server.Id, _server.LastLines);
                if (!await RestartAsync())
                {
                    State = EmbeddedState.Down;
                    LogDown(MaxRestarts, RestartWindow.TotalMinutes);
                    return;
                }

                State = EmbeddedState.Running;
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task<bool> RestartAsync()
    {
        while (true)
        {
            while (_restarts.TryPeek(out var oldest) && _time.GetElapsedTime(oldest) > RestartWindow)
            {
                _restarts.Dequeue();
            }

            if (_restarts.Count == MaxRestarts)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, _restarts.Count)), _time, _stopping.Token); // 1, 2, 4 … s
            _restarts.Enqueue(_time.GetTimestamp());
            try
            {
                await StartServerAsync(_stopping.Token);
                return true;
            }
            catch (EmbeddedPostgresException exception)
            {
                LogRestartFailed(exception);
            }
        }
    }

    private void LogServerLine(string line)
    {
        if (line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal))
        {
            // Turned-away connections while it starts or stops are part of the day.
            if (line.Contains("the database system is", StringComparison.Ordinal) || line.Contains("terminating connection due to administrator command", StringComparison.Ordinal))
            {
                LogServer(line);
            }
            else
            {
                LogServerError(line);
            }
        }
        else
        {
            LogServer(line);
        }
    }

    [LoggerMessage(2201, LogLevel.Information, "Embedded PostgreSQL {Version} in {Folder} answers after {TookMs:0} ms")]
    private partial void LogReady(Version version, string folder, double tookMs);

    [LoggerMessage(2202, LogLevel.Information, "Adopted PostgreSQL {ProcessId}, left by an earlier run")]
    private partial void LogAdopted(int processId);

    [LoggerMessage(2203, LogLevel.Error, "PostgreSQL {ProcessId} died. Its last words: {LastLines}")]
    private partial void LogDied(int processId, string lastLines);

    [LoggerMessage(2204, LogLevel.Error, "PostgreSQL could not be restarted")]
    private partial void LogRestartFailed(Exception exception);

    [LoggerMessage(2205, LogLevel.Critical, "PostgreSQL died {Count} times in {Minutes} min and stays down")]
    private partial void LogDown(int count, double minutes);

    [LoggerMessage(2206, LogLevel.Error, "PostgreSQL {ProcessId} in {Folder} does not stop and is left alone")]
    private partial void LogStillRunning(int processId, string folder);

    [LoggerMessage(2207, LogLevel.Debug, "{Line}")]
    private partial void LogServer(string line);

    [LoggerMessage(2208, LogLevel.Error, "{Line}")]
    private partial void LogServerError(string line);
}
