using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Outcomes;

/// <summary>What tasks gather for the outcome page, by the names of their fields.</summary>
internal static class OutcomeDraft
{
    private static readonly string[] Fields = ["story", "benefits", "moneyIn", "moneyOut", "upkeepOwner", "reviewOn"];

    public static bool IsAbout(JsonObject data) => Fields.Any(data.ContainsKey);

    /// <summary>Fills what the form gave; the rest stays as it was. Upkeep also goes to the project: without it nothing is closed.</summary>
    public static Task FillOutcomeAsync(this NpgsqlConnection connection, CommunityId community, ProjectId project, JsonObject data, CancellationToken cancellationToken) =>
        connection.RunAsync(
            """
            insert into outcome (community_id, project_id) values (@community, @project) on conflict do nothing;
            update outcome
            set story = coalesce(@story, story), benefits = coalesce(@benefits, benefits),
                money_in_fen = coalesce(@moneyIn, money_in_fen), money_out_fen = coalesce(@moneyOut, money_out_fen),
                upkeep_owner = coalesce(@upkeepOwner, upkeep_owner), upkeep_review_on = coalesce(@reviewOn, upkeep_review_on)
            where community_id = @community and project_id = @project;
            update project set upkeep_owner = coalesce(@upkeepOwner, upkeep_owner), upkeep_review_on = coalesce(@reviewOn, upkeep_review_on)
            where community_id = @community and project_id = @project;
            """,
            new
            {
                community,
                project,
                story = Text(data, "story"),
                benefits = Text(data, "benefits"),
                moneyIn = Fen(data, "moneyIn"),
                moneyOut = Fen(data, "moneyOut"),
                upkeepOwner = Text(data, "upkeepOwner"),
                reviewOn = Day(data, "reviewOn"),
            },
            cancellationToken);

    private static string? Text(JsonObject data, string name) => data[name]?.ToString() is { Length: > 0 } text ? text : null;

    private static long? Fen(JsonObject data, string name) =>
        long.TryParse(data[name]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var fen) ? fen : null;

    private static DateOnly? Day(JsonObject data, string name) =>
        DateOnly.TryParseExact(data[name]?.ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
