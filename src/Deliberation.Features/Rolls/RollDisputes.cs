using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;
using Deliberation.Process.Calendar;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Rolls;

/// <summary>What somebody says is wrong on the books, or on a ballot's roll.</summary>
public enum RollMatter
{
    /// <summary>"I am not on the roll."</summary>
    NotOnRoll,
    Unit,
    Area,
    Owner,
    Household,
    Other,
}

/// <summary>
/// Says that the roll is wrong (名册异议). A resident says it for themselves; staff write down what somebody tells them who is not on the books.
/// Refused with <c>roll.matter-invalid</c>, <c>roll.message-length</c>, <c>roll.claimant-required</c>, <c>roll.already-disputed</c>, <c>roll.appeal-too-late</c>, <c>ballot.not-found</c>.
/// </summary>
/// <param name="Ballot">The roll it is about; null = the books, at any time.</param>
/// <param name="Claimant">2 to 60 characters, from staff only: who says so.</param>
/// <param name="Message">2 to 1,000 characters.</param>
public sealed record FileRollDispute(
    Caller Caller, CommunityId Community, RollMatter? Matter, string? Building, string? Door, BallotId? Ballot, string? Claimant, string Message) : ICommand<Guid>
{
    public Audience Audience => Audience.Resident | Audience.Workers;
}

