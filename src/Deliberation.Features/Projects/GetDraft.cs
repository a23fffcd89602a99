using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>A draft of the community, to go on with.</summary>
public sealed record GetDraft(Caller Caller, CommunityId Community, Guid DraftId) : IQuery<LaunchDraft>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Drafts not launched yet, newest first.</summary>
public sealed record ListDrafts(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<LaunchDraft>>
{
    public Audience Audience => Audience.Workers;
}
