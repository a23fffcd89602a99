using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>An objection with its answer.</summary>
/// <param name="Objector">Masked for residents; full for staff.</param>
public sealed record ObjectionLine(Guid Id, string Objector, string Reason, DateTimeOffset FiledAt, string State, string? Answer, DateTimeOffset? AnsweredAt, bool IsMine);

/// <summary>A notice's page (公示).</summary>
/// <param name="HasEnded">The window is over, or the notice was taken back: nobody objects any more.</param>
/// <param name="MayObject">True for residents within the window who have no open objection.</param>
public sealed record NoticePage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    string Kind,
    string Title,
    string Body,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    string State,
    string? Outcome,
    string? WithdrawnReason,
    bool HasEnded,
    bool MayObject,
    IReadOnlyList<ObjectionLine> Objections);

public sealed record GetNotice(Caller Caller, CommunityId Community, Guid Notice) : IQuery<NoticePage>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class GetNoticeHandler(CouncilSession session) : IRequestHandler<GetNotice, Result<NoticePage>>
{
    public async Task<Result<NoticePage>> Handle(GetNotice request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var row = await connection.RowAsync<Row>(
            """
            select n.project_id, p.title as project_title, n.kind, n.title, n.body, n.opens_at, n.closes_at, n.state, n.outcome, n.withdrawn_reason
            from notice n join project p using (community_id, project_id)
            where n.community_id = @community and n.notice_id = @notice
            """,
            new { request.Community, request.Notice },
            cancellationToken);
        if (row is null)
        {
            return AccessRefusals.NotFound;
        }

        var objections = await connection.RowsAsync<ObjectionRow>(
            """
            select o.objection_id, o.resident_id, r.full_name, o.reason, o.filed_at, o.state, o.answer, o.answered_at
            from objection o join resident r using (community_id, resident_id)
            where o.community_id = @community and o.notice_id = @notice
            order by o.filed_at, o.objection_id
            """,
            new { request.Community, request.Notice },
            cancellationToken);
        var seesNames = request.Caller.Kind is CallerKind.Staff or CallerKind.Admin;
        var me = request.Caller.Resident;
        var hasEnded = row.State != "Open" || now >= row.ClosesAt;
        var mayObject = me is not null && !hasEnded && now >= row.OpensAt
            && !objections.Any(objection => objection.ResidentId == me && objection.State == "Open");
        return new NoticePage(
            request.Notice, row.ProjectId, row.ProjectTitle, row.Kind, row.Title, row.Body, row.OpensAt, row.ClosesAt, row.State, row.Outcome, row.WithdrawnReason, hasEnded, mayObject,
            [.. objections.Select(o => new ObjectionLine(
                o.ObjectionId, seesNames ? o.FullName : Names.Mask(o.FullName), o.Reason, o.FiledAt, o.State, o.Answer, o.AnsweredAt, o.ResidentId == me))]);
    }

    private sealed record Row(
        ProjectId ProjectId, string ProjectTitle, string Kind, string Title, string Body, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, string State,
        string? Outcome, string? WithdrawnReason);

    private sealed record ObjectionRow(
        Guid ObjectionId, ResidentId ResidentId, string FullName, string Reason, DateTimeOffset FiledAt, string State, string? Answer, DateTimeOffset? AnsweredAt);
}
