using System.Globalization;
using Deliberation.Domain;
using Deliberation.Process.Calendar;

namespace Deliberation.Process.Simulation;

/// <summary>When each stage begins and ends if everybody takes the time that is allowed and nothing is refused.</summary>
public static class LaunchCalendar
{
    private static readonly string[] Dated = ["Visits", "Meeting", "Notice", "Ballot", "Pledges", "Evaluation", "Covenant", "Office", "Outcome"];

    /// <returns>Stages in the order in which they are entered first; empty when the template does not run to its end.</returns>
    public static IReadOnlyList<StageDates> Of(SimulationResult result, WorkingCalendar calendar) => result.IsFinished ? Stages(result, calendar) : [];

    private static List<StageDates> Stages(SimulationResult result, WorkingCalendar calendar)
    {
        var spans = new Dictionary<Stage, (DateTimeOffset Start, DateTimeOffset End, List<Milestone> Milestones)>();
        Stage? current = null;
        foreach (var line in result.Lines)
        {
            if (line.Kind is "Stage" && Enum.TryParse<Stage>(line.Values["stage"]?.ToString(), out var stage))
            {
                current = line.TextKey.EndsWith("entered", StringComparison.Ordinal) ? stage : current;
                var span = spans.GetValueOrDefault(stage, (line.At, line.At, []));
                spans[stage] = (span.Start, line.At, span.Milestones);
            }
            else if (current is { } open && Dated.Contains(line.Kind))
            {
                spans[open].Milestones.Add(ToMilestone(line, calendar));
            }
        }

        return [.. spans
            .OrderBy(span => span.Value.Start)
            .Select(span => ToDates(span.Key, span.Value, calendar))];
    }

    private static StageDates ToDates(Stage stage, (DateTimeOffset Start, DateTimeOffset End, List<Milestone> Milestones) span, WorkingCalendar calendar)
    {
        var (first, last) = (calendar.DayOf(span.Start), calendar.DayOf(span.End.AddTicks(-1)));
        last = last < first ? first : last;
        return new StageDates(stage, first, last, !calendar.IsKnown(first.Year) || !calendar.IsKnown(last.Year), span.Milestones);
    }

    private static Milestone ToMilestone(SimulationLine line, WorkingCalendar calendar)
    {
        var until = line.Values["until"]?.ToString() is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
            : line.At;
        var last = calendar.DayOf(until.AddTicks(-1)); // half-open: 00:00 belongs to the day before
        var first = line.Kind is "Meeting" ? last : calendar.DayOf(line.At);
        return new Milestone(line.Kind, line.Values["title"]?.ToString() ?? "", first, last < first ? first : last, line.Values["roll"]?.ToString())
        {
            Law = line.Values["law"]?.ToString(),
            IsStatutory = line.Values["statutory"]?.GetValue<bool>() is true,
        };
    }
}
