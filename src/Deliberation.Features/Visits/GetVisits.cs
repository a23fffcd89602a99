using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Visits;

/// <summary>A household on the visiting list.</summary>
/// <param name="LastOutcome">Met, NotHome, Declined; null = not visited yet.</param>
public sealed record VisitLine(HouseholdId Household, string Building, string Door, int Visits, string? LastOutcome, DateTimeOffset? LastAt);

/// <summary>A round of household visits (走访).</summary>
/// <param name="VisitedCount">Households met at least once, or that declined.</param>
public sealed record VisitsPage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    int CoveragePercent,
    int HouseholdCount,
    int VisitedCount,
    int NeededCount,
    DateTimeOffset StartsAt,
    DateTimeOffset UntilAt,
    string State,
    IReadOnlyList<VisitLine> Households);

/// <summary>The newest round of visits of a project.</summary>
public sealed record GetVisits(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<VisitsPage>
{
    public Audience Audience => Audience.Readers;
}
