using Dapper;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>The product dies around the commits of counting deadlines again: each project is counted whole or not at all, and once.</summary>
public sealed class CalendarCrashTests
{
    [CrashFact]
    public async Task Killed_between_projects_the_next_process_counts_the_rest_and_nothing_twice()
    {
        var faults = new ListedFaults(
            "command-before-commit:2", // the first is the demo's seed, this one the first project's
            "command-after-commit:1"); // the same project in the next process
        await using var database = await TestDatabase.CreateAsync();
        await using var product = await CrashingProduct.StartAsync(database, faults);
        await using (var connection = await product.DataSource.OpenConnectionAsync())
        {
            // Two projects with two tasks each, due at the end of a day that becomes a day of rest in the same commit.
            await connection.ExecuteAsync(
                """
                insert into community_calendar (community_id) values (1);
                insert into calendar_year (community_id, year) select 1, extract(year from council_now())::int + n from generate_series(0, 1) n;
                insert into project (community_id, project_id, title, template_id, template_version, state)
                select 1, ('00000000-0000-7000-8000-0000000000c' || n)::uuid, 'Road', d.definition_id, d.version, 'InPlan'
                from generate_series(1, 2) n, (select * from workflow_definition where is_published limit 1) d;
                insert into work_task (community_id, task_id, project_id, instance_id, visit_id, kind, title, instruction, round, outcomes, form, first_post, post_code, created_at, due_at,
                    term_unit, term_amount, term_from)
                select 1, gen_random_uuid(), p.project_id, p.project_id, 'v' || n, 'Task', 'Measure', '', 1, array['Done'], '{}', 'Community', 'Community', council_now(),
                    council_now() + interval '10 days', 'WorkingDays', 5, council_now()
                from project p, generate_series(1, 2) n where p.title = 'Road';
                insert into calendar_change (community_id, kind, values, reason, changed_by, changed_at)
                select 1, 'Day', '{}', 'Storm day', staff_id, council_now() from staff limit 1;
                insert into calendar_recount (community_id, project_id, change_id) select 1, project_id, max(change_id) from project, calendar_change where title = 'Road' group by project_id
                """);
        }

        await product.UntilRecountedAsync();

        Assert.Equal(2, faults.Kills.Values.Sum());
        await using var look = await product.DataSource.OpenConnectionAsync();
        Assert.Equal([2, 2], await look.QueryAsync<int>("select count(*)::int from deadline_move group by project_id"));
        Assert.Equal(4, await look.ExecuteScalarAsync<int>("select count(*)::int from work_task t join deadline_move m on m.subject_id = t.task_id and m.due = t.due_at where t.title = 'Measure'"));
        Assert.Equal(4, await look.ExecuteScalarAsync<int>("select count(*)::int from project_event where text_key = 'calendar.timeline.moved'"));
        Assert.Equal(2, await look.ExecuteScalarAsync<int>("select count(*)::int from audit_entry where action = 'RecountProject'"));
    }
}
