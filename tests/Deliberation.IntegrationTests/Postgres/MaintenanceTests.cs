using Dapper;
using Deliberation.Postgres;
using Deliberation.Postgres.Maintenance;
using Deliberation.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>Maintenance jobs on the cluster: asked for, on record, and what becomes of nodes that fall silent.</summary>
public sealed class MaintenanceTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly List<IHost> _nodes = [];
    private readonly string _secrets = Path.Combine(Path.GetTempPath(), $"dlb-secrets-{Guid.NewGuid():N}");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.StopAsync();
            node.Dispose();
        }

        File.Delete(_secrets);
    }

    [Fact]
    public async Task What_was_asked_for_while_no_node_ran_runs_once_on_the_first_that_comes_and_says_how_it_went()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var staff = Guid.CreateVersion7();
        await connection.ExecuteAsync(
            """
            insert into staff (staff_id, login, display_name, kind, password_hash) values (@staff, 'chen', 'Chen', 'Admin', 'x');
            insert into node (node_id, host, version, beat_at, left_at) values
                (gen_random_uuid(), 'silent', '1', clock_timestamp() - interval '61 seconds', null), (gen_random_uuid(), 'slow', '1', clock_timestamp() - interval '30 seconds', null),
                (gen_random_uuid(), 'left', '1', clock_timestamp() - interval '61 seconds', clock_timestamp()), (gen_random_uuid(), 'yesterday', '1', clock_timestamp() - interval '25 hours', null);
            alter table idempotency rename to idempotency_away;
            """,
            new { staff });
        Assert.True(await connection.AskForRunAsync("retention", staff, "Disk is full", default));
        Assert.False(await connection.AskForRunAsync("retention", staff, "Again", default));

        await Task.WhenAll(Build().StartAsync(), Build().StartAsync());
        await EndsAsync("retention", 1);
        await EndsAsync("heartbeat-sweep", 1);

        var failed = await StateAsync("retention");
        Assert.Equal((true, "Disk is full", null, false), (failed.Error?.Contains("idempotency", StringComparison.Ordinal), failed.Reason, failed.AskedAt, failed.IsNodeGone));
        Assert.Equal("silent", await connection.ExecuteScalarAsync<string>("select string_agg(host, ' ' order by host) from node where gone_at is not null"));
        Assert.Equal("left silent slow", await connection.ExecuteScalarAsync<string>("select string_agg(host, ' ' order by host) from node where host ~ '^[a-z]+$' and version = '1'"));
        Assert.InRange((await StateAsync("heartbeat-sweep")).NextAt!.Value, DateTimeOffset.UnixEpoch.AddYears(50), await MachineNowAsync() + TimeSpan.FromSeconds(61));

        await connection.ExecuteAsync("alter table idempotency_away rename to idempotency");
        Assert.True(await connection.AskForRunAsync("retention", staff, "Once more", default));
        await EndsAsync("retention", 2);
        Assert.Equal((null, "Once more"), ((await StateAsync("retention")).Error, (await StateAsync("retention")).Reason));
        Assert.Equal(2, await connection.ExecuteScalarAsync<long>("select count(*) from maintenance_run where job = 'retention'"));

        await _nodes[0].StopAsync();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from node where left_at is not null and version <> '1'"));

        Task EndsAsync(string job, int runs) => Eventually.HoldsAsync(async () =>
            await connection.ExecuteScalarAsync<long>("select count(*) from maintenance_run where job = @job and ended_at is not null", new { job }) >= runs);

        async Task<MaintenanceState> StateAsync(string job) => (await connection.ReadMaintenanceAsync(default)).Single(state => state.Name == job);

        Task<DateTimeOffset> MachineNowAsync() => connection.ExecuteScalarAsync<DateTimeOffset>("select clock_timestamp()");
    }

    private IHost Build()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Deliberation"] = database.ConnectionString,
            ["Secrets:File"] = _secrets,
            ["Pump:Workers"] = "0",
            ["Logging:LogLevel:Default"] = "None",
        });
        builder.Services.AddPostgres(builder.Configuration).AddPostgresWorkers(builder.Configuration);
        var node = builder.Build();
        _nodes.Add(node);
        return node;
    }
}
