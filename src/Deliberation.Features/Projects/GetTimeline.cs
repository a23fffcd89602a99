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

internal sealed class GetTimelineHandler(CouncilSession session) : IRequestHandler<GetTimeline, Result<Paged<TimelineLine>>>
{
    public async Task<Result<Paged<TimelineLine>>> Handle(GetTimeline request, CancellationToken cancellationToken)
    {
        var seesNames = request.Caller.Kind is CallerKind.Staff or CallerKind.Admin or CallerKind.Supervisor;
        return await session.Connection.PageAsync<TimelineLine, TimelineLine>(
            """
            select e.event_id as id, e.at, e.kind, e.text_key, e.values, e.is_automatic, s.display_name as actor, e.link
            from project_event e left join staff s on s.staff_id = e.actor_id
            where e.community_id = @community and e.project_id = @project and (@kind::text is null or e.kind = @kind)
            """,
            "at desc, id desc",
            new { request.Community, request.Project, request.Kind },
            request.Page,
            line => seesNames ? line : line with { Actor = null, Link = line.Link is { } link && link.StartsWith("/staff/", StringComparison.Ordinal) ? null : line.Link },
            cancellationToken);
    }
}
