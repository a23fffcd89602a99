using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Process.Calendar;
using Deliberation.Process.Tasks;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Calendars;

/// <summary>A changed calendar moves what is still ahead: seen before it is saved, once, with its reminders and its ladder, and never what people were told they have.</summary>
public sealed class CalendarRecountTests(TestApp app) : IClassFixture<TestApp>
{
    private static readonly CommunityId Community = new(1);

    [Fact]
    public async Task A_task_moves_with_its_timers_and_says_from_when_to_when_and_why()
    {
        var project = await app.ProjectAsync();
        var instance = await app.StartRootAsync(project, "recount-task", Asks("recount-task-ask", workingDays: 3));
        var was = await DueAsync(instance);
        var day = WorkingCalendar.China.DayOf(was);
        var moves = (await app.SendAsync(new PreviewYear(await app.StaffAsync("admin"), Community, day.Year, $"{day:yyyy-MM-dd},holiday"))).Require().Moves;
        (await DueAsync(instance)).ShouldBe(was); // looking moves nothing

        var calendar = await RestAsync(day, "Storm day: all offices are closed");
        await app.DrainAsync();
        var from = await InstantAsync("select term_from from work_task where instance_id = @instance", new { instance });
        var due = new TaskTerm(TermUnit.WorkingDays, 3, from).DueAt(calendar);
        due.ShouldBeGreaterThan(was);
        (await DueAsync(instance)).ShouldBe(due);
        moves.ShouldContain(move => move.Project == project && move.Was == was && move.Due == due);
        (await TimerAsync(instance, "ladder")).ShouldBe(calendar.AddWorkingDays(due, 1));
        (await MovesAsync(project)).ShouldBe([("Task", was, due, "Storm day: all offices are closed")]);
        (await CountAsync("project_event", project, "and text_key = 'calendar.timeline.moved'")).ShouldBe(1);

        await app.DrainAsync(); // nothing is left to do, and it is not done again
        (await MovesAsync(project)).Count.ShouldBe(1);
        (await CountAsync("calendar_recount", project)).ShouldBe(0);
    }

