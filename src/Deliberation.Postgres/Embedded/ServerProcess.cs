using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Deliberation.Postgres.Embedded;

/// <summary>The postmaster, by process id: a child of ours, or an orphan that an earlier run of the program left behind.</summary>
internal sealed class ServerProcess
{
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int KeptLines = 20;

    private readonly Process? _child;
    private readonly ConcurrentQueue<string> _lastLines = new();

    private ServerProcess(int id, Process? child)
    {
        Id = id;
        _child = child;
    }

    public int Id { get; }

    /// <summary>The end of the server's log, for the message of a failed start.</summary>
    public string LastLines => string.Join('\n', _lastLines);

    public bool HasExited => _child?.HasExited ?? !IsAlive(Id);

    /// <summary>Starts a server in a session of its own, so that Ctrl+C reaches us and not the server that we still need while shutting down.</summary>
    /// <param name="log">Called for each line that the server writes.</param>
    public static ServerProcess Start(ServerAccount account, string postgres, IEnumerable<string> arguments, Action<string> log)
    {
        var hasSetsid = File.Exists("/usr/bin/setsid") || File.Exists("/bin/setsid");
        var start = Programs.Prepare(account.User, hasSetsid ? "setsid" : postgres, hasSetsid ? [postgres, .. arguments] : arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var child = Process.Start(start)!;
        var server = new ServerProcess(child.Id, child);
        child.OutputDataReceived += (_, _) => { };
        child.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                server.Keep(text);
                log(text);
            }
        };
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        return server;
    }

    /// <summary>A server that is alive in this data folder though nobody holds it.</summary>
    /// <returns>Null when the lock file names no living postmaster of the folder.</returns>
    public static ServerProcess? FindOrphan(string dataFolder) =>
        ReadLockFile(dataFolder) is { } id && IsAlive(id) && (WorkingFolderOf(id) is not { } folder || folder == dataFolder)
            ? new ServerProcess(id, null)
            : null;

    /// <summary>Process id in <c>postmaster.pid</c>; null when there is no such file.</summary>
    public static int? ReadLockFile(string dataFolder)
    {
        var file = LockFileOf(dataFolder);
        return File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    public static string LockFileOf(string dataFolder) => Path.Combine(dataFolder, "postmaster.pid");

    /// <summary>True while the process runs. A zombie does not: only its parent has not taken notice.</summary>
    public static bool IsAlive(int id)
    {
        if (NativeMethods.Kill(id, 0) != 0 && Marshal.GetLastPInvokeError() != NativeMethods.NotPermitted)
        {
            return false;
        }

        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return !Directory.Exists("/proc/self"); // gone in between; a system without /proc has answered above
        }
    }

    /// <summary>Any process at all that works in the folder: backends of a dead postmaster may still hold its memory.</summary>
    public static bool IsInUse(string dataFolder) =>
        Directory.Exists("/proc/self") && Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Any(id => id > 0 && WorkingFolderOf(id) == dataFolder);

    public async Task WaitForExitAsync(CancellationToken cancellationToken)
    {
        if (_child is not null)
        {
            await _child.WaitForExitAsync(cancellationToken);
            return;
        }

        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100)); // not our child: nobody tells us
        while (IsAlive(Id) && await look.WaitForNextTickAsync(cancellationToken))
        {
        }
    }

    /// <summary>Fast shutdown, then immediate shutdown. Never SIGKILL: backends would go on writing without a postmaster.</summary>
    /// <returns>False when it still runs after 25 s.</returns>
    public async Task<bool> StopAsync() =>
        await SignalAsync(Interrupt, TimeSpan.FromSeconds(15)) || await SignalAsync(Quit, TimeSpan.FromSeconds(10));

    private async Task<bool> SignalAsync(int signal, TimeSpan patience)
    {
        if (HasExited)
        {
            return true;
        }

        _ = NativeMethods.Kill(Id, signal);
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            await WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Keep(string line)
    {
        _lastLines.Enqueue(line);
        while (_lastLines.Count > KeptLines)
        {
            _lastLines.TryDequeue(out _);
        }
    }

    /// <summary>Null when it is gone, hidden from us, or the system has no /proc.</summary>
    private static string? WorkingFolderOf(int id)
    {
        try
        {
            return new FileInfo($"/proc/{id}/cwd").LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static class NativeMethods
    {
        /// <summary>EPERM: it exists but belongs to somebody else.</summary>
        public const int NotPermitted = 1;

        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int processId, int signal);
    }
}
