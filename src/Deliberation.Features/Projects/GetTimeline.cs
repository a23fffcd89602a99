using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>A line of the timeline, to be put into the reader's words.</summary>
/// <param name="Actor">Name of the member of staff; null when automatic, a resident, or the reader is no staff.</param>
public sealed record TimelineLine(Guid Id, DateTimeOffset At, string Kind, string TextKey, JsonObject Values, bool IsAutomatic, string? Actor, string? Link);

/// <summary>What happened in a project, newest first.</summary>
/// <param name="Kind">Only this kind; null = all.</param>
public sealed record GetTimeline(Caller Caller, CommunityId Community, ProjectId Project, string? Kind, PageRequest Page) : IQuery<Paged<TimelineLine>>
{
    public Audience Audience => Audience.Everyone;
}
