using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>What posts do again and again.</summary>
public static partial class Scenes
{
    private const string AnyDuty = "00000000-0000-7000-8000-00000000d001";

    private static IEnumerable<Scene> Duties() =>
    [
        new("/staff/duties", "duties", Who.Staff, async world => await AddDutiesAsync(world) is null ? null : "/staff/duties"),
        new("/staff/duties", "duties-wrong", Who.Staff, async world => await AddDutiesAsync(world) is null ? null : "/staff/duties") { Act = AddNamelessDutyAsync, IsError = true },
        new("/board/duties", "board-duties", Who.Official, async world => await AddDutiesAsync(world) is null ? null : "/board/duties"),
        new("/staff/duties/{id:guid}", "duty", Who.Staff, async world => $"/staff/duties/{await AddDutiesAsync(world)}"),
        new("/staff/duties/{id:guid}", "duty-wrong", Who.Staff, async world => $"/staff/duties/{await AddDutiesAsync(world)}") { Act = page => SubmitAsync(page, ("Note", "x")), IsError = true },
    ];

    private static async Task AddNamelessDutyAsync(IPage page)
    {
        await page.Locator("details:has([name=Title]) > summary").ClickAsync();
        await SubmitAsync(page, ("Title", "x"));
    }

    /// <summary>One duty with each standing, and one with a photo.</summary>
    private static async Task<string?> AddDutiesAsync(World world)
    {
        await world.OneAsync(
            $"""
            with duty as (
                insert into duty (community_id, duty_id, title, post_code, rhythm, proof, grace_days, next_day)
                select @community, id::uuid, title, 'GroupLeader', 'Month', proof, 5, '2099-01-01'
                from (values ('{AnyDuty}', '检查楼道灭火器和应急灯', 'Text'), ('00000000-0000-7000-8000-00000000d002', '公告栏更新', 'Photo')) d (id, title, proof)
                on conflict do nothing returning duty_id
            ), period as (
                insert into duty_period (community_id, duty_id, first_day, last_day, remind_at, due_at, red_at, reminded_at, red_told_at, done_at, done_by, note)
                select @community, duty_id, date_trunc('month', t - interval '15 days')::date, (date_trunc('month', t - interval '15 days') + interval '1 month')::date - 1, t - interval '3 days', t,
                    t + interval '5 days', t, t, case m when 0 then t - interval '6 days' when 1 then t + interval '8 days' end, case when m < 2 then s.staff_id end, case when m < 2 then '十二个都查过，三楼换了一个' end
                from duty cross join (values (0, -120), (1, -90), (2, -60), (3, -2), (4, 20)) x (m, days)
                cross join lateral (select council_now() + make_interval(days => days) as t) at
                cross join (select staff_id from staff where login = 'staff') s
                returning 1)
            select count(*)::text from period
            """);
        return AnyDuty;
    }
}
