using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Boards;

/// <summary>A community on the board.</summary>
/// <param name="ByStage">Running projects by stage; a stage without projects is absent.</param>
/// <param name="LastEventAt">Last line on any timeline; null when nothing ever happened.</param>
public sealed record BoardLine(CommunityId Community, string Name, string Subdistrict, int Running, int Closed, int Suspended, int OverdueTasks, IReadOnlyDictionary<Stage, int> ByStage, DateTimeOffset? LastEventAt);

/// <summary>All communities the caller may see, by subdistrict and name.</summary>
/// <param name="Community">Any one of them: opens the door.</param>
public sealed record ListBoard(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<BoardLine>>
{
    public Audience Audience => Audience.Official | Audience.Supervisor | Audience.Admin;
}
