using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notices;

public sealed record NoticeLine(Guid Id, ProjectId Project, string ProjectTitle, string Kind, string Title, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, string State, string? Outcome, int OpenObjections);

/// <summary>Notices, running ones first by closing instant, then newest first.</summary>
/// <param name="RunningOnly">Only those not decided.</param>
public sealed record ListNotices(Caller Caller, CommunityId Community, ProjectId? Project, bool RunningOnly, PageRequest Page) : IQuery<Paged<NoticeLine>>
{
    public Audience Audience => Audience.Everyone;
}
