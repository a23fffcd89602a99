using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Outcomes;

/// <summary>The outcome story (成果).</summary>
/// <param name="State">Draft (shown to staff only) or Published.</param>
public sealed record OutcomePage(
    ProjectId Project,
    string ProjectTitle,
    string Title,
    string Story,
    string Benefits,
    long MoneyInFen,
    long MoneyOutFen,
    string? UpkeepOwner,
    DateOnly? UpkeepReviewOn,
    string State,
    DateTimeOffset? PublishedAt);

public sealed record GetOutcome(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<OutcomePage>
{
    public Audience Audience => Audience.Everyone;
}
