using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Pledges;

/// <summary>A need on the board with its public total.</summary>
/// <param name="Kind">Money (fen), Labour (days); Goods, Space, Vacate, Demolish (pieces).</param>
public sealed record NeedLine(string Id, string Kind, string Text, long Quantity, long Pledged, long Kept, int Pledgers);

/// <summary>A promise on the board.</summary>
/// <param name="Name">Null when the pledger does not show it; staff always see it.</param>
public sealed record PledgeLine(Guid Id, string NeedId, string Kind, long Quantity, string? Name, string Note, DateOnly DueOn, string State, DateTimeOffset MadeAt, string? Proof, bool IsMine, bool IsOverdue);

/// <summary>The pledge board (认领).</summary>
/// <param name="KeptPercent">Kept ÷ made, whole percent cut off; public.</param>
public sealed record PledgeBoardPage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    string Title,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    string State,
    string? Outcome,
    int KeptPercent,
    IReadOnlyList<NeedLine> Needs,
    IReadOnlyList<PledgeLine> Pledges);

/// <summary>The newest pledge board of a project.</summary>
public sealed record GetPledgeBoard(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<PledgeBoardPage>
{
    public Audience Audience => Audience.Everyone;
}
