using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using Deliberation.Process.Duties;
using MediatR;

namespace Deliberation.Features.Duties;

/// <summary>What proves that a duty was done.</summary>
public enum DutyProof
{
    Text,
    Photo,
    Number,
}

/// <summary>Adds a fixed duty (固定职责) that begins with the period of today. Refused with <c>duty.title-length</c>, <c>duty.post-unknown</c>, <c>duty.grace-bounds</c>, <c>duty.there-already</c>.</summary>
/// <param name="Title">2 to 80 characters, once a post.</param>
/// <param name="GraceDays">0 to 60 calendar days after a period's last day.</param>
public sealed record AddDuty(Caller Caller, CommunityId Community, string? Title, string? Post, DutyRhythm Rhythm, DutyProof Proof, int GraceDays) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Ends a duty: what was done stays, what was missed stays red; the period that runs is asked for no more. Refused with <c>duty.already-ended</c>, <c>task.reason-missing</c>.</summary>
public sealed record EndDuty(Caller Caller, CommunityId Community, Guid Duty, string? Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class AddDutyHandler(CouncilSession session) : IRequestHandler<AddDuty, Result<Guid>>, IRequestHandler<EndDuty, Result<Done>>
{
    public const int MostGraceDays = 60;

    public async Task<Result<Guid>> Handle(AddDuty request, CancellationToken cancellationToken)
    {
        if (request.Title?.Trim() is not { Length: >= 2 and <= 80 } title)
        {
            return DutyRefusals.TitleLength;
        }

        if (request.GraceDays is < 0 or > MostGraceDays)
        {
            return DutyRefusals.GraceBounds;
        }

        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!await connection.IsPostAsync(request.Community, request.Post, cancellationToken))
        {
            return DutyRefusals.PostUnknown;
        }

        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        var id = Guid.CreateVersion7();
        var added = await connection.RunAsync(
            """
            insert into duty (community_id, duty_id, title, post_code, rhythm, proof, grace_days, next_day)
            values (@Community, @id, @title, @Post, @rhythm, @proof, @GraceDays, @nextDay)
            on conflict (community_id, post_code, title) where ended_at is null do nothing
            """,
            new
            {
                request.Community, id, title, request.Post, rhythm = request.Rhythm.ToString(), proof = request.Proof.ToString(), request.GraceDays,
                nextDay = DutyPeriod.Of(calendar, request.Rhythm, calendar.DayOf(now)).FirstDay,
            },
            cancellationToken);
        if (added == 0)
        {
            return DutyRefusals.ThereAlready;
        }

        await connection.OpenDutyPeriodsAsync(request.Community, id, now, cancellationToken); // its first period is on the board at once
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AddDuty), $"duty:{id}", now, cancellationToken, details: new JsonObject { ["post"] = request.Post, ["rhythm"] = request.Rhythm.ToString() });
        return id;
    }

    public async Task<Result<Done>> Handle(EndDuty request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return DutyRefusals.ReasonMissing;
        }

        var connection = session.Connection;
        if (await connection.LockDutyAsync(request.Community, request.Duty, cancellationToken) is not { } duty)
        {
            return AccessRefusals.NotFound;
        }

        if (duty.EndedAt is not null)
        {
            return DutyRefusals.AlreadyEnded;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.RunAsync(
            """
            update duty set ended_at = @now where community_id = @Community and duty_id = @Duty;
            delete from duty_period where community_id = @Community and duty_id = @Duty and done_at is null and red_at > @now
            """,
            new { now, request.Community, request.Duty },
            cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(EndDuty), $"duty:{request.Duty}", now, cancellationToken, request.Reason.Trim());
        return Done.Value;
    }
}
