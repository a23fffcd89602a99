using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>Starts a project from a template. The same key again gives the same project.</summary>
/// <param name="Key">Made when the form is shown, 1–80 characters; a double click launches once.</param>
/// <param name="DraftId">Draft it comes from; marked launched. Null when none.</param>
public sealed record LaunchProject(Caller Caller, CommunityId Community, string Key, LaunchForm Form, Guid? DraftId = null) : ICommand<ProjectId>
{
    public Audience Audience => Audience.Workers;
}
