using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>Objects to a notice (异议), with a reason, within its window; to a ballot's result only who was on its roll.
/// Refused with <c>notice.window-closed</c>, <c>notice.reason-length</c>, <c>notice.already-objected</c>, <c>ballot.not-on-roll</c>.</summary>
/// <param name="Reason">1–2,000 characters.</param>
public sealed record FileObjection(Caller Caller, CommunityId Community, Guid Notice, string Reason) : ICommand<Guid>
{
    public Audience Audience => Audience.Resident;
}

internal sealed class FileObjectionHandler(CouncilSession session) : IRequestHandler<FileObjection, Result<Guid>>
{
    public async Task<Result<Guid>> Handle(FileObjection request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockNoticeAsync(request.Community, request.Notice, cancellationToken) is not { } notice)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (notice.State != "Open" || now < notice.OpensAt || now >= notice.ClosesAt)
        {
            return Refusal.Conflict("notice.window-closed", ("closesAt", notice.ClosesAt));
        }

        var reason = request.Reason.Trim();
        if (reason.Length is < 1 or > 2000)
        {
            return Refusal.Invalid("notice.reason-length", "Reason");
        }

        if (!await connection.MayObjectAsync(request.Community, request.Notice, request.Caller.Resident!.Value, cancellationToken))
        {
            return BallotRefusals.NotOnRoll;
        }

        var id = Guid.CreateVersion7();
        var filed = await connection.RunAsync(
            """
            insert into objection (community_id, objection_id, notice_id, resident_id, reason, filed_at, due_at)
            values (@community, @id, @notice, @resident, @reason, @now, @due)
            on conflict (community_id, notice_id, resident_id) where state = 'Open' do nothing
            """,
            new { request.Community, id, request.Notice, resident = request.Caller.Resident!.Value, reason, now, due = ObjectionTerms.DueAt(await connection.CalendarAsync(request.Community, cancellationToken), now) },
            cancellationToken);
        if (filed == 0)
        {
            return Refusal.Conflict("notice.already-objected");
        }

        await connection.TellStaffAsync(request.Community, notice, id, now, cancellationToken);
        await connection.TimelineAsync(
            request.Caller, request.Community, notice.ProjectId, now, "Notice", "notice.timeline.objection", new JsonObject { ["title"] = notice.Title }, notice.Link, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(FileObjection), $"notice:{notice.NoticeId}", now, cancellationToken);
        return id;
    }
}
