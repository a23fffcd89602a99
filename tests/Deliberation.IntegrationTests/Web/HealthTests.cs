using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Postgres;
using Deliberation.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>What the product says to whatever watches it.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private EmptyHost _host = null!;

    public async Task InitializeAsync() => _host = await EmptyHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Ready_names_database_migrations_pump_and_disk_in_words()
    {
        using var probe = _host.Open("http://10.1.2.3");
        var answer = await probe.GetAsync("/health/ready");
        var report = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        report["status"]!.GetValue<string>().ShouldBe("ready");
        report["checks"]!.AsArray().Select(check => check!["name"]!.GetValue<string>()).ShouldBe(["database", "disk", "migrations", "pump", "transactions"]);
        report["checks"]!.AsArray().ShouldAllBe(check => check!["says"]!.GetValue<string>().EndsWith('.'));
        (await (await probe.GetAsync("/health/live")).Content.ReadAsStringAsync()).ShouldBe("live");
    }

    [Fact]
    public async Task Without_its_database_it_is_live_but_not_ready_and_says_so_within_2_seconds()
    {
        using var probe = _host.Open("http://10.1.2.3");
        (await probe.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var admin = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_host.Database.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        var name = new NpgsqlConnectionStringBuilder(_host.Database.ConnectionString).Database;
        await admin.ExecuteAsync($"alter database {name} allow_connections false");
        await admin.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = @name", new { name });

        var clock = Stopwatch.StartNew();
        var answer = await probe.GetAsync("/health/ready");
        var took = clock.Elapsed;

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        took.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!.GetValue<string>().ShouldBe("not ready");
        (await probe.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await probe.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await admin.ExecuteAsync($"alter database {name} allow_connections true");
    }

    [Fact]
    public async Task Maintenance_that_cannot_start_stops_nothing_and_starts_later()
    {
        await using var first = await _host.Database.DataSource.OpenConnectionAsync();
        await using var second = await _host.Database.DataSource.OpenConnectionAsync();
        var take = new CommandDefinition("select pg_advisory_lock(@SchemaLock)", new { MigrationRunner.SchemaLock }, commandTimeout: 60);
        await first.ExecuteAsync(take);
        var opening = Task.Run(() => _host.Open("http://10.1.2.3"));
        await Eventually.HoldsAsync(async () => await WaitingAsync(first) is not null); // the migrations
        var taken = second.ExecuteAsync(take);
        await first.ExecuteAsync("select pg_advisory_unlock(@SchemaLock)", new { MigrationRunner.SchemaLock });
        using var probe = await opening;
        await taken;

        int? maintenance = null;
        await Eventually.HoldsAsync(async () => (maintenance = await WaitingAsync(first)) is not null);
        await first.ExecuteAsync("select pg_terminate_backend(@maintenance)", new { maintenance });
        await Eventually.HoldsAsync(() => _host.Logged.Contains(2320));
        (await probe.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await second.ExecuteAsync("select pg_advisory_unlock(@SchemaLock)", new { MigrationRunner.SchemaLock });
        await Eventually.HoldsAsync(async () => await first.ExecuteScalarAsync<bool>("select to_regclass('qrtz_triggers') is not null")
            && await first.ExecuteScalarAsync<long>("select count(*) from qrtz_triggers") > 0);
    }

    [Fact]
    public async Task A_timer_a_minute_late_makes_a_node_unready_and_shows_in_the_figures()
    {
        await using (var connection = await _host.Database.DataSource.OpenConnectionAsync())
        {
            // parked by a retry in the future until the test lets it count: no pump takes it meanwhile
            await connection.ExecuteAsync(
                """
                insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours) values (1, 'haitang', 'H', 'Urban', 'S', 'D', '1', '1');
                insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest) values ('d', 'd', 1, 'd', '{}', '', true, true);
                insert into project (community_id, project_id, title, template_id, template_version, state) values (1, @id, 'Bridge', 'd', 1, 'InPlan');
                insert into workflow_instance (community_id, instance_id, project_id, definition_version_id, definition_id, status, sub_status, state, created_at, updated_at)
                values (1, @id, @id, 'd', 'd', 'Running', 'Suspended', '{}', council_now(), council_now());
                insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
                values (1, @id, 'wait', 'Elsa.Delay', 'delay1', 'Elsa.Delay', 'v', '', council_now()), (1, @id, 'parked', 'Elsa.Delay', 'delay2', 'Elsa.Delay', 'v', '', council_now());
                insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up, parked_at)
                values (1, @id, 'parked', council_now() - interval '1 hour', council_now(), 'Once', clock_timestamp());
                insert into message_delivery (community_id, delivery_id, message_ids, channel, resident_id) values (1, @id, array[@id], 'Sms', @id);
                insert into log_checkpoint (community_id, size, root, subtrees, note, signed_at) values (1, 1, decode(repeat('00', 32), 'hex'), '', '', council_now());
                """,
                new { id = Guid.CreateVersion7() });
        }

        using var probe = _host.Open("http://10.1.2.3");
        (await probe.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK); // what is parked waits for a person, not for a pump
        var figures = await (await probe.GetAsync("/metrics")).Content.ReadAsStringAsync();
        figures.ShouldContain("deliberation_parked_steps 1\n");
        figures.ShouldContain("deliberation_timer_lag_seconds 0\n");
        figures.ShouldContain("deliberation_overdue_timers 0\n");
        figures.ShouldContain("deliberation_timer_lateness_seconds{quantile=\"0.95\"} 0\n");
        figures.ShouldContain("deliberation_checkpoint_age_seconds ");
        figures.ShouldContain("deliberation_outbox_waiting{channel=\"InApp\"} 0\n");
        figures.ShouldContain("deliberation_outbox_waiting{channel=\"Sms\"} 1\n");
        await Eventually.HoldsAsync(async () => (await (await probe.GetAsync("/metrics")).Content.ReadAsStringAsync()).Contains("deliberation_nodes_alive 1\n", StringComparison.Ordinal));

        await using var holder = await _host.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await holder.ExecuteAsync("select from workflow_instance for update"); // a step that hangs: the pump cannot take the instance
        await using (var connection = await _host.Database.DataSource.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
                select 1, instance_id, 'wait', council_now() - interval '2 minutes', council_now(), 'Once' from workflow_instance
                """);
        }

        var late = await probe.GetAsync("/health/ready");
        late.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await late.Content.ReadAsStringAsync()).ShouldContain("s late");
        figures = await (await probe.GetAsync("/metrics")).Content.ReadAsStringAsync();
        figures.ShouldNotContain("deliberation_oldest_transaction_seconds 0\n");
        figures.ShouldContain("deliberation_overdue_timers 1\n");
    }

    /// <remarks>Nobody waits a minute here: the sessions of the product see a list of sessions of this test's own before the server's.</remarks>
    [Fact]
    public async Task A_transaction_that_somebody_left_open_is_to_be_looked_at()
    {
        await using var connection = await _host.Database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            create table left_open (seconds int not null);
            insert into left_open values (30);
            create view pg_stat_activity as
            select datname, pid, case when application_name = 'forgotten' then clock_timestamp() - seconds * interval '1 second' end as xact_start from pg_catalog.pg_stat_activity, left_open;
            """);
        await using var forgotten = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_host.Database.ConnectionString) { ApplicationName = "forgotten", Pooling = false }.ConnectionString);
        await forgotten.OpenAsync();
        await connection.ExecuteAsync($"alter database {new NpgsqlConnectionStringBuilder(_host.Database.ConnectionString).Database} set search_path = public, pg_catalog");

        using var probe = _host.Open("http://10.1.2.3");
        (await SaysAsync(probe)).ShouldBe(("ready", true));
        await connection.ExecuteAsync("update left_open set seconds = 1800");
        (await SaysAsync(probe)).ShouldBe(("ready, but look at it", false));
        (await (await probe.GetAsync("/metrics")).Content.ReadAsStringAsync()).ShouldContain("deliberation_oldest_transaction_seconds 18"); // 1800 and what passes meanwhile

        static async Task<(string Status, bool IsGood)> SaysAsync(Browser probe)
        {
            var answer = await probe.GetAsync("/health/ready");
            answer.StatusCode.ShouldBe(HttpStatusCode.OK); // it goes on working
            var report = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            return (report["status"]!.GetValue<string>(), report["checks"]!.AsArray().Single(check => check!["name"]!.GetValue<string>() == "transactions")!["isGood"]!.GetValue<bool>());
        }
    }

    [Fact]
    public async Task Nobody_else_gets_an_answer()
    {
        using var stranger = _host.Open("https://council.example");
        stranger.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        foreach (var path in new[] { "/health/live", "/health/ready", "/metrics" })
        {
            (await stranger.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
        }
    }

    /// <summary>Who waits for the schema's lock; null when nobody does.</summary>
    private static Task<int?> WaitingAsync(NpgsqlConnection connection) => connection.ExecuteScalarAsync<int?>(
        "select pid from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())");
}
