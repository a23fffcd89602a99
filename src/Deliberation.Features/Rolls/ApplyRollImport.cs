using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Rolls;

/// <summary>
/// Writes an uploaded table into the books, all or nothing; the same confirmation again changes nothing and answers the same. Frozen rolls stay as they are.
/// Refused with <c>roll.import-gone</c>, <c>roll.has-problems</c>, <c>roll.books-changed</c>, <c>roll.reason-required</c>.
/// </summary>
/// <param name="Fingerprint">Of the preview that was looked at.</param>
/// <param name="Reason">2 to 500 characters; stands in the history of every door.</param>
public sealed record ApplyRollImport(Caller Caller, CommunityId Community, Guid Import, string Fingerprint, string Reason) : ICommand<RollCounts>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Throws an uploaded table away. Refused with <c>roll.import-gone</c>.</summary>
public sealed record DiscardRollImport(Caller Caller, CommunityId Community, Guid Import) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class ApplyRollImportHandler(CouncilSession session) :
    IRequestHandler<ApplyRollImport, Result<RollCounts>>,
    IRequestHandler<DiscardRollImport, Result<Done>>
{
    public async Task<Result<RollCounts>> Handle(ApplyRollImport request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        await RollBooks.LockAsync(connection, request.Community, cancellationToken);
        if (await RollImportRow.FindAsync(connection, request.Community, request.Import, locks: true, cancellationToken) is not { State: not "Discarded" } import)
        {
            return RollRefusals.ImportGone;
        }

        if (import.State == "Applied")
        {
            return CountsOf(import)!;
        }

        if (request.Reason?.Trim() is not { Length: >= 2 and <= 500 } reason)
        {
            return RollRefusals.ReasonRequired;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var read = await ReadImport.ReadAsync(connection, request.Community, import, now, cancellationToken);
        if (read.Problems.Count > 0)
        {
            return RollRefusals.HasProblems(read.Problems.Count);
        }

        if (read.Diff.Fingerprint != request.Fingerprint)
        {
            return RollRefusals.BooksChanged;
        }

        await RollWriting.ApplyAsync(connection, new RollAct(request.Community, request.Caller.Staff!.Value, now, reason, import.ImportId), read.Diff, cancellationToken);
        var lines = read.Diff.Lines.ToLookup(line => line.Kind);
        var counts = new RollCounts(lines[RollDiffKind.New].Count(), lines[RollDiffKind.Changed].Count(), lines[RollDiffKind.Gone].Count(), read.Diff.Same);
        var json = new JsonObject { ["new"] = counts.New, ["changed"] = counts.Changed, ["gone"] = counts.Gone, ["same"] = counts.Same };
        await connection.RunAsync(
            "update roll_import set state = 'Applied', content = null, applied_at = @now, counts = @json where community_id = @Community and import_id = @Import",
            new { request.Community, request.Import, now, json },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ApplyRollImport), $"roll-import:{request.Import}", now, cancellationToken, reason, json.DeepClone().AsObject());
        return counts;
    }

    public async Task<Result<Done>> Handle(DiscardRollImport request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.RunAsync(
            "update roll_import set state = 'Discarded', content = null where community_id = @Community and import_id = @Import and state = 'Waiting'",
            new { request.Community, request.Import },
            cancellationToken) == 0)
        {
            return RollRefusals.ImportGone;
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(DiscardRollImport), $"roll-import:{request.Import}", await connection.CouncilNowAsync(cancellationToken), cancellationToken);
        return Done.Value;
    }

    /// <returns>Null when it was not applied.</returns>
    internal static RollCounts? CountsOf(RollImportRow import) => import.Counts is not { } counts
        ? null
        : new RollCounts(counts["new"]!.GetValue<int>(), counts["changed"]!.GetValue<int>(), counts["gone"]!.GetValue<int>(), counts["same"]!.GetValue<int>());
}
