using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>The working calendar: a year announced and one that is not, the import with a preview and with what is wrong, the page of those who only read.</summary>
public static partial class Scenes
{
    private static IEnumerable<Scene> Calendars() =>
    [
        At("/admin/calendar", "calendar", Who.Admin, "/admin/calendar?year=2026"),
        Wrong("/admin/calendar", "calendar-wrong", Who.Admin, "/admin/calendar?year=2027", ChangeNoDayAsync),
        At("/admin/calendar/import", "calendar-import", Who.Admin, "/admin/calendar/import?year=2027") with { Act = page => CheckListAsync(page, "2027-10-01/2027-10-07,休,国庆节\n2027-10-09,班") },
        At("/admin/calendar/import", "calendar-import-wrong", Who.Admin, "/admin/calendar/import?year=2027") with { Act = page => CheckListAsync(page, "2027-10-01,休\n2027-10-01,班\n2027-02-30,休") },
        At("/board/calendar", "board-calendar", Who.Official, "/board/calendar?year=2026"),
    ];

    private static async Task ChangeNoDayAsync(IPage page)
    {
        await page.Locator("details:has([name=Day]) > summary").ClickAsync();
        await SendAsync(page, page.Locator("details:has([name=Day]) button").First);
    }

    private static async Task CheckListAsync(IPage page, string list)
    {
        await page.Locator("[name=Text]").FillAsync(list);
        await SendAsync(page, page.Locator("button[formaction*=Preview]"));
    }
}
