using Dapper;
using Deliberation.Domain;
using Deliberation.Features;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Postgres;
using Deliberation.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Deliberation.IntegrationTests.Timers;

/// <summary>Nodes of the product on one database, each with its pump, pools and clock of its own; without pages and without maintenance.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    private static readonly CommunityId Community = new(1);
    private readonly List<IHost> _nodes = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("dlbnodes").FullName;
    private readonly ProjectId _project = ProjectId.New();

    private Nodes(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public IServiceProvider First => _nodes[0].Services;

    public static async Task<Nodes> CreateAsync()
    {
        var nodes = new Nodes(await TestDatabase.CreateAsync());
        await nodes.RunAsync(
            """
            insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours) values (1, 'test', 'Test', 'Urban', 'One', 'One', '0', '9-17');
            insert into project (community_id, project_id, title, template_id, template_version, state) values (1, @project, 'Lane', 'lane', 1, 'InPlan');
            alter table workflow_timer_log add written_at timestamptz default council_now(); -- the database's word against the node's
            """,
            new { project = nodes._project.Value });
        return nodes;
    }

    /// <summary>Makes a node. It does nothing until <see cref="StartAsync"/>.</summary>
    /// <param name="clock">The clock of its machine; null = this one's.</param>
    /// <param name="zone">Time zone of its sessions; null = the server's, which is UTC.</param>
    /// <param name="isDeaf">It hears no wake-up and sends none: it polls only.</param>
    public void Add(TimeProvider? clock = null, string? zone = null, bool isDeaf = false, Action<IServiceCollection>? more = null, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(
            [
                new("ConnectionStrings:Deliberation", new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Timezone = zone }.ConnectionString), new("Secrets:File", Path.Combine(_folder, "secrets")), new("Logging:LogLevel:Default", "None"),
                .. settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)),
            ]);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddPostgres(builder.Configuration).AddPostgresWorkers(builder.Configuration).AddFeatures();
        foreach (var service in builder.Services.Where(service => service.ImplementationType?.Name is "MaintenanceScheduler" || (isDeaf && service.ImplementationType?.Name is "PumpNotifier")).ToList())
        {
            builder.Services.Remove(service);
        }

        more?.Invoke(builder.Services);
        _nodes.Add(builder.Build());
    }

    public Task StartAsync() => Task.WhenAll(_nodes.Select(node => node.StartAsync()));

    public Task<Guid> StartInstanceAsync(string id, string activities) =>
        First.StartRootAsync(_project, id, $$"""{"id":"S","type":"Elsa.Sequence","version":1,"activities":[{{activities}}]}""");

    /// <summary>Workflows of one definition, each waiting for a signal of its own that never comes, and given one timer by name in its place.</summary>
    /// <param name="due">SQL of the due instant; <c>n</c> counts the workflows from 0.</param>
    public async Task PlanAsync(string definition, string activities, int count, string due)
    {
        var first = await StartInstanceAsync(definition, activities);
        await RunAsync("delete from workflow_timer where instance_id = @first", new { first });
        await Database.DataSource.CopyAsync(first, count - 1);
        await RunAsync(
            $"""
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
            select 1, instance_id, bookmark_id, {due}, {due}, 'Once'
            from (select instance_id, bookmark_id, row_number() over (order by bookmark_id) - 1 as n
                  from workflow_bookmark b join workflow_instance i using (community_id, instance_id) where i.definition_id = @definition) b;
            """,
            new { definition });
        await RunAsync("analyze workflow_instance, workflow_bookmark, workflow_timer");
    }

    public async Task RunAsync(string sql, object? values = null)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(new CommandDefinition(sql, values, commandTimeout: 60));
    }

    public async Task<T> OneAsync<T>(string sql, object? values = null)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, values, commandTimeout: 60)))!;
    }

    /// <summary>What is wrong in the log of firings: nobody may fire twice, early, or out of order within a workflow.</summary>
    /// <param name="isClockSteady">False: council time was set back meanwhile, so that only the node says when it claimed.</param>
    public Task<string?> FaultAsync(bool isClockSteady = true) => OneAsync<string?>(
        """
        select format('%s %s: due %s, fired %s, %s times', instance_id, bookmark_id, min(due_at), min(fired_at), count(*)) from workflow_timer_log
        group by instance_id, bookmark_id having count(*) > 1 or bool_or(fired_at < due_at or (@isClockSteady and written_at < due_at))
        union all
        select format('%s fires %s before %s', a.instance_id, a.due_at, b.due_at) from workflow_timer_log a join workflow_timer_log b using (community_id, instance_id)
        where a.due_at > b.due_at and a.fired_at < b.fired_at
        limit 1
        """,
        new { isClockSteady });

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.StopAsync()));
        _nodes.ForEach(node => node.Dispose());
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
