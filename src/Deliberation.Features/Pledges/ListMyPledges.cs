using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Pledges;

public sealed record MyPledge(Guid Id, ProjectId Project, string ProjectTitle, string Kind, string Text, long Quantity, DateOnly DueOn, string State, bool IsOverdue);

/// <summary>The calling resident's promises, open ones first.</summary>
public sealed record ListMyPledges(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<MyPledge>>
{
    public Audience Audience => Audience.Resident;
}
