using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;

namespace Deliberation.Process.Simulation;

/// <summary>A message that a project will send.</summary>
/// <param name="At">Outside quiet hours.</param>
/// <param name="Occasion">What it tells: a kind of <see cref="SimulationLine"/>, such as Ballot, Task, Reminder or Escalation.</param>
/// <param name="Title">In the template's words.</param>
/// <param name="Point">Of a reminder: 3wd, 1wd, due, or a day; null for others.</param>
/// <param name="Audience">A ballot's roll; <c>post:</c> and a post's code; <c>Households</c> for all else.</param>
/// <param name="IsIfLate">Goes out only when nobody acts in time.</param>
/// <param name="IsProvisional">The holidays of its year are not announced yet.</param>
public sealed record PlannedSending(DateTimeOffset At, string Occasion, string Title, string? Point, string Audience, bool IsIfLate, bool IsProvisional);

/// <summary>Every message of a project, from the simulation in which everybody acts on the last hour: reminders all go out, and the ladder is worked out for each task.</summary>
public static class MessagePlan
{
    private const string Households = "Households";

    private static readonly string[] Public = ["Visits", "Meeting", "Notice", "Ballot", "Pledges", "Evaluation", "Covenant", "Office", "Outcome"];

    /// <returns>Soonest first.</returns>
    public static IReadOnlyList<PlannedSending> Of(SimulationResult result, WorkingCalendar calendar, LadderSettings ladder)
    {
        List<PlannedSending> plan = [];
        Dictionary<(string Workflow, string Activity), string> audiences = []; // of what the activity opened last
        foreach (var line in result.Lines)
        {
            var title = line.Values["title"]?.ToString() ?? "";
            if (line.Kind is "Task")
            {
                var post = line.Values["post"]!.ToString();
                var due = DateTimeOffset.Parse(line.Values["until"]!.ToString(), CultureInfo.InvariantCulture);
                audiences[(line.Workflow, line.ActivityId)] = Post(post);
                Add(line.At, line.Kind, title, null, Post(post));
                foreach (var informed in line.Values["inform"] as JsonArray ?? [])
                {
                    Add(line.At, "Inform", title, null, Post(informed!.ToString()));
                }

                foreach (var step in ladder.StepsAfter(calendar, due, post))
                {
                    Add(step.At, "Escalation", title, null, Post(step.Post), isIfLate: true);
                }
            }
            else if (Public.Contains(line.Kind))
            {
                var audience = line.Values["roll"]?.ToString() ?? Households;
                audiences[(line.Workflow, line.ActivityId)] = audience;
                Add(line.At, line.Kind, title, null, audience);
            }
            else if (line.Kind is "Reminder")
            {
                Add(line.At, line.Kind, title, line.Values["point"]?.ToString(), audiences.GetValueOrDefault((line.Workflow, line.ActivityId), Households));
            }
        }

        return [.. plan.OrderBy(sending => sending.At)];

        void Add(DateTimeOffset at, string occasion, string title, string? point, string audience, bool isIfLate = false)
        {
            var allowed = calendar.NextAllowed(at);
            plan.Add(new PlannedSending(allowed, occasion, title, point, audience, isIfLate, calendar.IsProvisional(allowed)));
        }
    }

    private static string Post(string code) => "post:" + code;
}
