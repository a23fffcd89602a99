using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Rolls.Tables;
using Deliberation.Process.Calendar;
using Npgsql;

namespace Deliberation.Features.Rolls;

/// <summary>An upload that waits for its confirmation.</summary>
internal sealed record RollImportRow(Guid ImportId, string FileName, byte[]? Content, bool IsComplete, bool HasNewBuildings, string State, System.Text.Json.Nodes.JsonObject? Counts)
{
    /// <summary>A day after the upload (machine time) the file is gone; what was applied stays on record.</summary>
    public const string IsKept = "(state <> 'Waiting' or uploaded_at > clock_timestamp() - interval '24 hours')";

    public static Task<RollImportRow?> FindAsync(NpgsqlConnection connection, CommunityId community, Guid import, bool locks, CancellationToken cancellationToken) =>
        connection.RowAsync<RollImportRow>(
            $"""
            select import_id, file_name, content, is_complete, has_new_buildings, state, counts from roll_import
            where community_id = @community and import_id = @import and {IsKept} {(locks ? "for update" : "")}
            """,
            new { community, import },
            cancellationToken);
}

/// <summary>A table read and laid beside the books.</summary>
internal sealed record ReadImport(RollSheet Sheet, RollDiff Diff, RollProblems Problems)
{
    public static async Task<ReadImport> ReadAsync(
        NpgsqlConnection connection, CommunityId community, RollImportRow import, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var books = await RollBooks.ReadAsync(connection, community, cancellationToken);
        var problems = new RollProblems();
        var rows = TableFile.Read(import.Content ?? [], problems);
        var buildings = import.HasNewBuildings ? new HashSet<string>() : books.Buildings;
        var sheet = RollSheet.Read(rows, buildings, WorkingCalendar.China.DayOf(now).Year, problems);
        var diff = problems.Count == 0 ? new RollComparison(sheet, books, import.IsComplete, problems).Compare() : new RollDiff();
        return new ReadImport(sheet, diff, problems);
    }
}
