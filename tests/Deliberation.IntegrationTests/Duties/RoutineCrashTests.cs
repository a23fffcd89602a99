using Dapper;
using Deliberation.IntegrationTests.Crashes;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Duties;

/// <summary>The product dies around the commits of what comes round by the calendar; each happens once.</summary>
public sealed class RoutineCrashTests
{
    private static readonly Guid Duty = Guid.Parse("00000000-0000-7000-8000-0000000000d1");

    [CrashFact]
    public async Task Killed_around_its_commits_a_period_opens_once_and_what_is_late_is_told_once()
    {
        var faults = new ListedFaults("command-before-commit:2", "command-after-commit:1", "command-before-commit:1", "command-after-commit:1", "command-before-commit:1", "command-after-commit:1", "command-before-commit:1", "command-before-commit:2", "command-after-commit:1"); // the first is the demo's seed
        await using var database = await TestDatabase.CreateAsync();
        await using var product = await CrashingProduct.StartAsync(database, faults);
        await using (var connection = await product.DataSource.OpenConnectionAsync())
        {
            // One period is missing since an hour, and today's is not open yet.
            await connection.ExecuteAsync(
                """
                insert into duty (community_id, duty_id, title, post_code, rhythm, proof, grace_days, next_day)
                values (1, @Duty, 'Patrol', 'GroupLeader', 'Day', 'Text', 0, (council_now() at time zone 'Asia/Shanghai')::date);
                insert into duty_period (community_id, duty_id, first_day, last_day, remind_at, due_at, red_at, reminded_at)
                values (1, @Duty, '2026-01-01', '2026-01-01', council_now() - interval '9 hours', council_now() - interval '1 hour', council_now() - interval '1 hour', council_now());
                insert into project (community_id, project_id, title, template_id, template_version, state) values (1, @Duty, 'Lane', 'lane', 1, 'InPlan');
                insert into supervision_order (community_id, order_id, project_id, post_code, what, working_days, issued_post, issued_at, due_at)
                values (1, @Duty, @Duty, 'GroupLeader', 'Mend the gate', 1, 'District', council_now() - interval '2 days', council_now() - interval '1 hour')
                """,
                new { Duty });
            // A question has waited too long, and so has a resolution.
            await connection.ExecuteAsync(
                """
                insert into policy_question (community_id, question_id, resident_id, body, may_publish, asked_at, remind_at, due_at, escalate_at, reminded_at)
                select 1, gen_random_uuid(), resident_id, 'May I build?', false, t - interval '9 hours', t - interval '3 hours', t - interval '2 hours', t - interval '1 hour', t
                from (select resident_id, council_now() as t from resident where community_id = 1 limit 1) r;
                insert into resolution (community_id, resolution_id, project_id, title, adopted_at, escalate_at) values (1, @Duty, @Duty, 'Build a lift', council_now() - interval '8 days', council_now() - interval '1 day');
                insert into department (community_id, department_id, name, post_code, next_pack_month, next_pack_at) values (1, @Duty, 'Works office', 'Community', '2026-10-01', council_now() - interval '1 hour');
                insert into tracked_list (community_id, department_id, list_no, name) values (1, @Duty, 1, 'Problems');
                insert into tracked_matter (community_id, matter_id, department_id, list_no, title, added_at) values (1, @Duty, @Duty, 1, 'Drain', '2026-09-10T02:00Z');
                insert into matter_move (community_id, matter_id, move_no, to_list, reason, moved_at, moved_by) select 1, @Duty, 1, 1, 'A resident', '2026-09-10T02:00Z', staff_id from staff limit 1
                """,
                new { Duty });
        }

        await product.UntilRoutinesHaveRunAsync(Duty);

        Assert.Equal(9, faults.Kills.Values.Sum());
        await using var look = await product.DataSource.OpenConnectionAsync();
        Assert.Equal(2, await look.ExecuteScalarAsync<int>("select count(*) from duty_period where duty_id = @Duty", new { Duty }));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from audit_entry where action = 'OpenDutyPeriods'"));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from audit_entry where action = 'TellOfDuty' and details ->> 'red' = 'true'"));
        Assert.Equal(2, await look.ExecuteScalarAsync<int>("select count(distinct staff_id) from outbox_message where text_key = 'duty.message.missing' and reason_key = 'task.reason.post'"));
        Assert.Equal(0, await look.ExecuteScalarAsync<int>("select count(*) - count(distinct dedup_key) from outbox_message where text_key = 'duty.message.missing'"));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from supervision_order_event where kind = 'Overdue'"));
        Assert.Equal(2, await look.ExecuteScalarAsync<int>("select count(distinct staff_id) from outbox_message where text_key = 'order.message.overdue'"));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from outbox_message where text_key = 'order.message.overdue-issuer'"));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from audit_entry where action = 'TellOfQuestion'"));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from policy_question where escalated_to = 'Subdistrict'"));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from audit_entry where action = 'TellOfResolution'"));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from resolution where escalated_to = 'Subdistrict'"));
        Assert.Equal(await look.ExecuteScalarAsync<int>("select count(*) from monthly_pack"), await look.ExecuteScalarAsync<int>("select count(*) from audit_entry where action = 'MakePack'"));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from monthly_pack where month = '2026-10-01'"));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from monthly_pack_line"));
    }
}