    [Fact]
    public async Task A_day_that_somebody_set_and_a_task_that_is_done_stay()
    {
        var project = await app.ProjectAsync();
        var set = await app.StartRootAsync(project, "recount-set", Asks("recount-set-ask", workingDays: 4));
        var was = await DueAsync(set);
        await ExecuteAsync("update work_task set term_unit = null, term_amount = null, term_from = null where instance_id = @set", new { set });
        await RestAsync(WorkingCalendar.China.DayOf(was), "A holiday of the district");
        await app.DrainAsync();
        (await DueAsync(set)).ShouldBe(was);
        (await MovesAsync(project)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_suspended_project_is_left_alone_and_what_its_suspension_moved_stays()
    {
        var project = await app.ProjectAsync();
        var instance = await app.StartRootAsync(project, "recount-suspended", Asks("recount-suspended-ask", workingDays: 5));
        var was = await DueAsync(instance);
        var admin = await app.StaffAsync("admin");
        (await app.SendAsync(new SuspendProject(admin, Community, project, "The builder is away", WorkingCalendar.China.DayOf(was).AddDays(30)))).Require();
        await RestAsync(WorkingCalendar.China.DayOf(was), "A holiday of the town");
        await app.DrainAsync();
        (await DueAsync(instance)).ShouldBe(was);
        (await CountAsync("calendar_recount", project)).ShouldBe(1);

        (await app.SendAsync(new ResumeProject(admin, Community, project))).Require();
        var moved = await DueAsync(instance);
        await app.DrainAsync();
        (await DueAsync(instance)).ShouldBe(moved);
        (await MovesAsync(project)).ShouldBeEmpty();
        (await CountAsync("calendar_recount", project)).ShouldBe(0);
    }

    [Fact]
    public async Task A_notice_that_was_announced_gets_longer_and_never_shorter()
    {
        var project = await app.ProjectAsync();
        var instance = await app.StartRootAsync(
            project, "recount-notice",
            """{"id":"S","type":"Elsa.Sequence","activities":[{"id":"show","type":"Deliberation.PublishNotice","days":{"typeName":"Int32","expression":{"type":"Literal","value":7}}}]}""");
        var was = await InstantAsync("select closes_at from notice where instance_id = @instance", new { instance });
        var lastDay = WorkingCalendar.China.DayOf(was.AddTicks(-1));
        var calendar = await RestAsync(lastDay, "The last day is a day of rest now");
        await app.DrainAsync();
        var longer = calendar.EndOf(calendar.NextWorkingDay(lastDay));
        (await InstantAsync("select closes_at from notice where instance_id = @instance", new { instance })).ShouldBe(longer);
        (await TimerAsync(instance, "close")).ShouldBe(longer);

        await RestAsync(new DateOnly(lastDay.Year, 1, 1), "The day of rest is taken back"); // another list of the year: that day is worked again
        await app.DrainAsync();
        (await InstantAsync("select closes_at from notice where instance_id = @instance", new { instance })).ShouldBe(longer);
        (await MovesAsync(project)).Select(move => (move.Was, move.Due)).ShouldBe([(was, longer)]);
    }

    [Fact]
    public async Task An_open_order_moves_with_its_reminder_and_what_is_answered_overdue_or_for_all_stays()
    {
        var project = await app.ProjectAsync();
        var now = await InstantAsync("select council_now()", new { });
        var before = (await app.SendAsync(new GetCalendar(await app.StaffAsync("admin"), Community, null))).Require().Calendar;
        var was = new TaskTerm(TermUnit.WorkingDays, 3, now).DueAt(before);
        var (open, forAll) = (Guid.NewGuid(), Guid.NewGuid());
        await ExecuteAsync(
            """
            insert into task_for_all (batch_id, post_code, what, working_days, issued_by, issued_at) select @forAll, 'GroupLeader', 'Count the keys', 3, staff_id, @now from staff limit 1;
            insert into supervision_order (community_id, order_id, project_id, batch_id, post_code, what, working_days, issued_post, issued_at, due_at, reminded_at, state)
            values (1, @open, @project, null, 'GroupLeader', 'Mend the gate', 3, 'District', @now, @was, @now, 'Open'),
                (1, gen_random_uuid(), @project, null, 'Community', 'Mend the gate', 3, 'District', @now, @was, @now, 'Answered'),
                (1, gen_random_uuid(), @project, null, 'Subdistrict', 'Mend the gate', 3, 'District', @now - interval '9 days', @now, @now, 'Open'),
                (1, gen_random_uuid(), null, @forAll, 'GroupLeader', 'Count the keys', 3, 'District', @now, @was, @now, 'Open')
            """,
            new { open, forAll, project = project.Value, now, was });

        var calendar = await RestAsync(before.DayOf(was), "Offices are closed that day");
        await app.DrainAsync();

        var due = new TaskTerm(TermUnit.WorkingDays, 3, now).DueAt(calendar);
        due.ShouldBeGreaterThan(was);
        (await MovesAsync(project)).ShouldBe([("Order", was, due, "Offices are closed that day")]);
        (await InstantAsync("select remind_at from supervision_order where order_id = @open and due_at = @due and reminded_at is null", new { open, due })).ShouldBe(calendar.NextAllowed(calendar.AddWorkingDays(due, -1)));
        (await InstantAsync("select due_at from supervision_order where batch_id = @forAll", new { forAll })).ShouldBe(was);
        (await CountAsync("project_event", project, "and text_key = 'calendar.timeline.moved'")).ShouldBe(1);
    }

    private static string Asks(string id, int workingDays) =>
        """
        {"id":"S","type":"Elsa.Sequence","activities":[{"id":"ID","type":"Deliberation.AssignTask",
         "post":{"typeName":"String","expression":{"type":"Literal","value":"GroupLeader"}},
         "dueWorkingDays":{"typeName":"Int32","expression":{"type":"Literal","value":DAYS}}}]}
        """.Replace("ID", id, StringComparison.Ordinal).Replace("DAYS", $"{workingDays}", StringComparison.Ordinal);

    /// <summary>The year's list is that one day and no other.</summary>
    private async Task<WorkingCalendar> RestAsync(DateOnly day, string reason)
    {
        var admin = await app.StaffAsync("admin");
        (await app.SendAsync(new ImportYear(admin, Community, day.Year, $"{day:yyyy-MM-dd},holiday", reason))).Require();
        return (await app.SendAsync(new GetCalendar(admin, Community, null))).Require().Calendar;
    }

    private Task<DateTimeOffset> DueAsync(Guid instance) => InstantAsync("select due_at from work_task where instance_id = @instance", new { instance });

    private Task<DateTimeOffset> TimerAsync(Guid instance, string name) => InstantAsync(
        "select min(t.due_at) from workflow_timer t join workflow_bookmark b using (community_id, instance_id, bookmark_id) where t.instance_id = @instance and b.name = @name", new { instance, name });

    private async Task<IReadOnlyList<(string Kind, DateTimeOffset Was, DateTimeOffset Due, string Reason)>> MovesAsync(ProjectId project) =>
        [.. (await app.SendAsync(new ListDeadlineMoves(await app.StaffAsync("admin"), Community, null))).Require()
            .Where(move => move.Project == project).Select(move => (move.Kind, move.Was, move.Due, move.Reason))];

    private async Task<DateTimeOffset> InstantAsync(string sql, object values)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return new DateTimeOffset((await connection.ExecuteScalarAsync<DateTime>(sql, values)).ToUniversalTime(), TimeSpan.Zero);
    }

    private async Task<int> CountAsync(string table, ProjectId project, string more = "")
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int>($"select count(*)::int from {table} where project_id = @project {more}", new { project });
    }

    private async Task ExecuteAsync(string sql, object values)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, values);
    }
}
