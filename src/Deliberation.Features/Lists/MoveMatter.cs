using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Lists;

/// <summary>Puts a matter on a list. Refused with <c>department.unknown</c>, <c>list.unknown</c>, <c>matter.title-length</c>, <c>matter.reason-length</c>.</summary>
/// <param name="Title">2 to 120 characters.</param>
/// <param name="Reason">Where it comes from, 1 to 300 characters.</param>
/// <param name="DueOn">Last day, inclusive; null = none. A day that is over makes it overdue at once.</param>
public sealed record AddMatter(Caller Caller, CommunityId Community, Guid Department, int? List, string? Title, string? Reason, DateOnly? DueOn) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Moves a matter to another list of its department, or closes it. Refused with <c>matter.closed</c>, <c>list.unknown</c>, <c>list.same</c>, <c>matter.reason-length</c>.</summary>
/// <param name="List">Number of the list; null = closed.</param>
/// <param name="Reason">1 to 300 characters.</param>
public sealed record MoveMatter(Caller Caller, CommunityId Community, Guid Matter, int? List, string? Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class MoveMatterHandler(CouncilSession session) : IRequestHandler<AddMatter, Result<Guid>>, IRequestHandler<MoveMatter, Result<Done>>
{
    private const string AddMove =
        """
        insert into matter_move (community_id, matter_id, move_no, from_list, to_list, reason, moved_at, moved_by)
        select @Community, @matter, 1 + (select count(*) from matter_move where community_id = @Community and matter_id = @matter), @from::smallint, @to::smallint, @reason, @now, @Staff
        """;

    public async Task<Result<Guid>> Handle(AddMatter request, CancellationToken cancellationToken)
    {
        if (request.Title?.Trim() is not { Length: >= 2 and <= 120 } title)
        {
            return ListRefusals.TitleLength;
        }

        if (request.Reason?.Trim() is not { Length: >= 1 and <= 300 } reason)
        {
            return ListRefusals.ReasonLength;
        }

        var connection = session.Connection;
        if (await connection.LockActiveDepartmentAsync(request.Community, request.Department, cancellationToken) is null)
        {
            return DepartmentRefusals.Unknown;
        }

        if (!await IsListAsync(request.Community, request.Department, request.List, cancellationToken))
        {
            return ListRefusals.Unknown;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var matter = Guid.CreateVersion7();
        await connection.RunAsync(
            $"""
            insert into tracked_matter (community_id, matter_id, department_id, list_no, title, due_on, added_at) values (@Community, @matter, @Department, @to::smallint, @title, @DueOn, @now);
            {AddMove}
            """,
            new { request.Community, matter, request.Department, from = (int?)null, to = request.List, title, request.DueOn, reason, now, request.Caller.Staff },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AddMatter), $"matter:{matter}", now, cancellationToken, reason, new JsonObject { ["list"] = request.List });
        return matter;
    }

    public async Task<Result<Done>> Handle(MoveMatter request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.RowAsync<MatterRow>(
            """
            select m.department_id, m.list_no::int from tracked_matter m join department using (community_id, department_id)
            where m.community_id = @Community and m.matter_id = @Matter
            for update -- the department too: neither its lists change meanwhile, nor is a pack made that would miss the move
            """,
            new { request.Community, request.Matter }, cancellationToken)
            is not { } matter)
        {
            return AccessRefusals.NotFound;
        }

        if (matter.ListNo is not { } from)
        {
            return ListRefusals.Closed;
        }

        if (request.List == from)
        {
            return ListRefusals.SameList;
        }

        if (request.List is not null && !await IsListAsync(request.Community, matter.DepartmentId, request.List, cancellationToken))
        {
            return ListRefusals.Unknown;
        }

        if (request.Reason?.Trim() is not { Length: >= 1 and <= 300 } reason)
        {
            return ListRefusals.ReasonLength;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.RunAsync(
            $"""
            update tracked_matter set list_no = @to::smallint, closed_at = case when @to::smallint is null then @now::timestamptz end where community_id = @Community and matter_id = @matter;
            {AddMove}
            """,
            new { request.Community, matter = request.Matter, from, to = request.List, reason, now, request.Caller.Staff },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(MoveMatter), $"matter:{request.Matter}", now, cancellationToken, reason, new JsonObject { ["from"] = from, ["to"] = request.List });
        return Done.Value;
    }

    private Task<bool> IsListAsync(CommunityId community, Guid department, int? list, CancellationToken cancellationToken) =>
        session.Connection.ScalarAsync<bool>(
            "select exists (select from tracked_list where community_id = @community and department_id = @department and list_no = @list::int)", new { community, department, list }, cancellationToken);

    private sealed record MatterRow(Guid DepartmentId, int? ListNo);
}
