using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Asks the accountable person to hurry (催办), with a reason; once a day for each task.</summary>
public sealed record UrgeTask(Caller Caller, CommunityId Community, TaskId Task, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers | Audience.Official;
}
