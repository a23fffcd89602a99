using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>A line of the timeline, to be put into the reader's words.</summary>
/// <param name="At">Of the latest, council time.</param>
/// <param name="Times">How often it was written in a row on one day: forty pledges are one line.</param>
/// <param name="Actor">Name of the member of staff; null when automatic, a resident, or the reader is no staff.</param>
public sealed record TimelineLine(Guid Id, DateTimeOffset At, string Kind, string TextKey, JsonObject Values, bool IsAutomatic, string? Actor, string? Link, int Times);

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
            select (array_agg(e.id order by e.at desc, e.id desc))[1] as id, max(e.at) as at, e.kind, e.text_key, e.values, e.is_automatic, s.display_name as actor, e.link, count(*)::int as times
            from (
                select p.event_id as id, p.at, p.kind, p.text_key, p.values, p.is_automatic, p.actor_id, p.link, (p.at at time zone c.time_zone)::date as day,
                    row_number() over (order by p.at, p.event_id)
                        - row_number() over (partition by p.kind, p.text_key, p.values, p.is_automatic, p.actor_id, p.link order by p.at, p.event_id) as run
                from project_event p join community c using (community_id)
                where p.community_id = @community and p.project_id = @project and (@kind::text is null or p.kind = @kind)
            ) e left join staff s on s.staff_id = e.actor_id
            group by e.kind, e.text_key, e.values, e.is_automatic, e.actor_id, s.display_name, e.link, e.day, e.run
            """,
            "at desc, id desc",
            new { request.Community, request.Project, request.Kind },
            request.Page,
            line => seesNames ? line : line with { Actor = null, Link = line.Link is { } link && link.StartsWith("/staff/", StringComparison.Ordinal) ? null : line.Link },
            cancellationToken);
    }
}
