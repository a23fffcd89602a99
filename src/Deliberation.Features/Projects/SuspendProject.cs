using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>Suspends a running project (暂停): no timer fires until it is resumed. Everybody who voted or is asked to is told.</summary>
/// <param name="ResumeOn">Planned day of resumption, after today.</param>
public sealed record SuspendProject(Caller Caller, CommunityId Community, ProjectId Project, string Reason, DateOnly ResumeOn) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
