using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using MediatR;

namespace Deliberation.Features.Departments;

/// <param name="Post">Post that acts for it.</param>
/// <param name="OpenQuestions">Questions that it has not answered.</param>
/// <param name="EndedAt">Null while it answers for things.</param>
public sealed record DepartmentLine(Guid Id, string Name, string Post, int OpenQuestions, DateTimeOffset? EndedAt);

/// <param name="Departments">By name; those that ended last.</param>
/// <param name="Posts">Posts of the community, the ladder first.</param>
public sealed record DepartmentList(IReadOnlyList<DepartmentLine> Departments, IReadOnlyList<string> Posts)
{
    public IEnumerable<DepartmentLine> Active => Departments.Where(department => department.EndedAt is null);
}

public sealed record ListDepartments(Caller Caller, CommunityId Community) : IQuery<DepartmentList>
{
    public Audience Audience => Audience.Readers;
}

public sealed record GetDepartment(Caller Caller, CommunityId Community, Guid Department) : IQuery<DepartmentLine>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListDepartmentsHandler(CouncilSession session) : IRequestHandler<ListDepartments, Result<DepartmentList>>, IRequestHandler<GetDepartment, Result<DepartmentLine>>
{
    private const string Departments =
        """
        select d.department_id as id, d.name, d.post_code as post,
            (select count(*)::int from policy_question q where q.community_id = d.community_id and q.department_id = d.department_id and q.answered_at is null) as open_questions, d.ended_at
        from department d where d.community_id = @Community
        """;

    public async Task<Result<DepartmentList>> Handle(ListDepartments request, CancellationToken cancellationToken) => new DepartmentList(
        await session.Connection.RowsAsync<DepartmentLine>($"{Departments} order by ended_at nulls first, name", new { request.Community }, cancellationToken),
        await session.Connection.PostCodesAsync(request.Community, cancellationToken));

    public async Task<Result<DepartmentLine>> Handle(GetDepartment request, CancellationToken cancellationToken) =>
        await session.Connection.RowAsync<DepartmentLine>($"{Departments} and d.department_id = @Department", new { request.Community, request.Department }, cancellationToken)
            is { } department ? department : AccessRefusals.NotFound;
}
