using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <content>Timers: for who acts and for who looks on.</content>
public static partial class Scenes
{
    private static IEnumerable<Scene> Timers() =>
    [
        At("/admin/timers", "timers", Who.Admin, "/admin/timers"),
        Wrong("/admin/timers", "timers-wrong", Who.Admin, "/admin/timers", MoveBackAsync),
        At("/board/timers", "board-timers", Who.Official, "/board/timers"),
    ];

    private static async Task MoveBackAsync(IPage page)
    {
        var act = page.Locator("main details:has([name='To'])").First;
        await act.Locator("summary").ClickAsync();
        await act.Locator("[name='To']").FillAsync("2020-01-01T09:00");
        await act.Locator("[name='Reason']").FillAsync("下雨");
        await SendAsync(page, act.Locator("button.btn").Last);
    }
}
