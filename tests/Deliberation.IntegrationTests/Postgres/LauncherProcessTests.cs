using System.Diagnostics;
using System.Globalization;
using Deliberation.Postgres.Embedded;
using Deliberation.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;
using OsProcess = System.Diagnostics.Process;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>The launcher in the whole program, with what really happens to programs: Ctrl+C, SIGKILL, another account.</summary>
public sealed class LauncherProcessTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _folder = Path.Combine("/tmp", $"dlp{Guid.NewGuid():N}"[..12]);
    private readonly List<OsProcess> _started = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        if (ServerId() is { } server && Directory.Exists($"/proc/{server}"))
        {
            await SignalAsync("-INT", server);
            await Eventually.HoldsAsync(() => !Directory.Exists($"/proc/{server}"));
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task Ctrl_C_reaches_the_program_alone_which_stops_its_server_last()
    {
        var (product, said) = await StartAsync();
        var server = ServerId()!.Value;

        await SignalAsync("-INT", -product.Id); // a terminal sends it to the whole group
        await product.WaitForExitAsync(new CancellationTokenSource(Patience).Token);

        Assert.Equal(0, product.ExitCode);
        Assert.Null(ServerId()); // its lock file is gone: it stopped by itself
        Assert.False(Directory.Exists($"/proc/{server}"));
        var words = await said;
        Assert.DoesNotContain("database is away", words, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_program_leaves_its_server_to_the_next_start_which_adopts_it()
    {
        var (product, _) = await StartAsync();
        var server = ServerId()!.Value;
        product.Kill();
        await product.WaitForExitAsync();
        Assert.True(Directory.Exists($"/proc/{server}"));

        await using var next = new EmbeddedPostgres(new EmbeddedOptions { DataDir = _folder }, TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
        await next.StartAsync(CancellationToken.None);

        Assert.True(next.LastStart!.IsAdopted);
        Assert.Equal(server, next.ProcessId);
        await using (var connection = new NpgsqlConnection(next.ConnectionString + ";Pooling=false"))
        {
            await connection.OpenAsync();
        }

        await next.StopAsync();
        await Eventually.HoldsAsync(() => !Directory.Exists($"/proc/{server}"));
    }

    [Fact]
    public async Task A_second_program_on_the_same_data_ends_with_a_sentence_and_the_first_goes_on()
    {
        await StartAsync();
        var server = ServerId();

        var second = await ProductProgram.RunAsync(Settings, null, "--data", _folder, "--urls", "http://127.0.0.1:0");

        Assert.Equal(1, second.Code);
        Assert.Contains("--data", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Error + second.Output, StringComparison.Ordinal);
        Assert.Equal(server, ServerId());
        var verb = await ProductProgram.RunAsync(Settings, null, "db", "status", "--data", _folder); // a command attaches
        Assert.Equal(0, verb.Code);
        Assert.Equal(server, ServerId());
    }

    [Fact]
    public async Task An_account_without_rights_runs_the_server_as_itself_and_root_never_does()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return; // then all the other tests show it
        }

        var (_, _) = await StartAsync();
        Assert.NotEqual("root", await OwnerAsync($"/proc/{ServerId()}"));

        var folder = Path.Combine("/tmp", $"dlq{Guid.NewGuid():N}"[..12]);
        try
        {
            Directory.CreateDirectory(folder);
            await RunAsync("chown", "nobody", folder);
            var start = ProductProgram.Prepare(Settings, ["db", "migrate", "--data", Path.Combine(folder, "data")]);
            start.UserName = "nobody";
            start.Environment["HOME"] = folder;
            var run = await ProductProgram.EndAsync(start);

            Assert.True(run.Code == 0, run.Error);
            Assert.Equal("nobody", await OwnerAsync(Directory.GetDirectories(Path.Combine(folder, "data"), "pg??").Single()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Dictionary<string, string> Settings => new() { ["Demo__Seed"] = "false", ["ASPNETCORE_ENVIRONMENT"] = "Development" };

    /// <summary>The product in a process group of its own, once it says that it has started.</summary>
    private async Task<(OsProcess Product, Task<string> Said)> StartAsync()
    {
        var prepared = ProductProgram.Prepare(Settings, ["--data", _folder, "--urls", "http://127.0.0.1:0"]);
        // A background job of a shell begins with SIGINT ignored, and so would every program that it starts.
        var start = new ProcessStartInfo("setsid", ["env", "--default-signal=INT", prepared.FileName, .. prepared.ArgumentList]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var (name, value) in prepared.Environment)
        {
            start.Environment[name] = value;
        }

        var product = OsProcess.Start(start)!;
        _started.Add(product);
        var error = product.StandardError.ReadToEndAsync();
        var words = new List<string>();
        using var deadline = new CancellationTokenSource(Patience);
        while (await product.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            words.Add(line);
            if (line.StartsWith("Ctrl+C", StringComparison.Ordinal))
            {
                return (product, RestAsync());
            }
        }

        throw new InvalidOperationException($"It did not start: {string.Join('\n', words)}\n{await error}");

        async Task<string> RestAsync() => string.Join('\n', words) + await product.StandardOutput.ReadToEndAsync() + await error;
    }

    private int? ServerId() => Directory.Exists(_folder) && Directory.GetDirectories(_folder, "pg??") is [var data]
        && File.Exists(Path.Combine(data, "postmaster.pid"))
        && int.TryParse(File.ReadLines(Path.Combine(data, "postmaster.pid")).FirstOrDefault(), CultureInfo.InvariantCulture, out var id) ? id : null;

    private static Task SignalAsync(string signal, int id) => RunAsync("kill", signal, "--", id.ToString(CultureInfo.InvariantCulture));

    private static async Task<string> OwnerAsync(string path) => (await RunAsync("stat", "-c", "%U", path)).Trim();

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = OsProcess.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
