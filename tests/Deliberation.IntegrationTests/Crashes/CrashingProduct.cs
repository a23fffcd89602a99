using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dapper;
using Deliberation.Postgres;
using Deliberation.Postgres.Embedded;
using Deliberation.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OsProcess = System.Diagnostics.Process;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>The built product as a process of its own, with its pump running, that is started again whenever it has died of a fault.</summary>
internal sealed class CrashingProduct : IPlayedProduct, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string? _connectionString;
    private readonly FaultPlan _faults;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dlbcrash{Guid.NewGuid():N}"[..14]); // short: a socket's path lies in it
    private readonly HttpClient _health = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private OsProcess? _process;
    private Task<string>? _errors;
    private bool _isSeeded;

    /// <param name="connectionString">Null: the product's own PostgreSQL.</param>
    private CrashingProduct(string? connectionString, FaultPlan faults, IReadOnlyDictionary<string, string> environment)
    {
        _environment = environment;
        _connectionString = connectionString;
        _faults = faults;
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Deliberation"] = connectionString, ["Embedded:DataDir"] = _folder, ["Secrets:File"] = Path.Combine(_folder, "secrets"),
        };
        var database = new Database(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
        Secrets = database.Secrets;
        DataSource = DataSources.Create(database.ConnectionString);
    }

    public Uri Address { get; }

    public NpgsqlDataSource DataSource { get; }

    public int ProcessId => _process!.Id;

    private SecretsFile Secrets { get; }

    /// <param name="database">The product migrates it if it is empty, and seeds it, and dies while it does.</param>
    /// <param name="environment">Its environment, more than every one has.</param>
    public static Task<CrashingProduct> StartAsync(TestDatabase database, FaultPlan faults, IReadOnlyDictionary<string, string>? environment = null) =>
        StartAsync(database.ConnectionString, faults, environment);

    /// <summary>With its own PostgreSQL in a folder of its own.</summary>
    public static Task<CrashingProduct> StartEmbeddedAsync(IReadOnlyDictionary<string, string>? environment = null) => StartAsync((string?)null, new NoFaults(), environment);

    /// <summary>Kills the embedded server, as a lack of memory would.</summary>
    public void KillDatabase() => SignalDatabase("KILL");

    /// <summary>INT: stops fast. QUIT: stops at once. KILL: as the operating system would.</summary>
    public void SignalDatabase(string signal)
    {
        var lockFile = Path.Combine(Directory.GetDirectories(_folder, "pg??").Single(), "postmaster.pid");
        using var kill = OsProcess.Start("kill", [$"-{signal}", File.ReadLines(lockFile).First()]);
        kill.WaitForExit();
        DataSource.Clear(); // our own connections lead nowhere now
    }

    public string Password(string login) =>
        Secrets.GetOrCreate($"demo.{login}.password", () => throw new InvalidOperationException($"The demo has no login {login}."));

    public async Task SettleAsync()
    {
        var clock = Stopwatch.StartNew();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await IsBusyAsync())
        {
            if (_process!.HasExited)
            {
                await ReviveAsync();
                clock.Restart();
            }

            if (clock.Elapsed > Patience)
            {
                throw new InvalidOperationException("Something stays due.");
            }

            await look.WaitForNextTickAsync();
        }
    }

    public async Task AdvanceToAsync(DateTimeOffset target)
    {
        await SettleAsync();
        while (await NextTimerAsync() is { } due && due <= target)
        {
            await JumpAsync(due);
            await SettleAsync();
        }

        await JumpAsync(target);
        await SettleAsync();
    }

    /// <summary>Waits while a living process answers; starts the next one in place of a dead one.</summary>
    public async Task<bool> ReviveAsync()
    {
        await _oneAtATime.WaitAsync();
        try
        {
            var clock = Stopwatch.StartNew();
            using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (_process is null || _process.HasExited || !await AnswersAsync())
            {
                if (_process is null || _process.HasExited)
                {
                    await BuryAsync();
                    Launch();
                    clock.Restart();
                }

                if (clock.Elapsed > Patience)
                {
                    throw new InvalidOperationException("The product does not answer.");
                }

                await look.WaitForNextTickAsync();
            }

            _isSeeded = true;
            return true;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Waits until no key of a counted ballot is left, however often the product dies over it.</summary>
    public Task UntilKeysAreDestroyedAsync() => UntilAsync("Keys of counted ballots stay.", async connection => await KeysOfCountedBallotsAsync(connection) == 0);

    /// <summary>Waits until it has died that often: what dies after its commit has left nothing to wait for.</summary>
    public Task UntilDiedAsync(int times) => UntilAsync($"It has not died {times} times.", _ => Task.FromResult(_faults.Kills.Values.Sum() >= times));

    /// <summary>Waits until that holds, however often the product dies over it.</summary>
    public Task UntilAsync(string complaint, Func<Task<bool>> isSo) => UntilAsync(complaint, _ => isSo());

    /// <summary>A key of sealed photographs, as the issue of papers leaves it.</summary>
    public async Task PutScanKeyAsync(Guid ballot)
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "ballot-keys", $"{await connection.ExecuteScalarAsync<Guid>("select installation_id from installation")}"));
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{ballot}.scan"), new byte[138]);
    }

    /// <summary>Until a duty's periods are open, what is missing of it was told, and nothing else that comes round by the calendar waits.</summary>
    public Task UntilRoutinesHaveRunAsync(Guid duty) => UntilAsync("Something that comes round by the calendar was not done.", async connection => _faults.Next().Length == 0 && await connection.ExecuteScalarAsync<bool>(
        """
        select exists (select from duty where duty_id = @duty and next_day > (council_now() at time zone 'Asia/Shanghai')::date)
            and not exists (select from duty_period where duty_id = @duty and done_at is null and red_told_at is null and red_at <= council_now())
            and not exists (select from policy_question where answered_at is null and escalated_at is null and escalate_at <= council_now())
            and not exists (select from department where ended_at is null and next_pack_at <= council_now())
            and not exists (select from resolution where department_id is null and escalated_at is null and escalate_at <= council_now())
            and not exists (select from supervision_order where state = 'Open' and overdue_told_at is null and due_at <= council_now())
        """,
        new { duty }));

    /// <summary>Waits until that key is destroyed and no death is left to die, however often the product dies over it.</summary>
    public Task UntilScanKeyIsGoneAsync(Guid ballot) => UntilAsync("The key of photographs stays.", _ => Task.FromResult(
        _faults.Next().Length == 0 && Directory.GetFiles(Path.Combine(_folder, "ballot-keys"), $"{ballot}.scan", SearchOption.AllDirectories).Length == 0));

    /// <summary>Waits until no project waits to be counted again and no death is left to die.</summary>
    public Task UntilRecountedAsync() => UntilAsync(
        "A project waits to be counted again.",
        async connection => _faults.Next().Length == 0 && !await connection.ExecuteScalarAsync<bool>("select exists (select from calendar_recount)"));

    /// <summary>Waits until nothing waits for the ledger, however often the product dies over it.</summary>
    public Task UntilLogIsWrittenAsync() => UntilAsync(
        "Something waits for the ledger.",
        async connection => !await connection.ExecuteScalarAsync<bool>("select exists (select from log_pending)"));

    /// <summary>Stops it as an operator does, so that an embedded server stops too.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            using (var stop = OsProcess.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await stop.WaitForExitAsync();
            }

            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _health.Dispose();
        _oneAtATime.Dispose();
        await DataSource.DisposeAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static async Task<CrashingProduct> StartAsync(string? connectionString, FaultPlan faults, IReadOnlyDictionary<string, string>? environment = null)
    {
        var product = new CrashingProduct(connectionString, faults, environment ?? new Dictionary<string, string>());
        await product.ReviveAsync();
        return product;
    }

    private void Launch()
    {
        var start = new ProcessStartInfo("dotnet", [Program(), "--urls", Address.ToString().TrimEnd('/'), "--data", _folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ConnectionStrings__Deliberation"] = _connectionString;
        start.Environment["Secrets__File"] = Secrets.Path;
        start.Environment["Demo__Seed"] = _isSeeded ? "false" : "true";
        start.Environment["Demo__Story"] = "false";
        start.Environment["Pump__PollInterval"] = "00:00:00.1";
        start.Environment["Logging__LogLevel__Default"] = "Error";
        start.Environment["XDG_DATA_HOME"] = _folder;
        start.Environment["DELIBERATION_FAULT"] = _faults.Next();
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        _process = OsProcess.Start(start)!;
        _ = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Notes at which point it died.</summary>
    /// <exception cref="InvalidOperationException">It died of something else.</exception>
    private async Task BuryAsync()
    {
        if (_process is null)
        {
            return;
        }

        var last = (await _errors!).TrimEnd().Split('\n')[^1];
        if (!last.StartsWith("fault ", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The product died by itself: {await _errors!}");
        }

        _faults.Killed(last.Split(' ', ':')[1]);
        _process.Dispose();
        _process = null;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await _health.GetAsync(new Uri(Address, "health/live"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception cut) when (cut is HttpRequestException or TaskCanceledException)
        {
            return false; // not yet, or not any more
        }
    }

    /// <summary>True while a timer, an event or a message is due.</summary>
    /// <exception cref="InvalidOperationException">A step failed, which no kill excuses.</exception>
    private async Task<bool> IsBusyAsync()
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        var failure = await connection.QueryFirstOrDefaultAsync<string>(
            """
            select activity_id || ': ' || message from workflow_incident where resolved_at is null
            union all select bookmark_id || ': ' || last_error from workflow_timer where last_error is not null
            union all select name || ': ' || last_error from workflow_inbox where last_error is not null
            """);
        if (failure is not null)
        {
            throw new InvalidOperationException($"A step failed: {failure}");
        }

        return await connection.ExecuteScalarAsync<bool>(
            """
            select exists (select from workflow_timer t join workflow_instance i using (community_id, instance_id)
                    where t.due_at <= council_now() and i.paused_at is null and i.status = 'Running')
                or exists (select from workflow_inbox e join workflow_instance i using (community_id, instance_id)
                    join workflow_bookmark b on b.community_id = e.community_id and b.instance_id = e.instance_id and b.name = e.name
                        and (e.visit_id is null or b.visit_id = e.visit_id) and b.key is not distinct from e.key
                    where i.paused_at is null and i.status = 'Running')
                or exists (select from outbox_message where sent_at is null and (not_before is null or not_before <= council_now()))
            """);
    }

    private async Task<DateTimeOffset?> NextTimerAsync()
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<DateTime?>(
            "select min(due_at) from workflow_timer join workflow_instance i using (community_id, instance_id) where i.paused_at is null and parked_at is null") is { } due
            ? new DateTimeOffset(DateTime.SpecifyKind(due, DateTimeKind.Utc))
            : null;
    }

    private async Task JumpAsync(DateTimeOffset target)
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update council_clock set anchor_council = anchor_council + greatest(@target - council_now(), interval '0');
            notify deliberation_pump, 'the clock'
            """,
            new { target });
    }

    private async Task UntilAsync(string complaint, Func<NpgsqlConnection, Task<bool>> isSo)
    {
        var clock = Stopwatch.StartNew();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        await using var connection = await DataSource.OpenConnectionAsync();
        while (!await isSo(connection))
        {
            await ReviveAsync();
            if (clock.Elapsed > Patience)
            {
                throw new InvalidOperationException(complaint);
            }

            await look.WaitForNextTickAsync();
        }
    }

    private async Task<int> KeysOfCountedBallotsAsync(NpgsqlConnection connection)
    {
        var folder = Path.Combine(_folder, "ballot-keys");
        var kept = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.key", SearchOption.AllDirectories).Select(path => Guid.Parse(Path.GetFileNameWithoutExtension(path))).ToArray() : [];
        return await connection.ExecuteScalarAsync<int>("select count(*) from ballot where ballot_id = any(@kept) and counted_at is not null", new { kept });
    }

    private static string Program()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Deliberation.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Deliberation.sln is not above the tests.");
        }

        return Path.Combine(folder.FullName, "src", "Deliberation.Web", "bin", configuration, "net10.0", "Deliberation.Web.dll");
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
