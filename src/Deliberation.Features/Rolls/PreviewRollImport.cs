using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Rolls;

/// <summary>What an uploaded table would do, and everything wrong with it. Refused with <c>roll.import-gone</c>.</summary>
public sealed record PreviewRollImport(Caller Caller, CommunityId Community, Guid Import) : IQuery<RollPreview>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="State">Waiting, Applied or Discarded.</param>
/// <param name="Problems">The first of <paramref name="ProblemCount"/>, by row.</param>
/// <param name="New">Lines of this kind in all; likewise the others.</param>
/// <param name="Lines">The first 100 of each kind.</param>
/// <param name="Fingerprint">Goes back with the confirmation: it confirms this and nothing else.</param>
public sealed record RollPreview(
    Guid Id,
    string FileName,
    bool IsComplete,
    bool HasNewBuildings,
    string State,
    int ProblemCount,
    IReadOnlyList<RollProblem> Problems,
    int New,
    int Changed,
    int Gone,
    int Same,
    IReadOnlyList<RollDiffLine> Lines,
    string Fingerprint,
    RollCounts? Applied);

/// <summary>What an import did.</summary>
public sealed record RollCounts(int New, int Changed, int Gone, int Same);

internal sealed class PreviewRollImportHandler(CouncilSession session) : IRequestHandler<PreviewRollImport, Result<RollPreview>>
{
    private const int MostLines = 100;

    public async Task<Result<RollPreview>> Handle(PreviewRollImport request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await RollImportRow.FindAsync(connection, request.Community, request.Import, locks: false, cancellationToken) is not { State: not "Discarded" } import)
        {
            return RollRefusals.ImportGone;
        }

        if (import.State == "Applied")
        {
            return new RollPreview(
                import.ImportId, import.FileName, import.IsComplete, import.HasNewBuildings, import.State, 0, [], 0, 0, 0, 0, [], "", ApplyRollImportHandler.CountsOf(import));
        }

        var read = await ReadImport.ReadAsync(connection, request.Community, import, await connection.CouncilNowAsync(cancellationToken), cancellationToken);
        var lines = read.Diff.Lines.ToLookup(line => line.Kind);
        return new RollPreview(
            import.ImportId,
            import.FileName,
            import.IsComplete,
            import.HasNewBuildings,
            import.State,
            read.Problems.Count,
            read.Problems.Kept,
            lines[RollDiffKind.New].Count(),
            lines[RollDiffKind.Changed].Count(),
            lines[RollDiffKind.Gone].Count(),
            read.Diff.Same,
            [.. lines[RollDiffKind.Gone].Take(MostLines), .. lines[RollDiffKind.Changed].Take(MostLines), .. lines[RollDiffKind.New].Take(MostLines)],
            read.Diff.Fingerprint,
            null);
    }
}
