using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Templates;
using Deliberation.Process.Calendar;
using Npgsql;

namespace Deliberation.Features.Projects;

/// <summary>The calendar of a launch before it happens.</summary>
internal static class LaunchPlan
{
    /// <summary>One row a stage with its planned days; a stage that the template leaves out has none.</summary>
    public static async Task WriteStagesAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, TemplateRow template, JsonObject inputs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var calendar = Calendar(template, inputs, now);
        foreach (var stage in TemplateInputs.Stages(template.Content))
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
                    start = lines.Count == 0 ? (DateOnly?)null : WorkingCalendar.China.DayOf(lines.Min(line => line.StartsAt)),
                    end = lines.Count == 0 ? (DateOnly?)null : WorkingCalendar.China.DayOf(lines.Max(line => line.EndsAt).AddMilliseconds(-1)),
                },
                cancellationToken);
        }
    }

    public static IReadOnlyList<CalendarLine> Calendar(TemplateRow template, JsonObject inputs, DateTimeOffset startsAt) => [];

    public static IReadOnlyList<PlannedMessage> Messages(IReadOnlyList<CalendarLine> calendar, int households, int owners) => [];
}
