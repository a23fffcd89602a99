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

    /// <returns>Stages and, within each, its dated steps, empty when the template does not run to its end; and all messages.</returns>
    public static async Task<(IReadOnlyList<CalendarLine> Calendar, IReadOnlyList<PlannedSending> Messages)> PlayAsync(
        NpgsqlConnection connection, WorkflowDefinitions stored, WorkingCalendar working, TemplateRow template, JsonObject inputs, DateTimeOffset startsAt, CancellationToken cancellationToken)
    {
        var definitions = (await stored.GetAllPublishedAsync(connection, cancellationToken)).Select(Copy).ToList();
        var top = definitions.Single(definition => definition.DefinitionId == template.DefinitionId);
        var facts = ProcessFacts.Of(working);
        var result = ProjectSimulation.Run(top, [.. definitions.Where(definition => definition != top)], startsAt, new Scenario { Inputs = inputs }, facts);
        return (
            [.. LaunchCalendar.Of(result, working).SelectMany(dates => Lines(dates, working))],
            result.IsFinished ? MessagePlan.Of(result, working, facts.OfType<LadderSettings>().Single()) : []);
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
        var (calendar, _) = await PlayAsync(connection, stored, working, template, inputs, now, cancellationToken);
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

    /// <summary>What goes out when, to how many as of today: a reminder reaches at most so many, and fewer as people act. Soonest first.</summary>
    /// <param name="posts">Of the community: a post's messages go to one person, none while it is vacant.</param>
    public static IReadOnlyList<PlannedMessage> Messages(
        IReadOnlyList<PlannedSending> sendings, WorkingCalendar working, IReadOnlyList<PostCover> posts, RollCount roll, string title, DateTimeOffset startsAt) =>
    [
        new(working.NextAllowed(startsAt), "project.message.launched", new JsonObject { ["title"] = title }, "launch.audience.households", roll.Households),
        .. sendings.Select(sending =>
        {
            var (audience, recipients) = sending.Audience switch
            {
                ['p', 'o', 's', 't', ':', .. var post] => ("post." + post, posts.Any(cover => cover.PostCode == post && cover.Holders.Count + cover.Substitutes.Count > 0) ? 1 : 0),
                "Owners" => ("launch.audience.owners", roll.Owners),
                "Residents" => ("launch.audience.residents", roll.Residents),
                "Members" => ("launch.audience.members", (int?)null),
                "Merchants" => ("launch.audience.merchants", roll.Merchants),
                "AwayWorkers" => ("launch.audience.away", roll.AwayWorkers),
                _ => ("launch.audience.households", roll.Households),
            };
            return new PlannedMessage(sending.At, "launch.message-line", new JsonObject { ["kind"] = sending.Occasion, ["title"] = sending.Title }, audience, recipients)
            {
                IsIfLate = sending.IsIfLate,
                IsProvisional = sending.IsProvisional,
                IsAtMost = sending.Occasion is "Reminder" && recipients > 1,
            };
        }),
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
