using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.Recounts;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;

namespace Deliberation.Features.Notices;

/// <summary>What comes of an objection to a ballot's result that is upheld.</summary>
public enum ObjectionRemedy
{
    /// <summary>The votes are counted again, once another person confirms it.</summary>
    Recount,

    /// <summary>The ballot is void (作废); where its notice still runs, its workflow asks again.</summary>
    Void,
}

/// <summary>An answer to an objection, whoever gives it.</summary>
/// <param name="Action">Name of the use case, for the audit trail.</param>
/// <param name="IsSecond">Of the level above: final.</param>
internal sealed record ObjectionAnswer(Caller Caller, CommunityId Community, Guid Objection, bool IsUpheld, ObjectionRemedy? Remedy, string Answer, bool IsSecond, string Action);

/// <summary>Gives answers: the first by staff, the second by the level above. Locks the ballot before the notice, as a recount does.</summary>
internal sealed class ObjectionAnswers(CouncilSession session, VisitEvents visits)
{
    public async Task<Result<Done>> GiveAsync(ObjectionAnswer given, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var found = await connection.RowAsync<Found>(
            """
            select notice_id, result_ballot(community_id, notice_id) as ballot_id from objection
            where community_id = @Community and objection_id = @Objection
            """,
            new { given.Community, given.Objection },
            cancellationToken);
        var ballot = found?.BallotId is { } id ? await BallotRow.LockAsync(connection, given.Community, id, cancellationToken) : null;
        if (found is null || await connection.LockNoticeAsync(given.Community, found.NoticeId, cancellationToken) is not { } notice)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (await CheckAsync(given, ballot, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var state = given.IsUpheld ? "Upheld" : "Dismissed";
        var remedy = ballot is not null && given.IsUpheld ? given.Remedy : null;
        var values = new { state, answer = given.Answer.Trim(), now, given.Caller.Staff, remedy = remedy?.ToString(), given.Community, given.Objection };
        var objector = await connection.ScalarAsync<Guid?>(
            given.IsSecond
                ? """
                  update objection set state = @state, second_answer = @answer, second_answered_at = @now, second_answered_by = @Staff, remedy = @remedy
                  where community_id = @Community and objection_id = @Objection and state = 'AskedAgain' returning resident_id
                  """
                : """
                  update objection set state = @state, answer = @answer, answered_at = @now, answered_by = @Staff, remedy = @remedy
                  where community_id = @Community and objection_id = @Objection and state = 'Open' returning resident_id
                  """,
            values,
            cancellationToken);
        if (objector is null)
        {
            return Refusal.Conflict("notice.objection-answered");
        }

        if (remedy is { } what && await RemedyAsync(given, ballot!, what, now, cancellationToken) is { } impossible)
        {
            return impossible;
        }

        await connection.ForgetDueAsync(given.Community, given.Objection, cancellationToken);
        await TellAsync(given, notice, new ResidentId(objector.Value), now, cancellationToken);
        await connection.EndNoticeWhenLastAsync(visits, given.Caller, given.Community, notice, now, cancellationToken);
        return Done.Value;
    }

    private async Task<Refusal?> CheckAsync(ObjectionAnswer given, BallotRow? ballot, CancellationToken cancellationToken)
    {
        if (given.Answer.Trim().Length is < 1 or > 2000)
        {
            return Refusal.Invalid("notice.answer-length", "Answer");
        }

        if (ballot is null)
        {
            return null;
        }

        if (given.IsUpheld && given.Remedy is null)
        {
            return Refusal.Invalid("notice.remedy-required", "Answer");
        }

        // Who counted does not decide (domain.md 5, requirement 12).
        return await session.Connection.ScalarAsync<bool>(
            """
            select exists (select from paper_signature where community_id = @CommunityId and ballot_id = @BallotId and staff_id = @Staff)
                or exists (select from ballot where community_id = @CommunityId and ballot_id = @BallotId and declared_by = @Staff)
            """,
            new { ballot.CommunityId, ballot.BallotId, given.Caller.Staff },
            cancellationToken) ? Refusal.Forbidden("notice.counted-by-you") : null;
    }

    private async Task<Refusal?> RemedyAsync(ObjectionAnswer given, BallotRow ballot, ObjectionRemedy remedy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (remedy is ObjectionRemedy.Void)
        {
            return await BallotControl.VoidAsync(connection, ballot, given.Answer.Trim(), now, cancellationToken);
        }

        var cause = given.Answer.Trim();
        var ordered = await RecountOrders.AddAsync(connection, given.Caller, ballot, cause.Length > RecountOrders.LongestCause ? cause[..RecountOrders.LongestCause] : cause, now, cancellationToken);
        if (ordered is Result<Guid>.Refused { Reason: var reason })
        {
            return reason;
        }

        await connection.RunAsync(
            "update objection set recount_id = @recount where community_id = @Community and objection_id = @Objection",
            new { recount = ordered.Require(), given.Community, given.Objection },
            cancellationToken);
        return null;
    }

    private async Task TellAsync(ObjectionAnswer given, NoticeRow notice, ResidentId objector, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        await connection.AddMessageAsync(
            new OutboxMessage
            {
                Community = given.Community,
                DedupKey = $"objection:{given.Objection}:{(given.IsSecond ? "answered-again" : "answered")}",
                Resident = objector,
                Project = notice.ProjectId,
                TextKey = given.IsUpheld ? "notice.message.upheld" : given.IsSecond ? "notice.message.dismissed-again" : "notice.message.dismissed",
                Values = new JsonObject { ["title"] = notice.Title },
                ReasonKey = "notice.reason.objected",
                Link = notice.Link,
                CouncilAt = now,
                NotBefore = await connection.NotBeforeAsync(given.Community, now, cancellationToken),
            },
            cancellationToken);
        await connection.TimelineAsync(
            given.Caller, given.Community, notice.ProjectId, now, "Notice", given.IsUpheld ? "notice.timeline.objection-upheld" : "notice.timeline.objection-dismissed",
            new JsonObject { ["title"] = notice.Title }, notice.Link, cancellationToken);
        await connection.AuditAsync(
            given.Caller, given.Community, given.Action, $"objection:{given.Objection}", now, cancellationToken, details: new JsonObject { ["remedy"] = given.Remedy?.ToString() });
    }

    private sealed record Found(Guid NoticeId, BallotId? BallotId);
}
