using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

namespace Deliberation.Tests.Process;

/// <summary>A visit of one activity outside any workflow: literals, the default facts, a time of choice.</summary>
internal sealed class StepContext(string localTime) : ActivityContext
{
    public static readonly WorkingCalendar Calendar = WorkingCalendar.China;

    public DateTimeOffset Time { get; set; } = Local(localTime);

    public JsonObject Memory { get; set; } = [];

    public override DateTimeOffset Now => Time;

    public override string InstanceId => "instance";

    public override string ActivityId => "activity";

    public override string VisitId => "visit";

    public override string DisplayText => "Display";

    public override JsonObject State => Memory;

    /// <summary>An instant from wall-clock time in Shanghai: <c>2026-11-25 18:00</c>.</summary>
    public static DateTimeOffset Local(string text) => DateTimeOffset.Parse(text + "+08:00", System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();

    public static string Shown(DateTimeOffset? instant) =>
        instant?.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture) ?? "";

    public override T? Evaluate<T>(Input<T> input)
        where T : default =>
        input.Value is null ? default : input.Value.Deserialize<T>();

    public override TFact Fact<TFact>() => ProcessFacts.Default.OfType<TFact>().Single();
}
