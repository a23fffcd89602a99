using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Pledges;

/// <summary>Collects pledges of money, goods, labour, space, vacating and demolition (认领) until the target is met or the window ends.</summary>
/// <param name="Needs"><c>[{"id","kind","text","quantity"}]</c>, see <see cref="PledgeNeed"/>.</param>
/// <param name="Days">Whole days; 15 when left out.</param>
/// <param name="ReminderDays">Days between two reminders of pledges that are due and not kept; 7 when left out.</param>
[Activity("Deliberation.CollectPledges", Description = "Collects pledges of money and labour.", Outcomes = ["TargetMet", "Short"], Category = "Build")]
public sealed record CollectPledgesActivity(Input<string> Title, Input<JsonArray> Needs, Input<int> Days, Input<int> ReminderDays) : IActivity
{
    private const int DefaultDays = 15;

    private static readonly string[] Outcomes = ["TargetMet", "Short"];

    public ActivityResult Execute(ActivityContext context)
    {
        var window = Window.OfDays(context.Calendar(), context.Now, context.Positive(Days, DefaultDays));
        return ActivityResult.Wait(new BookmarkRequest("close", DueAt: window.ClosesAt), new BookmarkRequest("decided"))
            .WithBookmarks(PledgeReminders.Until(context, window.ClosesAt, ReminderDays))
            .WithCommand(new OpenPledgesCommand(
                context.Text(Title, context.DisplayText),
                [.. (context.Evaluate(Needs) ?? []).OfType<JsonObject>().Select(ToNeed)],
                window.OpensAt,
                window.ClosesAt));
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption) => resumption.Name switch
    {
        "reminder" => ActivityResult.Wait().WithCommand(new RemindPledgersCommand(resumption.Key ?? "due")),
        "close" => ActivityResult.Wait().WithCommand(new ClosePledgesCommand()),
        _ when resumption.OutcomeAmong(Outcomes) is { } outcome => ActivityResult.Complete(outcome),
        _ => resumption.UnknownOutcome(),
    };

    private static PledgeNeed ToNeed(JsonObject need) => new(
        need["id"]?.ToString() ?? "",
        need["kind"]?.ToString() ?? "Labour",
        need["text"]?.ToString() ?? "",
        need["quantity"].AsWhole() ?? 1);
}

/// <summary>Keeps reminding people of pledges that are due and not kept, while the works go on. Never ends by itself: a join that waits for the works cancels it.</summary>
/// <param name="EveryDays">Days between two reminders; 7 when left out.</param>
[Activity("Deliberation.RemindPledgers", Description = "Reminds those whose pledges are due.", Category = "Build")]
public sealed record RemindPledgersActivity(Input<int> EveryDays) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Wait(PledgeReminders.Next(context, EveryDays));

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        ActivityResult.Wait(PledgeReminders.Next(context, EveryDays)).WithCommand(new RemindPledgersCommand(resumption.Key ?? "due"));
}

internal static class PledgeReminders
{
    private const int DefaultDays = 7;
    private static readonly TimeOnly Morning = new(9, 0);

    public static IEnumerable<BookmarkRequest> Until(ActivityContext context, DateTimeOffset closesAt, Input<int> everyDays)
    {
        var step = context.Positive(everyDays, DefaultDays);
        for (var days = step; At(context, days) < closesAt; days += step)
        {
            yield return On(context, days);
        }
    }

    /// <summary>One of a series that each keeps going: however late it is found it is not dropped.</summary>
    public static BookmarkRequest Next(ActivityContext context, Input<int> everyDays) => On(context, context.Positive(everyDays, DefaultDays)) with { CatchUp = CatchUp.Once };

    /// <summary>The point's name is the day: each reminder of a series is another message.</summary>
    private static BookmarkRequest On(ActivityContext context, int days)
    {
        var at = At(context, days);
        return new BookmarkRequest("reminder", context.Calendar().DayOf(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), at, CatchUp: CatchUp.Skip);
    }

    private static DateTimeOffset At(ActivityContext context, int days)
    {
        var calendar = context.Calendar();
        return calendar.At(calendar.DayOf(context.Now).AddDays(days), Morning);
    }
}
