using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Access;

/// <summary>A sign-in.</summary>
/// <param name="Communities">Codes, in order.</param>
/// <param name="Posts">Posts held now, as <c>community/post</c>.</param>
public sealed record StaffLine(string Login, string DisplayName, string Kind, bool IsEnabled, string[] Communities, string[] Posts);

/// <summary>All sign-ins, of all communities. The operator asks on the machine.</summary>
public sealed record ListStaff : IQuery<IReadOnlyList<StaffLine>>
{
    public Caller Caller => Caller.System;

    public CommunityId Community => new(0);

    public Audience Audience => Audience.None; // only the product itself
}

internal sealed class ListStaffHandler(CouncilSession session) : IRequestHandler<ListStaff, Result<IReadOnlyList<StaffLine>>>
{
    public async Task<Result<IReadOnlyList<StaffLine>>> Handle(ListStaff request, CancellationToken cancellationToken) =>
        new Result<IReadOnlyList<StaffLine>>.Accepted(await session.Connection.RowsAsync<StaffLine>(
            """
            select s.login, s.display_name, s.kind, s.is_enabled,
                array(select c.code from staff_scope x join community c using (community_id) where x.staff_id = s.staff_id order by c.community_id) as communities,
                array(select c.code || '/' || h.post_code from post_holder h join community c using (community_id)
                      where h.staff_id = s.staff_id and h.held_from <= council_now() and (h.held_until is null or h.held_until > council_now())
                      order by c.community_id, h.post_code) as posts
            from staff s order by s.login
            """,
            new { },
            cancellationToken));
}
