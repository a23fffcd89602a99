using Dapper;
using Deliberation.Domain;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Deliberation.Workflows.Activities;
using Npgsql;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

public sealed partial class DueWorkTests : IAsyncLifetime
{
    private static readonly CommunityId Community = new(1);
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours) values (1, 'heping', 'x', 'Urban', 'x', 'x', '1', 'x');
            insert into project (community_id, project_id, title, template_id, template_version, state) values (1, '01900000-0000-7000-8000-000000000001', 'x', 't', 1, 'InPlan');
            insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest) values ('t:1', 't', 1, 't', '{}', '\x00', true, true);
            """);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_timer_is_claimed_at_its_instant_and_not_a_moment_before()
    {
        var instance = await AddInstanceAsync();
        await AddTimerAsync(instance, "b1", "interval '1 hour'");

        await using var connection = await _database.DataSource.OpenConnectionAsync();
        Assert.Null(await ClaimAsync(connection));
        await _database.AdvanceCouncilTimeAsync(TimeSpan.FromHours(1));
        Assert.Equal(instance, (await ClaimAsync(connection))!.InstanceId);
    }

    [Fact]
    public async Task Two_connections_never_hold_the_same_instance()
    {
        var instances = new[] { await AddInstanceAsync(), await AddInstanceAsync() };
        foreach (var instance in instances)
        {
            await AddTimerAsync(instance, "a", "interval '-2 seconds'");
            await AddTimerAsync(instance, "b", "interval '-1 second'");
        }

        await using var first = await _database.DataSource.OpenConnectionAsync();
        await using var second = await _database.DataSource.OpenConnectionAsync();
        await using var third = await _database.DataSource.OpenConnectionAsync();
        await using var one = await first.BeginTransactionAsync();
        await using var two = await second.BeginTransactionAsync();
        await using var three = await third.BeginTransactionAsync();

        var claimed = new[] { (await ClaimAnyAsync(first))!.Item.InstanceId, (await ClaimAnyAsync(second))!.Item.InstanceId };

        Assert.Equal(instances.Order(), claimed.Order());
        Assert.Null(await ClaimAnyAsync(third)); // both have a second timer, but their instances are in other hands
    }

    [Fact]
    public async Task A_node_that_dies_gives_its_claim_back_and_a_consumed_timer_is_gone()
    {
        var instance = await AddInstanceAsync();
        await AddTimerAsync(instance, "b1", "interval '-90 seconds'");

        await using (var dying = await _database.DataSource.OpenConnectionAsync())
        {
            await using var lost = await dying.BeginTransactionAsync();
            await dying.SkipAsync((await ClaimAnyAsync(dying))!, default);
        }

        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            var due = await ClaimAnyAsync(connection);
            await connection.SkipAsync(due!, default);
            await Assert.ThrowsAsync<StaleInstanceException>(() => connection.SkipAsync(due!, default));
            await transaction.CommitAsync();
        }

        Assert.Null(await ClaimAsync(connection));
        var log = await connection.QuerySingleAsync<(string Outcome, long LatenessMs)>("select outcome, lateness_ms from workflow_timer_log");
        Assert.Equal("Skipped", log.Outcome);
        Assert.InRange(log.LatenessMs, 90_000, 150_000);
    }

    [Fact]
    public async Task The_earliest_instant_comes_first()
    {
        await AddTimerAsync(await AddInstanceAsync(), "late", "interval '-1 minute'");
        var earliest = await AddInstanceAsync();
        await AddTimerAsync(earliest, "early", "interval '-1 hour'");

        await using var connection = await _database.DataSource.OpenConnectionAsync();
        Assert.Equal(earliest, (await ClaimAsync(connection))!.InstanceId);
    }

    [Fact]
    public async Task A_paused_instance_fires_nothing()
    {
        var instance = await AddInstanceAsync();
        await AddTimerAsync(instance, "b1", "interval '-1 minute'");
        await ExecuteAsync("update workflow_instance set paused_at = council_now()");

        await using var connection = await _database.DataSource.OpenConnectionAsync();
        Assert.Null(await ClaimAsync(connection));
        await ExecuteAsync("update workflow_instance set paused_at = null");
        Assert.NotNull(await ClaimAsync(connection));
    }

    [Fact]
    public async Task A_failing_timer_waits_longer_each_time_and_is_parked_at_the_eighth_failure()
    {
        await AddTimerAsync(await AddInstanceAsync(), "b1", "interval '-1 minute'");
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        for (var failure = 1; failure <= DueWork.MaxAttempts; failure++)
        {
            var item = await ClaimAsync(connection);
            Assert.Equal(failure - 1, item!.Attempts);
            await connection.RecordFailureAsync(item, "broken", default);
            var pause = 15 * Math.Pow(4, failure - 1);
            Assert.InRange(await connection.ExecuteScalarAsync<double>("select extract(epoch from retry_at - clock_timestamp())::float8 from workflow_timer"), pause - 5, pause);
            Assert.Null(await ClaimAsync(connection));
            await ExecuteAsync("update workflow_timer set retry_at = clock_timestamp()");
        }

        Assert.Null(await ClaimAsync(connection));
        Assert.Equal((8, true, "broken"), await connection.QuerySingleAsync<(int, bool, string)>("select attempts, parked_at is not null, last_error from workflow_timer"));
    }

    [Fact]
    public async Task Two_workers_who_fail_with_the_same_try_count_it_once()
    {
        await AddTimerAsync(await AddInstanceAsync(), "b1", "interval '-1 minute'");
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        var first = (await ClaimAsync(connection))!;
        var second = (await ClaimAsync(connection))!; // the first has rolled back and not yet written

        await connection.RecordFailureAsync(first, "broken", default);
        await connection.RecordFailureAsync(second, "broken again", default);

        Assert.Equal((1, "broken"), await connection.QuerySingleAsync<(int, string)>("select attempts, last_error from workflow_timer"));
    }

    [Theory]
    [InlineData(CatchUp.Skip, 86_400_000, false)]
    [InlineData(CatchUp.Skip, 86_400_001, true)]
    [InlineData(CatchUp.Once, 900_000_000, false)]
    public void Only_a_reminder_found_more_than_a_day_late_is_dropped(CatchUp catchUp, long latenessMs, bool isDropped)
    {
        var due = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        var item = new DueItem(Community, Guid.Empty, "b", "reminder", "a", null, null, due, catchUp, 0);

        Assert.Equal(isDropped, item.IsTooLate(due.AddMilliseconds(latenessMs)));
    }

    [Fact]
    public async Task An_event_comes_before_the_timer_that_would_end_its_wait()
    {
        var instance = await AddInstanceAsync();
        await AddTimerAsync(instance, "b1", "interval '-1 minute'");
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        var id = Guid.CreateVersion7();
        var answer = new WorkflowEvent(Community, instance, id, null, "b1", null, null, await connection.CouncilNowAsync());
        await connection.AddWorkflowEventAsync(answer, default);
        await connection.AddWorkflowEventAsync(answer, default); // said twice, counts once

        await using var transaction = await connection.BeginTransactionAsync();
        var first = await ClaimAnyAsync(connection);
        Assert.Equal(id, first!.Item.EventId);
        await connection.SkipAsync(first, default);
        Assert.Null((await ClaimAnyAsync(connection))!.Item.EventId);
    }

    [Fact]
    public async Task An_event_that_comes_early_waits_for_its_bookmark()
    {
        var instance = await AddInstanceAsync();
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.AddWorkflowEventAsync(new WorkflowEvent(Community, instance, Guid.CreateVersion7(), null, "answer", null, null, await connection.CouncilNowAsync()), default);
        Assert.Null(await ClaimAsync(connection));

        await AddBookmarkAsync(instance, "answer");
        Assert.NotNull(await ClaimAsync(connection));
    }

    [Fact]
    public async Task A_look_and_a_claim_read_none_of_the_many_timers_that_are_not_theirs()
    {
        var instance = await AddInstanceAsync();
        await ExecuteAsync(
            $"""
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
            select 1, '{instance}', 'b' || n, 'b', 'a', 't', 'v', 'h', council_now() from generate_series(1, 20000) n;
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
            select 1, '{instance}', 'b' || n, council_now() + n * interval '1 minute', council_now(), 'Once' from generate_series(1, 20000) n;
            analyze workflow_timer;
            """);
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using (await connection.BeginTransactionAsync())
        {
            Assert.Empty(await connection.FindDueAsync(64, default));
            Assert.InRange(await ReadAsync(connection), 0, 100);
        }

        var other = await AddInstanceAsync();
        await AddTimerAsync(other, "mine", "interval '-1 second'");
        await ExecuteAsync("update workflow_timer set due_at = due_at - interval '1 year' where bookmark_id <> 'mine'");
        await ExecuteAsync("analyze workflow_timer");
        await using (await connection.BeginTransactionAsync())
        {
            Assert.Equal("mine", (await connection.ClaimAsync(new DueInstance(Community, other), default))!.Item.BookmarkId);
            Assert.InRange(await ReadAsync(connection), 0, 100);
        }
    }

    /// <summary>Timers that this transaction has read so far, by whatever plan.</summary>
    private static Task<long> ReadAsync(NpgsqlConnection connection) =>
        connection.ExecuteScalarAsync<long>("select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'workflow_timer'");

    /// <summary>Claims and lets go.</summary>
    private static async Task<DueItem?> ClaimAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        return (await ClaimAnyAsync(connection))?.Item;
    }

    /// <summary>As the pump: looks, then claims what it can.</summary>
    private static async Task<DueStep?> ClaimAnyAsync(NpgsqlConnection connection)
    {
        foreach (var due in await connection.FindDueAsync(64, default))
        {
            if (await connection.ClaimAsync(due, default) is { } claimed)
            {
                return claimed;
            }
        }

        return null;
    }

    private async Task<Guid> AddInstanceAsync()
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            $$"""
            insert into workflow_instance (community_id, instance_id, project_id, definition_version_id, definition_id, status, sub_status, state, created_at, updated_at)
            values (1, '{{id}}', '01900000-0000-7000-8000-000000000001', 't:1', 't', 'Running', 'Suspended', '{}', council_now(), council_now())
            """);
        return id;
    }

    private async Task AddTimerAsync(Guid instance, string bookmark, string due)
    {
        await AddBookmarkAsync(instance, bookmark);
        await ExecuteAsync(
            $"""
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
            values (1, '{instance}', '{bookmark}', council_now() + {due}, council_now() + {due}, 'Once')
            """);
    }

    private Task AddBookmarkAsync(Guid instance, string bookmark) => ExecuteAsync(
        $"""
        insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
        values (1, '{instance}', '{bookmark}', '{bookmark}', 'a', 't', 'v', 'h', council_now())
        """);

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }
}
