using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Covenants;

public sealed record ClauseComment(string Name, string Text, DateTimeOffset MadeAt);

/// <summary>A clause with what it was before.</summary>
/// <param name="Before">Text before the last change; null when never changed.</param>
public sealed record ClauseLine(int No, string Text, int Version, bool IsRemoved, string? Before, IReadOnlyList<ClauseComment> Comments);

/// <summary>A covenant's page (公约).</summary>
/// <param name="SignaturesByBuilding">Cells below 5 are null.</param>
public sealed record CovenantPage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    string Kind,
    string Title,
    DateTimeOffset CommentsUntil,
    DateTimeOffset DueAt,
    string State,
    int? AdoptedVersion,
    string? Sha256,
    bool MayComment,
    bool IsSignedByMe,
    int Signatures,
    IReadOnlyDictionary<string, int?> SignaturesByBuilding,
    IReadOnlyList<ClauseLine> Clauses);

public sealed record GetCovenant(Caller Caller, CommunityId Community, Guid Covenant) : IQuery<CovenantPage>
{
    public Audience Audience => Audience.Everyone;
}

public sealed record CovenantSummary(Guid Id, ProjectId Project, string Title, string State, DateTimeOffset CommentsUntil, int? AdoptedVersion, bool IsSignedByMe);

public sealed record ListCovenants(Caller Caller, CommunityId Community, ProjectId? Project) : IQuery<IReadOnlyList<CovenantSummary>>
{
    public Audience Audience => Audience.Everyone;
}
