using System.Diagnostics;
using System.Globalization;
using Dapper;
using Deliberation.Postgres;
using Deliberation.Postgres.Embedded;
using Deliberation.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;
using OsProcess = System.Diagnostics.Process;

namespace Deliberation.IntegrationTests.Postgres;

public sealed class EmbeddedPostgresTests : IAsyncLifetime
{
    private readonly string _folder = Path.Combine("/tmp", $"dlb{Guid.NewGuid():N}"[..12]);
    private readonly List<EmbeddedPostgres> _started = [];
    private readonly List<OsProcess> _processes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var server in _started)
        {
            await server.DisposeAsync();
        }

        foreach (var process in _processes)
        {
            process.Kill();
            process.Dispose();
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_first_start_makes_a_sound_database_and_the_second_finds_its_data()
    {
        var first = await StartAsync();
        Assert.True(first.LastStart!.IsFirst);
        await ExecuteAsync(first, "create extension pg_trgm; create table kept as select 1 as one");
        await using (var dataSource = DataSources.Create(first.ConnectionString + ";Pooling=false"))
        {
            Assert.All(await DatabaseChecks.RunAsync(dataSource, default), check => Assert.Null(check.Code));
        }

        Assert.Equal("", await AskAsync<string>(first, "show listen_addresses"));
        await first.StopAsync();
        Assert.Equal(EmbeddedState.Stopped, first.State);

        var second = await StartAsync();
        Assert.False(second.LastStart!.IsFirst);
        Assert.False(second.LastStart.IsAdopted);
        Assert.Equal(1, await AskAsync<int>(second, "select one from kept"));
        Assert.True(second.LastStart.Took < TimeSpan.FromSeconds(10), $"took {second.LastStart.Took}");
    }

    [Fact]
    public async Task The_packages_of_the_system_serve_as_well()
    {
        const string bin = "/usr/lib/postgresql/15/bin";
        if (!Directory.Exists(bin))
        {
            return; // this system has none
        }

        var server = await StartAsync(options => options.BinDir = bin);
        Assert.Equal(15, server.LastStart!.Version.Major);
        await ExecuteAsync(server, "create extension pg_trgm");
        await using var dataSource = DataSources.Create(server.ConnectionString + ";Pooling=false");
        Assert.All(await DatabaseChecks.RunAsync(dataSource, default), check => Assert.Null(check.Code));
    }

    [Fact]
    public async Task A_killed_server_is_restarted_with_all_that_was_committed()
    {
        var server = await StartAsync();
        await ExecuteAsync(server, "create table kept as select 1 as one");
        var killed = server.ProcessId!.Value;

        OsProcess.GetProcessById(killed).Kill();
        await Eventually.HoldsAsync(() => server.State == EmbeddedState.Running && server.ProcessId is { } id && id != killed);

        Assert.Equal(1, await AskAsync<int>(server, "select one from kept"));
    }

    [Fact]
    public async Task A_server_left_by_a_killed_program_is_adopted_and_stopped_at_the_end()
    {
        var first = await StartAsync();
        var orphan = CommandLineOf(first.ProcessId!.Value);
        await first.StopAsync();
        var left = StartOrphan(orphan);

        var second = await StartAsync();
        Assert.True(second.LastStart!.IsAdopted);
        Assert.Equal(left.Id, second.ProcessId);
        Assert.Equal(1, await AskAsync<int>(second, "select 1"));

        await second.StopAsync();
        await Eventually.HoldsAsync(() => left.HasExited);
    }

    [Fact]
    public async Task An_adopted_server_that_dies_is_replaced()
    {
        var first = await StartAsync();
        var orphan = CommandLineOf(first.ProcessId!.Value);
        await first.StopAsync();
        var left = StartOrphan(orphan);
        var second = await StartAsync();

        left.Kill();
        await Eventually.HoldsAsync(() => second.State == EmbeddedState.Running && second.ProcessId is { } id && id != left.Id);

        Assert.Equal(1, await AskAsync<int>(second, "select 1"));
    }

    [Fact]
    public async Task A_lock_held_by_a_zombie_is_stale()
    {
        var first = await StartAsync();
        await first.StopAsync();
        var zombie = StartZombie();
        File.WriteAllText(Path.Combine(DataFolder(), "postmaster.pid"), $"{zombie}\n{DataFolder()}\n1700000000\n5432\n\n\n");

        var second = await StartAsync();

        Assert.False(second.LastStart!.IsAdopted);
        Assert.Equal(1, await AskAsync<int>(second, "select 1"));
    }

    [Fact]
    public async Task The_second_launcher_on_the_same_data_is_refused_but_a_command_may_attach()
    {
        var first = await StartAsync();

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync());
        Assert.Equal(DatabaseProblems.AlreadyRunning, refused.Code);

        var command = await StartAsync(options => options.Attach = true);
        Assert.Equal(1, await AskAsync<int>(command, "select 1"));
        await command.StopAsync();
        Assert.Equal(1, await AskAsync<int>(first, "select 1"));
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_works_all_the_same()
    {
        var server = await StartAsync(options => options.DataDir = Path.Combine(_folder, new string('a', 60), new string('b', 60)));

        Assert.Equal(1, await AskAsync<int>(server, "select 1"));
        var socket = new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!;
        Assert.DoesNotContain("aaa", socket, StringComparison.Ordinal);
        await server.StopAsync();
        Directory.Delete(socket, recursive: true);
    }

    [Fact]
    public async Task Reset_starts_with_an_empty_database()
    {
        var first = await StartAsync();
        await ExecuteAsync(first, "create table gone (id int)");
        await first.StopAsync();

        var second = await StartAsync(options => options.Reset = true);

        Assert.True(second.LastStart!.IsFirst);
        Assert.Null(await AskAsync<string?>(second, "select to_regclass('gone')::text"));
    }

    [Fact]
    public async Task A_damaged_copy_of_the_programs_is_made_anew()
    {
        var first = await StartAsync();
        await first.StopAsync();
        var copy = Directory.GetDirectories(Path.Combine(_folder, "pgsql")).Single();
        await File.WriteAllTextAsync(Path.Combine(copy, "bin", "postgres"), "not a program");

        var second = await StartAsync();

        Assert.Equal(1, await AskAsync<int>(second, "select 1"));
        Assert.True(PostgresBinaries.IsIntact(copy));
    }

    [Fact]
    public async Task A_minor_update_of_the_programs_takes_over_the_data_and_leaves_the_old_programs()
    {
        var first = await StartAsync();
        await ExecuteAsync(first, "create table kept as select 1 as one");
        var (version, folder) = (first.LastStart!.Version, Path.Combine(_folder, "pgsql"));
        await first.StopAsync();
        var older = Path.Combine(folder, $"{version.Major}.{version.Minor - 1}"); // as an earlier npm package would have left them
        Directory.Move(Path.Combine(folder, version.ToString()), older);

        var second = await StartAsync();

        Assert.False(second.LastStart!.IsFirst);
        Assert.Equal(1, await AskAsync<int>(second, "select one from kept"));
        Assert.StartsWith(Path.Combine(folder, version.ToString()), CommandLineOf(second.ProcessId!.Value)[0], StringComparison.Ordinal);
        Assert.True(PostgresBinaries.IsIntact(older));
    }

    [Fact]
    public async Task Data_that_say_another_major_than_their_folder_are_refused_with_a_sentence_and_not_touched()
    {
        var first = await StartAsync();
        await first.StopAsync();
        var file = Path.Combine(DataFolder(), "PG_VERSION");
        await File.WriteAllTextAsync(file, "14\n");

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync());

        Assert.Equal(DatabaseProblems.OtherMajor, refused.Code);
        Assert.Equal("14", refused.Values["data"]);
        Assert.Equal("14\n", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_said()
    {
        foreach (var folder in new[] { "/proc/deliberation", Path.Combine(Directory.CreateDirectory(_folder).FullName, "file", "data") }) // no right, not even root's; and no folder
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "");
            var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(options => options.DataDir = folder));
            Assert.Equal(DatabaseProblems.FolderNotWritable, refused.Code);
        }
    }

    [Fact]
    public async Task Programs_that_do_not_run_on_this_system_are_said()
    {
        var bin = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(options => options.BinDir = bin)); // nothing there
        Assert.Equal(DatabaseProblems.BinariesDoNotRun, refused.Code);

        var program = Path.Combine(bin, "postgres");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho \"libc.so.6: version 'GLIBC_2.27' not found\" >&2\nexit 1\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(options => options.BinDir = bin));
        Assert.Equal(DatabaseProblems.BinariesDoNotRun, refused.Code);
    }

    [Fact]
    public async Task Nobody_else_on_the_machine_can_look_in()
    {
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var server = await StartAsync();
        var socket = new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!;

        Assert.Equal(own, File.GetUnixFileMode(DataFolder()));
        Assert.Equal(own, File.GetUnixFileMode(socket));
        Assert.Equal("0700", await AskAsync<string>(server, "show unix_socket_permissions"));
        Assert.Equal("scram-sha-256", await AskAsync<string>(server, "show password_encryption"));
        var stranger = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "guessed", Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(stranger);
        Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync())).SqlState);
    }

    [Fact]
    public async Task Too_little_disk_space_is_said_before_anything_is_made()
    {
        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(options => options.MinFreeBytes = long.MaxValue));

        Assert.Equal(DatabaseProblems.DiskFull, refused.Code);
        Assert.Contains("freeMb", refused.Values.Keys);
        Assert.Empty(Directory.GetDirectories(_folder, "pg??"));
    }

    [Fact]
    public async Task A_folder_that_the_servers_account_cannot_enter_is_said()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return; // only root hands the server to another account
        }

        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(options => options.DataDir = Path.Combine(_folder, "data")));

        Assert.Equal(DatabaseProblems.FolderUnreachable, refused.Code);
    }

    [Fact]
    public async Task Data_of_a_version_that_no_program_can_open_are_not_touched()
    {
        var old = Path.Combine(_folder, "pg12");
        Directory.CreateDirectory(old);

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync());

        Assert.Equal(DatabaseProblems.OtherMajor, refused.Code);
        Assert.True(Directory.Exists(old));
    }

    [Fact]
    public async Task Secrets_are_readable_by_the_owner_alone_and_stay_the_same()
    {
        var server = await StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.Secrets.Path));
        Assert.Equal(server.Secrets.GetOrCreate("x", SecretsFile.Random), new SecretsFile(server.Secrets.Path).GetOrCreate("x", SecretsFile.Random));
    }

    private async Task<EmbeddedPostgres> StartAsync(Action<EmbeddedOptions>? change = null)
    {
        var options = new EmbeddedOptions { DataDir = _folder };
        change?.Invoke(options);
        var server = new EmbeddedPostgres(options, TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
        _started.Add(server);
        await server.StartAsync(CancellationToken.None);
        return server;
    }

    private string DataFolder() => Directory.GetDirectories(_folder, "pg??").Single();

    /// <summary>The arguments with which the launcher started a server.</summary>
    private static string[] CommandLineOf(int processId) =>
        File.ReadAllText($"/proc/{processId}/cmdline").Split('\0', StringSplitOptions.None)[..^1];

    /// <summary>The same server again, with a parent that is not a launcher.</summary>
    private OsProcess StartOrphan(string[] commandLine)
    {
        var start = new ProcessStartInfo(commandLine[0], commandLine[1..]) { WorkingDirectory = "/", RedirectStandardError = true };
        if (Environment.IsPrivilegedProcess)
        {
            start.UserName = "postgres";
        }

        var process = OsProcess.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        while (!File.Exists(Path.Combine(DataFolder(), "postmaster.pid")))
        {
            Thread.Yield();
        }

        return process;
    }

    /// <summary>A dead process whose parent takes no notice.</summary>
    private int StartZombie()
    {
        var parent = OsProcess.Start(new ProcessStartInfo("/bin/sh", ["-c", "true & echo $!; exec sleep 300"]) { RedirectStandardOutput = true })!;
        _processes.Add(parent);
        return int.Parse(parent.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.ExecuteAsync(sql);
    }

    private static async Task<T?> AskAsync<T>(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        return await connection.ExecuteScalarAsync<T>(sql);
    }
}
