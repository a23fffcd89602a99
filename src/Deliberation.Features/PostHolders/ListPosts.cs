using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.PostHolders;

/// <summary>A post and its people.</summary>
/// <param name="Holder">Null while it is vacant; the first when several hold it.</param>
/// <param name="IsAway">The holder is absent now.</param>
/// <param name="Substitutes">Names.</param>
/// <param name="OpenTasks">Tasks for which it is accountable now.</param>
public sealed record PostLine(string Post, StaffId? Holder, string? HolderName, DateTimeOffset? HeldFrom, bool IsAway, IReadOnlyList<string> Substitutes, int OpenTasks);

/// <summary>When somebody is away, as half-open instants.</summary>
public sealed record AbsenceLine(string Name, DateTimeOffset From, DateTimeOffset Until);

public sealed record PostsPage(IReadOnlyList<PostLine> Posts, IReadOnlyList<AbsenceLine> Absences, IReadOnlyList<Colleague> Staff);

/// <summary>The posts of a community, the ladder first.</summary>
public sealed record ListPosts(Caller Caller, CommunityId Community) : IQuery<PostsPage>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class ListPostsHandler(CouncilSession session) : IRequestHandler<ListPosts, Result<PostsPage>>
{
    public async Task<Result<PostsPage>> Handle(ListPosts request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var values = new { request.Community, now = await connection.CouncilNowAsync(cancellationToken) };
        var posts = await connection.RowsAsync<Row>(
            """
            with held as (
                select h.post_code, h.staff_id, s.display_name, h.held_from, h.is_substitute
                from post_holder h join staff s using (staff_id)
                where h.community_id = @Community and s.is_enabled and h.held_from <= @now and (h.held_until is null or h.held_until > @now))
            select p.post_code as post, h.staff_id as holder, h.display_name as holder_name, h.held_from,
                exists (
                    select from staff_absence a
                    where a.community_id = p.community_id and a.staff_id = h.staff_id and a.absent_from <= @now and a.absent_until > @now) as is_away,
                array(select display_name from held where post_code = p.post_code and is_substitute order by 1) as substitutes,
                (select count(*)::int from work_task t where t.community_id = p.community_id and t.post_code = p.post_code and t.state = 'Open') as open_tasks
            from post p
            left join lateral (select * from held where post_code = p.post_code and not is_substitute order by held_from, staff_id limit 1) h on true
            where p.community_id = @Community
            order by p.rung nulls last, p.post_code
            """,
            values,
            cancellationToken);
        var absences = await connection.RowsAsync<AbsenceLine>(
            """
            select s.display_name as name, a.absent_from as "from", a.absent_until as until from staff_absence a join staff s using (staff_id)
            where a.community_id = @Community and a.absent_until > @now order by a.absent_from, name
            """,
            values,
            cancellationToken);
        var staff = await connection.RowsAsync<Colleague>(
            """
            select s.staff_id as id, s.display_name as name from staff_scope c join staff s using (staff_id)
            where c.community_id = @Community and s.is_enabled and s.kind in ('Staff', 'Admin') order by name
            """,
            values,
            cancellationToken);
        return new PostsPage([.. posts.Select(row => new PostLine(row.Post, row.Holder, row.HolderName, row.HeldFrom, row.IsAway, row.Substitutes, row.OpenTasks))], absences, staff);
    }

    private sealed record Row(string Post, StaffId? Holder, string? HolderName, DateTimeOffset? HeldFrom, bool IsAway, string[] Substitutes, int OpenTasks);
}
