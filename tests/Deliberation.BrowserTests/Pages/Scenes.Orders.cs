using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>What the levels have with each other: orders from above, and what climbed to the top.</summary>
public static partial class Scenes
{
    private const string OpenOrder = "00000000-0000-7000-8000-00000000d501";
    private const string AnsweredOrder = "00000000-0000-7000-8000-00000000d502";

    private static IEnumerable<Scene> Orders() =>
    [
        Ordered("/board/orders", "orders", Who.Official, "/board/orders"),
        Ordered("/board/orders", "orders-closed", Who.Staff, "/board/orders?show=Closed"),
        Ordered("/board/orders/issue", "orders-late", Who.Official, "/board/orders/issue"),
        Ordered("/board/orders/issue", "order-issue", Who.Official, "/board/orders/issue") with { Act = ChooseMatterAsync },
        Ordered("/board/orders/issue", "order-issue-wrong", Who.Official, "/board/orders/issue") with { Act = IssueNothingAsync, IsError = true },
        Ordered("/board/orders/{id:guid}", "order-open", Who.Staff, $"/board/orders/{OpenOrder}"),
        Ordered("/board/orders/{id:guid}", "order-answer-wrong", Who.Staff, $"/board/orders/{OpenOrder}") with { Act = page => SubmitAsync(page, ("Answer", "")), IsError = true },
        Ordered("/board/orders/{id:guid}", "order-answered", Who.Official, $"/board/orders/{AnsweredOrder}"),
        Ordered("/board/orders/{id:guid}", "order-return-wrong", Who.Official, $"/board/orders/{AnsweredOrder}") with { Act = page => OpenAndSubmitAsync(page, "ReturnReason"), IsError = true },
        new("/board/tasks", "tasks-for-all", Who.Official, async world => await AskAllAsync(world) is null ? null : "/board/tasks"),
        new("/board/tasks", "tasks-for-all-wrong", Who.Official, async world => await AskAllAsync(world) is null ? null : "/board/tasks") { Act = page => OpenAndSubmitAsync(page, "What"), IsError = true },
        new("/board/tasks/{id:guid}", "task-for-all", Who.Official, async world => $"/board/tasks/{await AskAllAsync(world)}"),
        Ordered("/staff", "inbox-orders", Who.Staff, "/staff"),
        Ordered("/board/agenda", "upper-agenda", Who.Official, "/board/agenda"),
        Ordered("/board/agenda", "upper-agenda-wrong", Who.Official, "/board/agenda") with { Act = DecideNothingAsync, IsError = true },
        new("/staff/tasks/{id:guid}", "task-ordered", Who.Admin, async world => await AddOrdersAsync(world) is null ? null : await world.AddressAsync("/staff/tasks/*", $"select task_id::text from supervision_order where order_id = '{OpenOrder}'")),
    ];

    private static Scene Ordered(string route, string name, Who who, string address) => new(route, name, who, async world => await AddOrdersAsync(world) is null ? null : address);

    private static async Task ChooseMatterAsync(IPage page)
    {
        if (await page.Locator("[name=What]").CountAsync() == 0)
        {
            await page.Locator("a.cell").First.ClickAsync();
            await page.Locator("[name=What]").WaitForAsync();
        }
    }

    private static async Task IssueNothingAsync(IPage page)
    {
        await ChooseMatterAsync(page);
        await SubmitAsync(page, ("Days", "61"));
    }

    private static async Task DecideNothingAsync(IPage page)
    {
        var form = page.Locator("details:has([value=Return])").First;
        await form.Locator("summary").ClickAsync();
        await SendAsync(page, form.Locator("button"));
    }

