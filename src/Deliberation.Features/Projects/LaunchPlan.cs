using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Templates;
using Deliberation.Postgres.Workflows;
using Deliberation.Process.Calendar;
using Deliberation.Process.Simulation;
using Deliberation.Workflows.Definitions;
using Npgsql;

namespace Deliberation.Features.Projects;

/// <summary>The calendar of a launch before it happens: the template played on a skipped clock, everybody taking the time allowed.</summary>
internal static class LaunchPlan
{
    private const string LineKey = "launch.line.";
    private const string StageKey = LineKey + "Stage";

    /// <returns>Stages and, within each, its dated steps; empty when the template does not run to its end.</returns>
    public static async Task<IReadOnlyList<CalendarLine>> CalendarAsync(
        NpgsqlConnection connection, WorkflowDefinitions stored, WorkingCalendar working, TemplateRow template, JsonObject inputs, DateTimeOffset startsAt, CancellationToken cancellationToken)
    {
        var definitions = (await stored.GetAllPublishedAsync(connection, cancellationToken)).Select(Copy).ToList();
        var top = definitions.Single(definition => definition.DefinitionId == template.DefinitionId);
        return [.. LaunchCalendar.Of(top, [.. definitions.Where(definition => definition != top)], inputs, startsAt, ProcessFacts.Of(working)).SelectMany(dates => Lines(dates, working))];
    }

    /// <summary>One row a stage with its planned days; a stage that the template leaves out has none.</summary>
    public static async Task WriteStagesAsync(
        NpgsqlConnection connection,
        WorkflowDefinitions stored,
        CommunityId community,
        ProjectId project,
        TemplateRow template,
        JsonObject inputs,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // Playing a year takes a while on a busy machine; only the new project is locked meanwhile.
        await connection.RunAsync("set local idle_in_transaction_session_timeout = '60s'", new { }, cancellationToken);
        var working = await connection.CalendarAsync(community, cancellationToken);
        var calendar = await CalendarAsync(connection, stored, working, template, inputs, now, cancellationToken);
        var stages = calendar.Count > 0 ? calendar.Select(line => line.Stage).OfType<Stage>().Distinct() : TemplateInputs.Stages(template.Content);
        foreach (var stage in stages)
        {
            var lines = calendar.Where(line => line.Stage == stage).ToList();
            await connection.RunAsync(
                """
                insert into project_stage (community_id, project_id, stage, planned_start, planned_end)
                values (@community, @project, @stage, @start, @end)
                """,
                new
                {
                    community,
                    project,
                    stage = stage.ToString(),
                    start = lines.Count == 0 ? (DateOnly?)null : working.DayOf(lines.Min(line => line.StartsAt)),
                    end = lines.Count == 0 ? (DateOnly?)null : working.DayOf(lines.Max(line => line.EndsAt).AddMilliseconds(-1)),
                },
                cancellationToken);
        }
    }

    /// <summary>What goes out when: one message to each household at the launch and as a step begins, a ballot's to its own roll. Reminders and tasks depend on who has acted. Soonest first: stages overlap.</summary>
    public static IReadOnlyList<PlannedMessage> Messages(IReadOnlyList<CalendarLine> calendar, WorkingCalendar working, RollCount roll, string title, DateTimeOffset startsAt) =>
    [
        new(working.NextAllowed(startsAt), "project.message.launched", new JsonObject { ["title"] = title }, "launch.audience.households", roll.Households),
        .. calendar.Where(line => line.TextKey != StageKey).Select(line =>
        {
            var (audience, recipients) = line.Roll switch
            {
                "Owners" => ("owners", roll.Owners),
                "Residents" => ("residents", roll.Residents),
                "Members" => ("members", (int?)null),
                "Merchants" => ("merchants", roll.Merchants),
                "AwayWorkers" => ("away", roll.AwayWorkers),
                _ => ("households", roll.Households),
            };
            return new PlannedMessage(
                working.NextAllowed(line.StartsAt), "launch.message-line", new JsonObject { ["kind"] = line.TextKey[LineKey.Length..], ["title"] = line.Text },
                "launch.audience." + audience, recipients);
        }).OrderBy(message => message.At ?? DateTimeOffset.MaxValue),
    ];

    private static IEnumerable<CalendarLine> Lines(StageDates dates, WorkingCalendar working) =>
        dates.Milestones
            .Select(step => Line(dates.Stage, LineKey + step.Kind, step.Title, step.Start, step.End, working) with
            {
                Roll = step.Roll, Law = step.Law, IsPaperOnly = step.IsStatutory, Season = step.Kind is "Meeting" ? working.SeasonOf(step.Start)?.Name : null,
            })
            .Prepend(Line(dates.Stage, StageKey, "", dates.Start, dates.End, working));

    private static CalendarLine Line(Stage stage, string key, string text, DateOnly first, DateOnly last, WorkingCalendar working) =>
        new(stage, key, text, working.At(first, TimeOnly.MinValue), working.EndOf(last), IsClash: last < first)
        {
            IsProvisional = !working.IsKnown(first.Year) || !working.IsKnown(last.Year),
        };

    /// <summary>The simulation compiles for its own engine: what the product runs stays as it is.</summary>
    private static WorkflowDefinition Copy(WorkflowDefinition stored) => new()
    {
        Id = stored.Id,
        DefinitionId = stored.DefinitionId,
        Name = stored.Name,
        Version = stored.Version,
        Source = stored.Source,
        Resolver = stored.Resolver,
    };
}
