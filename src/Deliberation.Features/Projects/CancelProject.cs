using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>Cancels a project for good. Open ballots are voided; everybody who voted or is asked to is told.</summary>
public sealed record CancelProject(Caller Caller, CommunityId Community, ProjectId Project, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