    /// <summary>A late task at the top of the ladder with an order for it that is open, one that is answered and one that is closed.</summary>
    private static async Task<string?> AddOrdersAsync(World world)
    {
        await world.OneAsync(
            $"""
            with late as (
                select community_id, task_id, project_id, post_code from work_task where community_id = @community and state = 'Open' and kind = 'Task' order by rung desc, created_at desc limit 1),
            climbed as (
                update work_task w set due_at = least(w.due_at, council_now() - interval '1 day') from late l
                where w.community_id = l.community_id and w.task_id = l.task_id and not exists (select from supervision_order where order_id = '{OpenOrder}') returning 1),
            item as (
                insert into upper_agenda_item (community_id, item_id, project_id, task_id, round, post_code, raised_at, decision, words, decided_at)
                select l.community_id, gen_random_uuid(), l.project_id, l.task_id, round, 'District', council_now() - days * interval '1 day', decision, words, case when words is not null then council_now() - interval '9 days' end
                from late l cross join (values (1, 12, 'Return', '先请供水公司看过再报'), (2, 1, null, null)) i (round, days, decision, words)
                where not exists (select from supervision_order where order_id = '{OpenOrder}') on conflict do nothing returning 1),
            ordered as (
                insert into supervision_order (community_id, order_id, project_id, task_id, post_code, what, working_days, issued_by, issued_post, issued_at, due_at, state, answered_at, closed_at)
                select l.community_id, id::uuid, l.project_id, l.task_id, post, what, 3, case when state <> 'Open' then s.staff_id end, case when state = 'Open' then 'District' end,
                    council_now() - interval '6 days', council_now() + hours * interval '1 hour', state, case when state <> 'Open' then council_now() - interval '1 day' end, case when state = 'Closed' then council_now() end
                from late l cross join (select staff_id from staff where login = 'official') s
                cross join (values ('{OpenOrder}', 'GroupLeader', '三天内把楼门口的井盖换好，并在群里说明', -20, 'Open'), ('{AnsweredOrder}', 'Community', '约供水公司到现场，定下通水的日子', 30, 'Answered'),
                    ('00000000-0000-7000-8000-00000000d503', 'Lawyer', '把合同里的工期写清楚', 50, 'Closed')) o (id, post, what, hours, state)
                on conflict do nothing returning community_id, order_id, what, state)
            insert into supervision_order_event (community_id, order_id, event_id, at, kind, actor_id, words)
            select o.community_id, o.order_id, gen_random_uuid(), council_now() - days * interval '1 day', e.kind, s.staff_id, coalesce(e.words, o.what)
            from ordered o cross join (values ('Issued', 6, null, 'official'), ('Answered', 1, '已经约好，周四上午到现场', 'staff'), ('Accepted', 0, '', 'official')) e (kind, days, words, login)
            join staff s on s.login = e.login
            where e.kind = 'Issued' or (e.kind = 'Answered' and o.state <> 'Open') or o.state = 'Closed'
            returning 'x'
            """);
        return await world.OneAsync($"select order_id::text from supervision_order where order_id = '{OpenOrder}'");
    }

    /// <summary>A task for the leaders of all groups, done by one of them.</summary>
    private static async Task<string?> AskAllAsync(World world)
    {
        await world.OneAsync(
            """
            with batch as (
                insert into task_for_all (batch_id, post_code, what, working_days, issued_by, issued_at)
                select '00000000-0000-7000-8000-00000000d601', 'GroupLeader', '冬季用火用电安全检查，查完报结果', 5, staff_id, council_now() - interval '4 days' from staff where login = 'official'
                on conflict do nothing returning batch_id, issued_by)
            insert into supervision_order (community_id, order_id, batch_id, post_code, what, working_days, issued_by, issued_at, due_at, state, answered_at, answered_by, closed_at)
            select p.community_id, gen_random_uuid(), b.batch_id, p.post_code, '冬季用火用电安全检查，查完报结果', 5, b.issued_by, council_now() - interval '4 days', council_now() + interval '2 days',
                case when p.community_id = @community then 'Open' else 'Closed' end, case when p.community_id <> @community then council_now() - interval '1 day' end,
                case when p.community_id <> @community then (select staff_id from staff where login = 'village') end, case when p.community_id <> @community then council_now() - interval '1 day' end
            from batch b join post p on p.post_code = 'GroupLeader' returning 'x'
            """);
        return await world.OneAsync("select batch_id::text from task_for_all where batch_id = '00000000-0000-7000-8000-00000000d601'");
    }
}
