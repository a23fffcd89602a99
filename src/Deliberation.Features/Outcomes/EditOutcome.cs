using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Outcomes;

/// <summary>Writes the story, the accounts and who keeps it in order. Also filled by the task of kind OutcomeStory.</summary>
/// <param name="UpkeepReviewOn">Day of the first upkeep check, after today.</param>
public sealed record EditOutcome(
    Caller Caller,
    CommunityId Community,
    ProjectId Project,
    string Title,
    string Story,
    string Benefits,
    long MoneyInFen,
    long MoneyOutFen,
    string? UpkeepOwner,
    DateOnly? UpkeepReviewOn) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
