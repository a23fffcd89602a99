using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Meetings;

/// <summary>Adds an item at the end of the agenda.</summary>
/// <returns>The item's id.</returns>
public sealed record AddAgendaItem(Caller Caller, CommunityId Community, Guid Meeting, string Text, string Speaker) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Writes down what was decided on an item, who does it and until when.</summary>
public sealed record RecordAgendaDecision(Caller Caller, CommunityId Community, Guid Meeting, Guid Item, string Decision, string? Owner, DateOnly? DueOn) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
