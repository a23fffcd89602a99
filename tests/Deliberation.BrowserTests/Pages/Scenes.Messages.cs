using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>How people are reached, and the ways out.</summary>
public static partial class Scenes
{
    private const string PrintedBatch = "select batch_id::text from print_batch where community_id = @community and printed_at is not null limit 1";

    private const string LetterPlace =
        "select h.building from message_delivery d join resident r using (community_id, resident_id) join household h using (community_id, household_id) where community_id = @community and d.channel = 'Print' and d.batch_id is null limit 1";

    private static async Task CountBroadcastAsync(IPage page)
    {
        await page.Locator("label.opt").First.ClickAsync();
        await SubmitAsync(page, ("Text", "下周二停水。"), ("English", "No water next Tuesday."));
    }

    private static IEnumerable<Scene> Messages() =>
    [
        At("/reach", "reach", Who.Resident, "/reach"),
        Wrong("/reach", "reach-wrong", Who.Resident, "/reach", page => SubmitAsync(page, ("Email", "x"))),
        At("/reach", "reach-feed", Who.Resident, "/reach") with { Act = page => SendAsync(page, page.Locator("form[action*='handler=Feed'] button").First) },
        At("/staff/reach", "staff-reach", Who.Staff, "/staff/reach"),
        At("/staff/messages/parked", "staff-messages-parked", Who.Staff, "/staff/messages/parked"),
        At("/staff/print", "print", Who.Staff, "/staff/print"),
        Of("/staff/print", "print-place", Who.Staff, "/staff/print?place=*", LetterPlace),
        Of("/staff/print/{id:guid}", "print-letters", Who.Staff, "/staff/print/*", PrintedBatch),
        Wrong("/staff/print/{id:guid}", "print-letters-wrong", Who.Staff, "/staff/print/*", page => SubmitAsync(page), PrintedBatch),
        At("/staff/loudspeaker", "loudspeaker", Who.Staff, "/staff/loudspeaker"),
        At("/staff/broadcasts", "broadcasts", Who.Staff, "/staff/broadcasts"),
        Of("/staff/broadcasts/{id:guid}", "broadcast", Who.Staff, "/staff/broadcasts/*", "select broadcast_id::text from staff_broadcast where community_id = @community limit 1"),
        At("/staff/broadcasts/new", "broadcast-new", Who.Staff, "/staff/broadcasts/new"),
        Wrong("/staff/broadcasts/new", "broadcast-new-wrong", Who.Staff, "/staff/broadcasts/new", page => SubmitAsync(page, ("Text", "停水"))),
        At("/staff/broadcasts/new", "broadcast-preview", Who.Staff, "/staff/broadcasts/new") with { Act = CountBroadcastAsync },
        At("/admin/channels", "admin-channels", Who.Admin, "/admin/channels"),
        Wrong("/admin/channels", "admin-channels-wrong", Who.Admin, "/admin/channels", page => SubmitAsync(page, ("Cap", "1000001"))),
    ];
}
