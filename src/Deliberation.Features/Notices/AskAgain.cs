using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>The objector is not content with the answer about a ballot's result: the level above answers, once and finally.
/// Refused with <c>access.not-found</c> (also of other people's objections), <c>notice.reason-length</c>, <c>notice.not-dismissed</c>, <c>notice.final</c>, <c>notice.too-late-to-ask</c>.</summary>
/// <param name="Reason">1–2,000 characters; public.</param>
/// <remarks>Source: domain.md 5, requirement 10.</remarks>
public sealed record AskAgain(Caller Caller, CommunityId Community, Guid Objection, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Resident;
}

/// <summary>The second answer, of the level above (街道). Refused as <see cref="DecideObjection"/>.</summary>
public sealed record AnswerAgain(Caller Caller, CommunityId Community, Guid Objection, bool IsUpheld, string Answer, ObjectionRemedy? Remedy = null) : ICommand<Done>
{
    public Audience Audience => Audience.Official;
}

/// <summary>Objections to results that wait for the level above, in all communities of the caller; those due first come first.</summary>
public sealed record ListAskedAgain(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<AskedAgain>>
{
    public Audience Audience => Audience.Official | Audience.Supervisor | Audience.Admin;
}

/// <param name="Objector">Masked.</param>
public sealed record AskedAgain(
    Guid Id, CommunityId Community, string CommunityName, Guid Notice, string Title, string Objector, string Reason, string Answer, string AgainReason, DateTimeOffset DueAt);

internal sealed class AskAgainHandler(CouncilSession session, VisitEvents visits) :
    IRequestHandler<AskAgain, Result<Done>>,
    IRequestHandler<AnswerAgain, Result<Done>>,
    IRequestHandler<ListAskedAgain, Result<IReadOnlyList<AskedAgain>>>
{
    public async Task<Result<Done>> Handle(AskAgain request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var row = await connection.RowAsync<Row>(
            """
            select notice_id, state, answered_at, asked_again_at is not null as has_asked, result_ballot(community_id, notice_id) is not null as is_result
            from objection where community_id = @Community and objection_id = @Objection and resident_id = @Resident
            """,
            new { request.Community, request.Objection, request.Caller.Resident },
            cancellationToken);
        if (row is null || await connection.LockNoticeAsync(request.Community, row.NoticeId, cancellationToken) is not { } notice)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var reason = request.Reason.Trim();
        if (reason.Length is < 1 or > 2000)
        {
            return Refusal.Invalid("notice.reason-length", "Reason");
        }

        if (!row.IsResult || row.HasAsked)
        {
            return Refusal.Conflict("notice.final");
        }

        if (row is not { State: "Dismissed", AnsweredAt: { } answeredAt })
        {
            return Refusal.Conflict("notice.not-dismissed");
        }

        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        if (now >= ObjectionTerms.AskAgainUntil(calendar, answeredAt))
        {
            return Refusal.Conflict("notice.too-late-to-ask", ("closesAt", ObjectionTerms.AskAgainUntil(calendar, answeredAt)));
        }

        var asked = await connection.RunAsync(
            """
            update objection set state = 'AskedAgain', asked_again_at = @now, again_reason = @reason, again_due_at = @due
            where community_id = @Community and objection_id = @Objection and state = 'Dismissed' and asked_again_at is null
            """,
            new { request.Community, request.Objection, now, reason, due = ObjectionTerms.DueAt(calendar, now) },
            cancellationToken);
        if (asked == 0)
        {
            return Refusal.Conflict("notice.final");
        }

        await connection.TellLevelAboveAsync(request.Community, notice, request.Objection, now, cancellationToken);
        await connection.TimelineAsync(
            request.Caller, request.Community, notice.ProjectId, now, "Notice", "notice.timeline.asked-again", new JsonObject { ["title"] = notice.Title }, notice.Link, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(AskAgain), $"objection:{request.Objection}", now, cancellationToken);
        return Done.Value;
    }

    public Task<Result<Done>> Handle(AnswerAgain request, CancellationToken cancellationToken) => new ObjectionAnswers(session, visits).GiveAsync(
        new ObjectionAnswer(
            request.Caller, request.Community, request.Objection, request.IsUpheld, request.Remedy, request.Answer, IsSecond: true, nameof(AnswerAgain)),
        cancellationToken);

    public async Task<Result<IReadOnlyList<AskedAgain>>> Handle(ListAskedAgain request, CancellationToken cancellationToken)
    {
        var lines = await session.Connection.RowsAsync<AskedAgain>(
            """
            select o.objection_id as id, o.community_id as community, c.name as community_name, o.notice_id as notice, n.title, r.full_name as objector, o.reason, o.answer, o.again_reason,
                o.again_due_at as due_at
            from objection o
            join notice n using (community_id, notice_id)
            join community c using (community_id)
            join resident r using (community_id, resident_id)
            where o.community_id = any(@communities) and o.state = 'AskedAgain'
            order by o.again_due_at, o.objection_id limit 200
            """,
            new { communities = request.Caller.Communities.Select(community => community.Value).ToArray() },
            cancellationToken);
        return new Result<IReadOnlyList<AskedAgain>>.Accepted([.. lines.Select(line => line with { Objector = Names.Mask(line.Objector) })]);
    }

    private sealed record Row(Guid NoticeId, string State, DateTimeOffset? AnsweredAt, bool HasAsked, bool IsResult);
}