/// <summary>Answers a dispute. The books are corrected apart, with a reason; a frozen roll by two people. Refused with <c>access.not-found</c>, <c>roll.answer-length</c>, <c>roll.already-answered</c>.</summary>
/// <param name="Answer">2 to 1,000 characters; the resident reads it.</param>
public sealed record AnswerRollDispute(Caller Caller, CommunityId Community, Guid Dispute, bool IsUpheld, string Answer) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class RollDisputeHandler(CouncilSession session) :
    IRequestHandler<FileRollDispute, Result<Guid>>,
    IRequestHandler<AnswerRollDispute, Result<Done>>
{
    /// <summary>RollAppealDays: days after the freezing in which a roll may be appealed against (Villagers' Committee Law art. 14, marked L: fixed).</summary>
    internal const int AppealDays = 5;

    /// <summary>RollAppealAnswerDays, likewise.</summary>
    internal const int AnswerDays = 3;

    public async Task<Result<Guid>> Handle(FileRollDispute request, CancellationToken cancellationToken)
    {
        if (request.Matter is not { } matter || !Enum.IsDefined(matter))
        {
            return RollRefusals.MatterInvalid;
        }

        if (request.Message?.Trim() is not { Length: >= 2 and <= 1000 } message)
        {
            return RollRefusals.MessageLength;
        }

        var isStaff = request.Caller.Kind != CallerKind.Resident;
        if (isStaff && request.Claimant?.Trim() is not { Length: >= 2 and <= 60 })
        {
            return RollRefusals.ClaimantRequired;
        }

        var connection = session.Connection;
        var (building, door) = (Short(request.Building), Short(request.Door));
        var now = await connection.CouncilNowAsync(cancellationToken);
        if (request.Ballot is { } ballot && await LateAsync(request.Community, ballot, now, cancellationToken) is { } late)
        {
            return late;
        }

        var id = Guid.CreateVersion7();
        var due = (await connection.CalendarAsync(request.Community, cancellationToken)).EndOfPeriod(now, AnswerDays);
        var filed = await connection.RunAsync(
            """
            insert into roll_dispute (community_id, dispute_id, matter, resident_id, claimant, filed_by, building, door, ballot_id, message, filed_at, due_at)
            values (@Community, @id, @matter, @resident, @claimant, @Staff, @building, @door, @Ballot, @message, @now, @due)
            on conflict (community_id, resident_id, matter, building, door) where state = 'Open' and resident_id is not null do nothing
            """,
            new
            {
                request.Community,
                id,
                matter = matter.ToString(),
                resident = isStaff ? null : request.Caller.Resident,
                claimant = isStaff ? request.Claimant!.Trim() : null,
                request.Caller.Staff,
                building,
                door,
                request.Ballot,
                message,
                now,
                due,
            },
            cancellationToken);
        if (filed == 0)
        {
            return RollRefusals.AlreadyDisputed;
        }

        await TellStaffAsync(connection, request.Community, id, now, due, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(FileRollDispute), $"roll-dispute:{id}", now, cancellationToken);
        return id;
    }

    public async Task<Result<Done>> Handle(AnswerRollDispute request, CancellationToken cancellationToken)
    {
        if (request.Answer?.Trim() is not { Length: >= 2 and <= 1000 } answer)
        {
            return RollRefusals.AnswerLength;
        }

        var connection = session.Connection;
        var dispute = await connection.RowAsync<DisputeRow>(
            "select state, resident_id from roll_dispute where community_id = @Community and dispute_id = @Dispute for update", new { request.Community, request.Dispute }, cancellationToken);
        if (dispute is null)
        {
            return AccessRefusals.NotFound;
        }

        if (dispute.State != "Open")
        {
            return RollRefusals.AlreadyAnswered;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.RunAsync(
            """
            update roll_dispute set state = @state, answer = @answer, answered_at = @now, answered_by = @Staff where community_id = @Community and dispute_id = @Dispute;
            delete from outbox_message where community_id = @Community and sent_at is null and dedup_key like @reminders
            """,
            new
            {
                request.Community,
                request.Dispute,
                request.Caller.Staff,
                state = request.IsUpheld ? "Upheld" : "Dismissed",
                answer,
                now,
                reminders = $"roll-dispute:{request.Dispute}:due:%",
            },
            cancellationToken);
        if (dispute.ResidentId is { } resident)
        {
            await connection.AddMessageAsync(
                new OutboxMessage
                {
                    Community = request.Community,
                    DedupKey = $"roll-dispute:{request.Dispute}:answered",
                    Resident = new ResidentId(resident),
                    TextKey = request.IsUpheld ? "roll.message.upheld" : "roll.message.dismissed",
                    ReasonKey = "roll.reason.disputed",
                    Link = "/roll",
                    CouncilAt = now,
                    NotBefore = await connection.NotBeforeAsync(request.Community, now, cancellationToken),
                },
                cancellationToken);
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AnswerRollDispute), $"roll-dispute:{request.Dispute}", now, cancellationToken,
            details: new JsonObject { ["upheld"] = request.IsUpheld });
        return Done.Value;
    }

    /// <summary>The working day before, and the last working day's morning, so that an answer is still in time. Both go when it is answered.</summary>
    private static async Task TellStaffAsync(NpgsqlConnection connection, CommunityId community, Guid dispute, DateTimeOffset now, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var calendar = await connection.CalendarAsync(community, cancellationToken);
        (string Point, string TextKey, DateTimeOffset? At)[] points =
        [
            ("filed", "roll.message.filed", calendar.NotBefore(now)),
            .. new ReminderSettings { WorkingDaysBefore = [1] }.ForTask(calendar, now, due).Select(reminder => ($"due:{reminder.Point}", "roll.message.due", (DateTimeOffset?)reminder.At)),
        ];
        foreach (var (point, textKey, at) in points)
        {
            await connection.RunAsync(
                """
                insert into outbox_message (community_id, message_id, dedup_key, channel, staff_id, text_key, values, reason_key, link, council_at, not_before)
                select @community, gen_random_uuid(), 'roll-dispute:' || @dispute::text || ':' || @point || ':' || h.staff_id, 'InApp', h.staff_id,
                    @textKey, @values, 'roll.reason.holder', '/staff/roll/disputes', @now, @at
                from acting_holder(@community, @now) h where h.post_code = 'Community'
                on conflict (community_id, dedup_key) do nothing
                """,
                new { community, dispute, point, textKey, values = new JsonObject { ["dueAt"] = OpenBallotHandler.Instant(due) }, now, at },
                cancellationToken);
        }
    }

    private async Task<Refusal?> LateAsync(CommunityId community, BallotId ballot, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var frozen = await session.Connection.RowAsync<FrozenRow>(
            "select roll_frozen_at, closes_at, state from ballot where community_id = @community and ballot_id = @ballot", new { community, ballot }, cancellationToken);
        if (frozen is null)
        {
            return BallotRefusals.NotFound;
        }

        var until = AppealsUntil(await session.Connection.CalendarAsync(community, cancellationToken), frozen.RollFrozenAt, frozen.ClosesAt);
        return now >= until || frozen.State is not ("Open" or "Paused") ? RollRefusals.AppealTooLate(until) : null;
    }

    /// <summary>Five days after the freezing, and never after the close.</summary>
    internal static DateTimeOffset AppealsUntil(WorkingCalendar calendar, DateTimeOffset frozenAt, DateTimeOffset closesAt)
    {
        var until = calendar.EndOfPeriod(frozenAt, AppealDays);
        return until < closesAt ? until : closesAt;
    }

    private static string Short(string? text) => text?.Trim() is { } plain ? plain[..Math.Min(20, plain.Length)] : "";

    private sealed record DisputeRow(string State, Guid? ResidentId);

    private sealed record FrozenRow(DateTimeOffset RollFrozenAt, DateTimeOffset ClosesAt, string State);
}
