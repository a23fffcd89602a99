namespace Deliberation.BrowserTests.Pages;

/// <summary>The inbox narrowed, and what is done with a task besides doing it.</summary>
public static partial class Scenes
{
    /// <summary>One with an earlier step where there is one, else one that can go nowhere.</summary>
    private const string ReturnableTask =
        """
        select t.task_id::text from work_task t join project p using (community_id, project_id)
        where t.community_id = @community and t.state = 'Open' and t.kind not in ('Covenant', 'PaperCount') and p.state not in ('Suspended', 'Cancelled', 'Closed')
        order by exists (select from work_task d where d.community_id = t.community_id and d.instance_id = t.instance_id and d.state = 'Done') desc, t.created_at limit 1
        """;

    private static IEnumerable<Scene> InboxScenes() =>
    [
        At("/staff", "inbox-narrow", Who.Admin, "/staff?view=community&only=overdue&from=2020-01-01&kind=Task"),
        Wrong("/staff", "inbox-urge-wrong", Who.Admin, "/staff?view=community", page => OpenAndSubmitAsync(page, "UrgeReason")),
        new("/staff/tasks/{id:guid}", "task-late", Who.Admin, LateTaskAsync),
        new("/staff/tasks/{id:guid}", "task-late-wrong", Who.Admin, LateTaskAsync) { Act = page => OpenAndSubmitAsync(page, "ExtendReason"), IsError = true },
        Of("/staff/tasks/{id:guid}/send-back", "send-back", Who.Admin, "/staff/tasks/*/send-back", ReturnableTask),
        At("/admin/posts", "posts", Who.Admin, "/admin/posts"),
        Wrong("/admin/posts", "posts-wrong", Who.Admin, "/admin/posts", page => OpenAndSubmitAsync(page, "Until")),
    ];

    /// <summary>A task that climbed to the subdistrict, copied to one and signed by another.</summary>
    private static async Task<string?> LateTaskAsync(World world)
    {
        await world.OneAsync(
            """
            with late as (
                update work_task set rung = 2, post_code = 'Subdistrict'
                where (community_id, task_id) = (
                    select community_id, task_id from work_task where community_id = @community and state = 'Open' and kind = 'Task' and rung = 0 order by created_at desc limit 1)
                  and not exists (select from work_task where community_id = @community and state = 'Open' and kind = 'Task' and rung = 2)
                returning community_id, task_id),
            signer as (
                insert into work_task_signer (community_id, task_id, staff_id, place, asked_at)
                select l.community_id, l.task_id, s.staff_id, 'Together', council_now() from late l cross join (select staff_id from staff where login = 'staff') s returning 1)
            insert into work_task_copy (community_id, task_id, staff_id, copied_at)
            select l.community_id, l.task_id, s.staff_id, council_now() from late l cross join (select staff_id from staff where login = 'staff') s
            on conflict do nothing returning 'x'
            """);
        return await world.OneAsync("select '/staff/tasks/' || task_id from work_task where community_id = @community and state = 'Open' and kind = 'Task' and rung = 2 limit 1");
    }

    private static async Task OpenAndSubmitAsync(Microsoft.Playwright.IPage page, string field)
    {
        await page.Locator($"details:has([name={field}]) > summary").ClickAsync();
        await SubmitAsync(page, (field, ""));
    }
}
