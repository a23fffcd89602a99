using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>An objection with its answer.</summary>
/// <param name="Objector">Masked for residents; full for staff.</param>
/// <param name="State">Open, AskedAgain, Upheld or Dismissed.</param>
/// <param name="DueAt">By when the answer that is missing is due; null when none is.</param>
/// <param name="Remedy">Of an upheld one to a ballot's result.</param>
/// <param name="AskAgainUntil">Until when, exclusive, the reader may ask the level above; null when he may not.</param>
public sealed record ObjectionLine(
    Guid Id, string Objector, string Reason, DateTimeOffset FiledAt, string State, string? Answer, DateTimeOffset? AnsweredAt, bool IsMine,
    DateTimeOffset? DueAt = null, ObjectionRemedy? Remedy = null, string? AgainReason = null, string? SecondAnswer = null, DateTimeOffset? AskAgainUntil = null);

/// <summary>A notice's page (公示).</summary>
/// <param name="HasEnded">The window is over, or the notice was taken back: nobody objects any more.</param>
/// <param name="MayObject">True for residents within the window who have no open objection, and are on the roll where a ballot's result is published.</param>
/// <param name="Ballot">Whose result it publishes; null for every other notice.</param>
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
    IReadOnlyList<ObjectionLine> Objections,
    BallotId? Ballot);

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
            select n.project_id, p.title as project_title, n.kind, n.title, n.body, n.opens_at, n.closes_at, n.state, n.outcome, n.withdrawn_reason, result_ballot(n.community_id, n.notice_id) as ballot_id
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
            select o.objection_id, o.resident_id, r.full_name, o.reason, o.filed_at, o.state, o.answer, o.answered_at, o.remedy,
                case o.state when 'Open' then o.due_at when 'AskedAgain' then o.again_due_at end as due_at, o.again_reason, o.second_answer
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
            && !objections.Any(objection => objection.ResidentId == me && objection.State == "Open")
            && await connection.MayObjectAsync(request.Community, request.Notice, me.Value, cancellationToken);
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        return new NoticePage(
            request.Notice, row.ProjectId, row.ProjectTitle, row.Kind, row.Title, row.Body, row.OpensAt, row.ClosesAt, row.State, row.Outcome, row.WithdrawnReason, hasEnded, mayObject,
            [.. objections.Select(o => new ObjectionLine(
                o.ObjectionId, seesNames ? o.FullName : Names.Mask(o.FullName), o.Reason, o.FiledAt, o.State, o.Answer, o.AnsweredAt, o.ResidentId == me,
                o.DueAt, o.Remedy, o.AgainReason, o.SecondAnswer, row.BallotId is not null && o.ResidentId == me ? AskAgainUntil(o, calendar, now) : null))],
            row.BallotId);
    }

    private static DateTimeOffset? AskAgainUntil(ObjectionRow objection, WorkingCalendar calendar, DateTimeOffset now) =>
        objection is { State: "Dismissed", AgainReason: null, AnsweredAt: { } answeredAt } && ObjectionTerms.AskAgainUntil(calendar, answeredAt) is var until && now < until ? until : null;

    private sealed record Row(
        ProjectId ProjectId, string ProjectTitle, string Kind, string Title, string Body, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, string State,
        string? Outcome, string? WithdrawnReason, BallotId? BallotId);

    private sealed record ObjectionRow(
        Guid ObjectionId, ResidentId ResidentId, string FullName, string Reason, DateTimeOffset FiledAt, string State, string? Answer, DateTimeOffset? AnsweredAt,
        ObjectionRemedy? Remedy, DateTimeOffset? DueAt, string? AgainReason, string? SecondAnswer);
}
