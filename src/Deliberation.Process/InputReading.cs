using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process;

/// <summary>How the council's activities read their inputs: an input left out takes the activity's own default.</summary>
internal static class InputReading
{
    public static string Text(this ActivityContext context, Input<string> input, string fallback) =>
        context.Evaluate(input) is { Length: > 0 } text ? text : fallback;

    /// <summary>A number of at least 1; 0 and an input left out mean the default.</summary>
    public static int Positive(this ActivityContext context, Input<int> input, int fallback) =>
        context.Evaluate(input) is var number and > 0 ? number : fallback;

    public static IReadOnlyList<string> Texts(this ActivityContext context, Input<JsonArray> input) =>
        [.. (context.Evaluate(input) ?? []).Select(AsText).OfType<string>()];

    /// <summary>The outcome an answer names, when it is one of the activity's.</summary>
    public static string? OutcomeAmong(this Resumption resumption, IReadOnlyCollection<string> outcomes) =>
        resumption.Input?["outcome"]?.GetValue<string>() is { } outcome && outcomes.Contains(outcome) ? outcome : null;

    public static ActivityResult UnknownOutcome(this Resumption resumption) =>
        ActivityResult.Failed($"'{resumption.Name}' was answered with an outcome that this activity does not have: {resumption.Input?["outcome"]?.ToJsonString() ?? "none"}.");

    /// <summary>A resident or an item may stand as its id or as an object with an id.</summary>
    public static string? AsText(this JsonNode? item) => item switch
    {
        JsonObject named => named["id"]?.ToString(),
        null => null,
        _ => item.ToString(),
    };

    /// <summary>A whole number, however the JSON holds it: an expression answers with a double. Null when there is none.</summary>
    public static long? AsWhole(this JsonNode? node) =>
        decimal.TryParse(node?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? (long)number : null;

    public static JsonArray ToJson(this IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)text)];

    public static WorkingCalendar Calendar(this ActivityContext context) => context.Fact<WorkingCalendar>();

    /// <summary>Reminders of a window, as timers that are dropped when they come too late.</summary>
    public static IEnumerable<BookmarkRequest> WindowReminders(this ActivityContext context, DateTimeOffset closesAt) =>
        context.Fact<ReminderSettings>().ForWindow(context.Calendar(), context.Now, closesAt).Select(ToBookmark);

    public static BookmarkRequest ToBookmark((string Point, DateTimeOffset At) reminder) =>
        new("reminder", reminder.Point, reminder.At, CatchUp: CatchUp.Skip);
}
