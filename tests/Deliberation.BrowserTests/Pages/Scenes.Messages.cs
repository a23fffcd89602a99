namespace Deliberation.BrowserTests.Pages;

/// <summary>How people are reached, and the ways out.</summary>
public static partial class Scenes
{
    private static IEnumerable<Scene> Messages() =>
    [
        At("/reach", "reach", Who.Resident, "/reach"),
        Wrong("/reach", "reach-wrong", Who.Resident, "/reach", page => SubmitAsync(page, ("Email", "x"))),
        At("/staff/reach", "staff-reach", Who.Staff, "/staff/reach"),
        At("/staff/messages/parked", "staff-messages-parked", Who.Staff, "/staff/messages/parked"),
        At("/admin/channels", "admin-channels", Who.Admin, "/admin/channels"),
        Wrong("/admin/channels", "admin-channels-wrong", Who.Admin, "/admin/channels", page => SubmitAsync(page, ("Cap", "1000001"))),
    ];
}
