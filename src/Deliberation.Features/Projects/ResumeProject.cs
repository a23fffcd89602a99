using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>Resumes a suspended project: every due instant moves by the time suspended, legal periods excepted.</summary>
public sealed record ResumeProject(Caller Caller, CommunityId Community, ProjectId Project) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
