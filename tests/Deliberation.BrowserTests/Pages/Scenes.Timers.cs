using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <content>Timers: for who acts and for who looks on.</content>
public static partial class Scenes
{
    private static IEnumerable<Scene> Timers() =>
    [
        At("/admin/timers", "timers", Who.Admin, "/admin/timers"),
        Wrong("/admin/timers", "timers-wrong", Who.Admin, "/admin/timers", MoveBackAsync),
        At("/admin/timers", "timers-held", Who.Admin, "/admin/timers") with { Act = HoldAsync, IsOnce = true },
        At("/board/timers", "board-timers", Who.Official, "/board/timers"),
        At("/admin/timers/jobs", "jobs", Who.Admin, "/admin/timers/jobs"),
        Wrong("/admin/timers/jobs", "jobs-wrong", Who.Admin, "/admin/timers/jobs", RunWithoutReasonAsync),
        At("/board/timers/jobs", "board-jobs", Who.Official, "/board/timers/jobs"),
    ];

    private static async Task HoldAsync(IPage page)
    {
        var act = page.Locator("main details:has([name='To'])").Last; // another than the one that is moved at the same time
        await act.Locator("summary").ClickAsync();
        await act.Locator("[name='Reason']").FillAsync("等工地复工");
        await SendAsync(page, act.Locator("button.btn").Nth(1));
    }

    private static async Task RunWithoutReasonAsync(IPage page)
    {
        var act = page.Locator("main details:has([name='Job'])").First;
        await act.Locator("summary").ClickAsync();
        await SendAsync(page, act.Locator("button.btn"));
    }

    private static async Task MoveBackAsync(IPage page)
    {
        var act = page.Locator("main details:has([name='To'])").First;
        await act.Locator("summary").ClickAsync();
        await act.Locator("[name='To']").FillAsync("2020-01-01T09:00");
        await act.Locator("[name='Reason']").FillAsync("下雨");
        await SendAsync(page, act.Locator("button.btn").Last);
    }
}
