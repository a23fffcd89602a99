using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Lists;

/// <summary>
/// Names the lists of a department (三张清单); nothing fixes their names or number. The first name is list 1, and a list keeps its matters under a new name.
/// Refused with <c>department.unknown</c>, <c>list.count</c>, <c>list.name-length</c>, <c>list.not-empty</c>.
/// </summary>
/// <param name="Names">1 to 9, each 1 to 30 characters; a list that has matters, or had some, cannot be left out.</param>
public sealed record NameLists(Caller Caller, CommunityId Community, Guid Department, IReadOnlyList<string> Names) : ICommand<Done>
{
    /// <summary>So many lists has a department usually.</summary>
    public const int Usual = 3;

    public Audience Audience => Audience.Workers;
}

internal sealed class NameListsHandler(CouncilSession session) : IRequestHandler<NameLists, Result<Done>>
{
    private const int Most = 9;

    public async Task<Result<Done>> Handle(NameLists request, CancellationToken cancellationToken)
    {
        var names = request.Names.Select(name => name.Trim()).Where(name => name.Length > 0).ToArray();
        if (names.Length is 0 or > Most)
        {
            return ListRefusals.Count;
        }

        if (names.Any(name => name.Length > 30) || names.Distinct().Count() < names.Length)
        {
            return ListRefusals.NameLength;
        }

        var connection = session.Connection;
        if (await connection.LockActiveDepartmentAsync(request.Community, request.Department, cancellationToken) is null)
        {
            return DepartmentRefusals.Unknown;
        }

        if (await connection.ScalarAsync<bool>(
            """
            select exists (
                select from tracked_matter m join matter_move v using (community_id, matter_id)
                where m.community_id = @Community and m.department_id = @Department and greatest(m.list_no, v.from_list, v.to_list) > @count)
            """,
            new { request.Community, request.Department, count = names.Length },
            cancellationToken))
        {
            return ListRefusals.NotEmpty;
        }

        await connection.RunAsync(
            """
            delete from tracked_list where community_id = @Community and department_id = @Department and list_no > cardinality(@names);
            insert into tracked_list (community_id, department_id, list_no, name)
            select @Community, @Department, n.place, n.name from unnest(@names) with ordinality n (name, place)
            on conflict (community_id, department_id, list_no) do update set name = excluded.name
            """,
            new { request.Community, request.Department, names },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(NameLists), $"department:{request.Department}", await connection.CouncilNowAsync(cancellationToken), cancellationToken,
            details: new JsonObject { ["names"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) });
        return Done.Value;
    }
}
