using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Postgres;
using Deliberation.Postgres.Embedded;
using Deliberation.Postgres.Outbox;
using Deliberation.Postgres.Scheduling;
using Deliberation.Testing;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

public sealed class WorkersTests : IAsyncLifetime
{
    private readonly List<IHost> _nodes = [];
    private readonly string _secrets = Path.Combine(Path.GetTempPath(), $"dlb-secrets-{Guid.NewGuid():N}");
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync(migrated: false);

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.StopAsync();
            node.Dispose();
        }

        await _database.DisposeAsync();
        File.Delete(_secrets);
    }

    [Fact]
    public async Task Two_nodes_that_start_at_once_on_an_empty_database_both_come_up()
    {
        var starts = new[] { Build(new Work()), Build(new Work()) };

        await Task.WhenAll(starts.Select(node => node.StartAsync()));

        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await Eventually.HoldsAsync(async () => await connection.ExecuteScalarAsync<int>("select count(*) from node") == 2);
        await Eventually.HoldsAsync(async () => await connection.ExecuteScalarAsync<bool>("select to_regclass('qrtz_triggers') is not null")
            && await connection.ExecuteScalarAsync<int>("select count(*) from qrtz_triggers") == 2);
    }

    [Fact]
    public async Task A_wake_up_on_one_node_runs_work_on_another_long_before_its_poll()
    {
        var (here, there) = (new Work(), new Work());
        var first = Build(here, poll: "00:01:00");
        await first.StartAsync();
        await Build(there, poll: "00:01:00").StartAsync();
        await Eventually.HoldsAsync(() => here.IsIdle && there.IsIdle);

        there.Add(1);
        await Eventually.HoldsAsync(() =>
        {
            first.Services.GetRequiredService<IPumpSignal>().Wake(); // the listener may still be connecting
            return Task.FromResult(there.Done.Count == 1);
        });
    }

    [Fact]
    public async Task A_node_is_ready_when_the_database_answers_with_its_schema_and_not_before()
    {
        var node = Build(new Work());
        var health = node.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(check => check.Tags.Contains("ready"))).Status);

        await node.StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(check => check.Tags.Contains("ready"))).Status);
    }

    [Fact]
    public async Task The_host_brings_its_own_server_up_first_and_takes_it_down_last()
    {
        var folder = Path.Combine("/tmp", $"dlb{Guid.NewGuid():N}"[..12]);
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Embedded:DataDir"] = folder,
            ["Logging:LogLevel:Default"] = "Error",
        });
        builder.Services.AddPostgres(builder.Configuration).AddPostgresWorkers(builder.Configuration);
        using var node = builder.Build();

        await node.StartAsync();
        var server = node.Services.GetRequiredService<Database>().Embedded!;
        Assert.Equal(EmbeddedState.Running, server.State);
        var processId = server.ProcessId!.Value;
        await node.StopAsync();

        Assert.Equal(EmbeddedState.Stopped, server.State);
        Assert.False(Directory.Exists($"/proc/{processId}"));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_handler_that_throws_does_not_end_the_pump()
    {
        var work = new Work { FailuresLeft = 2 };
        await Build(work).StartAsync();

        work.Add(1);

        await Eventually.HoldsAsync(() => work.Done.Count == 1);
    }

    [Fact]
    public async Task A_message_is_written_once_and_delivered_when_its_quiet_hours_are_over()
    {
        var node = Build(new Work());
        await node.StartAsync();
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync("insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours) values (1, 'heping', 'x', 'Urban', 'x', 'x', '1', 'x')");
        var now = await connection.CouncilNowAsync();
        var message = new OutboxMessage
        {
            Community = new CommunityId(1),
            DedupKey = "reminder:1",
            Resident = ResidentId.New(),
            TextKey = "x",
            ReasonKey = "y",
            CouncilAt = now,
            Values = new JsonObject { ["n"] = 1 },
        };
        Assert.True(await connection.AddMessageAsync(message, default));
        Assert.False(await connection.AddMessageAsync(message, default));
        Assert.True(await connection.AddMessageAsync(message with { DedupKey = "reminder:2", NotBefore = now.AddHours(8) }, default));
        Assert.True(await connection.AddMessageAsync(message with { DedupKey = "reminder:3", Channel = "Sms" }, default));
        node.Services.GetRequiredService<IPumpSignal>().Wake();

        await Eventually.HoldsAsync(async () => await SentAsync() is ["reminder:1"]);
        await _database.AdvanceCouncilTimeAsync(TimeSpan.FromHours(8));
        node.Services.GetRequiredService<IPumpSignal>().Wake();
        await Eventually.HoldsAsync(async () => await SentAsync() is ["reminder:1", "reminder:2"]); // and no gateway for Sms

        async Task<string[]> SentAsync() => [.. await connection.QueryAsync<string>("select dedup_key from outbox_message where sent_at is not null order by dedup_key")];
    }

    [Fact]
    public async Task Keys_of_cookies_are_sealed_under_the_secrets_file()
    {
        var node = Build(new Work());
        var encryptor = node.Services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlEncryptor!;
        var plain = System.Xml.Linq.XElement.Parse("<key>in the clear</key>");

        var info = encryptor.Encrypt(plain);

        Assert.DoesNotContain("clear", info.EncryptedElement.ToString(), StringComparison.Ordinal);
        var decryptor = (Microsoft.AspNetCore.DataProtection.XmlEncryption.IXmlDecryptor)Activator.CreateInstance(info.DecryptorType, node.Services)!;
        Assert.Equal(plain.ToString(), decryptor.Decrypt(info.EncryptedElement).ToString());
        await Task.CompletedTask;
    }

    [Fact]
    public async Task The_doctor_finds_a_schema_that_lacks_migrations_and_then_finds_it_whole()
    {
        var node = Build(new Work());
        var doctor = node.Services.GetRequiredService<Doctor>();
        Assert.Equal("database.schema-older", (await doctor.RunAsync(null, default)).Single(check => check.Name == "schema").Code);

        await node.StartAsync();

        Assert.True((await doctor.RunAsync(null, default)).Single(check => check.Name == "schema").IsGood);
    }

    private IHost Build(Work work, string poll = "00:00:01")
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Deliberation"] = _database.ConnectionString,
            ["Secrets:File"] = _secrets,
            ["Pump:PollInterval"] = poll,
            ["Logging:LogLevel:Default"] = "Error",
        });
        builder.Services.AddPostgres(builder.Configuration).AddPostgresWorkers(builder.Configuration);
        builder.Services.AddSingleton<IDueWorkHandler>(work);
        builder.Services.AddSingleton<IDueWorkHandler, ReleaseMessages>();
        var node = builder.Build();
        _nodes.Add(node);
        return node;
    }

    private sealed class Work : IDueWorkHandler
    {
        private readonly ConcurrentQueue<int> _waiting = new();
        private int _looks;

        public ConcurrentQueue<int> Done { get; } = new();

        public int FailuresLeft { get; set; }

        public bool IsIdle => Volatile.Read(ref _looks) >= 2;

        public void Add(int item) => _waiting.Enqueue(item);

        public Task<bool> RunOneAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _looks);
            if (_waiting.IsEmpty)
            {
                return Task.FromResult(false);
            }

            if (FailuresLeft > 0)
            {
                FailuresLeft--;
                throw new InvalidOperationException("as planned");
            }

            if (_waiting.TryDequeue(out var item))
            {
                Done.Enqueue(item);
            }

            return Task.FromResult(true);
        }
    }
}
