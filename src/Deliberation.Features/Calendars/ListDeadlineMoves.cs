using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Calendars;

/// <summary>Deadlines that changed calendars moved, newest first: of one task, notice or order, or the community's latest 20.</summary>
/// <param name="Subject">Task, notice or order; null = all.</param>
public sealed record ListDeadlineMoves(Caller Caller, CommunityId Community, Guid? Subject) : IQuery<IReadOnlyList<MovedDeadline>>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="Reason">Of the change of the calendar.</param>
/// <param name="At">Council time of the move.</param>
public sealed record MovedDeadline(ProjectId Project, string ProjectTitle, string Kind, string Title, DateTimeOffset Was, DateTimeOffset Due, string Reason, DateTimeOffset At);

internal sealed class ListDeadlineMovesHandler(CouncilSession session) : IRequestHandler<ListDeadlineMoves, Result<IReadOnlyList<MovedDeadline>>>
{
    public async Task<Result<IReadOnlyList<MovedDeadline>>> Handle(ListDeadlineMoves request, CancellationToken cancellationToken) =>
        new Result<IReadOnlyList<MovedDeadline>>.Accepted(await session.Connection.RowsAsync<MovedDeadline>(
            """
            select m.project_id as project, p.title as project_title, m.kind, m.title, m.was, m.due, c.reason, m.moved_at as at
            from deadline_move m join project p using (community_id, project_id) join calendar_change c using (community_id, change_id)
            where m.community_id = @Community and (@Subject::uuid is null or m.subject_id = @Subject)
            order by m.move_id desc limit 20
            """,
            new { request.Community, request.Subject },
            cancellationToken));
}
