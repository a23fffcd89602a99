using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Visits;

/// <summary>Notes a visit to a household. Reaching the coverage resumes the workflow, once.</summary>
/// <param name="Outcome">Met, NotHome or Declined.</param>
/// <param name="Wish">What they said; empty when nothing.</param>
/// <returns>Households visited so far.</returns>
public sealed record LogVisit(Caller Caller, CommunityId Community, Guid VisitRound, HouseholdId Household, string Outcome, string Wish) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}
