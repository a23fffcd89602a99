using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>A project in a list.</summary>
/// <param name="OverdueTasks">Open tasks past their due instant.</param>
/// <param name="NextDueAt">Next due instant among open tasks and windows; null when none.</param>
public sealed record ProjectLine(
    ProjectId Id,
    string Title,
    string State,
    Stage? Stage,
    string TemplateId,
    DateTimeOffset? LaunchedAt,
    DateTimeOffset? ClosedAt,
    int OverdueTasks,
    DateTimeOffset? NextDueAt);

/// <summary>The community's projects, running ones first, newest first.</summary>
/// <param name="State">Only this state; null = all but drafts.</param>
/// <param name="Search">Part of a title; null or empty = all.</param>
public sealed record ListProjects(Caller Caller, CommunityId Community, string? State, Stage? Stage, string? Search, PageRequest Page) : IQuery<Paged<ProjectLine>>
{
    public Audience Audience => Audience.Everyone;
}
