using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Postgres;
using Deliberation.Process.Duties;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Duties;

/// <summary>A duty, locked.</summary>
internal sealed record DutyRow(Guid DutyId, string Title, string PostCode, DutyRhythm Rhythm, DutyProof Proof, int GraceDays, DateOnly NextDay, DateTimeOffset? EndedAt);

/// <summary>The product opens the periods of a duty that have begun.</summary>
public sealed record OpenDutyPeriods(Caller Caller, CommunityId Community, Guid Duty) : ICommand<Done>
{
    public Audience Audience => Audience.None; // only the product itself
}

/// <summary>The product reminds of a period that is not done, or tells that it is missing.</summary>
/// <param name="IsRed">Its grace is over: the post above is told too.</param>
public sealed record TellOfDuty(Caller Caller, CommunityId Community, Guid Duty, DateOnly FirstDay, bool IsRed) : ICommand<Done>
{
    public Audience Audience => Audience.None; // only the product itself
}

/// <summary>Periods open when they begin; one that is not done is reminded of once, and told of once when its grace is over.</summary>
internal sealed class DutyRoutine : IRoutine
{
    public async Task<ICommand<Done>?> DueAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = await connection.RowAsync<DueRow>(
            """
            (select d.community_id, d.duty_id, null::date as first_day, false as is_red
            from duty d join community c using (community_id)
            where d.ended_at is null and d.next_day <= (@now at time zone 'UTC')::date + 1 and d.next_day <= (@now at time zone c.time_zone)::date limit 1)
            union all
            (select p.community_id, p.duty_id, p.first_day, false from duty_period p where p.done_at is null and p.reminded_at is null and p.remind_at <= @now order by p.remind_at limit 1)
            union all
            (select p.community_id, p.duty_id, p.first_day, true from duty_period p where p.done_at is null and p.red_told_at is null and p.red_at <= @now order by p.red_at limit 1)
            limit 1
            """,
            new { now },
            cancellationToken);
        return due is null ? null
            : due.FirstDay is { } firstDay ? new TellOfDuty(Caller.System, due.CommunityId, due.DutyId, firstDay, due.IsRed)
            : new OpenDutyPeriods(Caller.System, due.CommunityId, due.DutyId);
    }

    private sealed record DueRow(CommunityId CommunityId, Guid DutyId, DateOnly? FirstDay, bool IsRed);
}

internal sealed class DutyRoutineHandler(CouncilSession session) : IRequestHandler<OpenDutyPeriods, Result<Done>>, IRequestHandler<TellOfDuty, Result<Done>>
{
    /// <summary>Found later than this (a server that was off), a message would only confuse: the board is red without it.</summary>
    private static readonly TimeSpan TooLate = TimeSpan.FromDays(1);

    public async Task<Result<Done>> Handle(OpenDutyPeriods request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        if (await session.Connection.OpenDutyPeriodsAsync(request.Community, request.Duty, now, cancellationToken) == 0)
        {
            return DutyRefusals.NotDue;
        }

        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(OpenDutyPeriods), $"duty:{request.Duty}", now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(TellOfDuty request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockDutyAsync(request.Community, request.Duty, cancellationToken) is not { } duty)
        {
            return DutyRefusals.NotDue;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var period = await connection.RowAsync<PeriodRow>(
            """
            update duty_period set reminded_at = coalesce(reminded_at, @now), red_told_at = case when @IsRed then @now else red_told_at end
            where community_id = @Community and duty_id = @Duty and first_day = @FirstDay and done_at is null
                and case when @IsRed then red_told_at is null and red_at <= @now else reminded_at is null and remind_at <= @now end
            returning due_at, red_at
            """,
            new { request.Community, request.Duty, request.FirstDay, request.IsRed, now },
            cancellationToken);
        if (period is null)
        {
            return DutyRefusals.NotDue;
        }

        var isStillNews = request.IsRed ? now < period.RedAt + TooLate : now < period.DueAt;
        if (isStillNews)
        {
            await TellAsync(request, duty, period, now, cancellationToken);
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(TellOfDuty), $"duty:{request.Duty}", now, cancellationToken,
            details: new JsonObject { ["period"] = DutyPeriods.Key(request.FirstDay), ["red"] = request.IsRed, ["tooLate"] = !isStillNews });
        return Done.Value;
    }

    private async Task TellAsync(TellOfDuty request, DutyRow duty, PeriodRow period, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var message = new PostMessage
        {
            Community = request.Community,
            Post = duty.PostCode,
            DedupKey = $"duty:{duty.DutyId}:{DutyPeriods.Key(request.FirstDay)}:{(request.IsRed ? "red" : "remind")}",
            TextKey = request.IsRed ? "duty.message.missing" : "duty.message.remind",
            Values = new JsonObject { ["title"] = duty.Title, ["until"] = OpenBallotHandler.Instant(request.IsRed ? period.RedAt : period.DueAt) },
            ReasonKey = "task.reason.post",
            Link = $"/staff/duties/{duty.DutyId}",
            Now = now,
        };
        await (request.IsRed
            ? session.Connection.TellPostAndAboveAsync(message, "duty.reason.above", cancellationToken)
            : session.Connection.TellPostOrAboveAsync(message, cancellationToken));
    }

    private sealed record PeriodRow(DateTimeOffset DueAt, DateTimeOffset RedAt);
}

internal static class DutyPeriods
{
    /// <summary>The period in keys of messages: its first day, <c>2026-10-01</c>.</summary>
    public static string Key(DateOnly firstDay) => firstDay.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Locks a duty of the community; null when there is none.</summary>
    public static Task<DutyRow?> LockDutyAsync(this NpgsqlConnection connection, CommunityId community, Guid duty, CancellationToken cancellationToken) =>
        connection.RowAsync<DutyRow>(
            """
            select duty_id, title, post_code, rhythm, proof, grace_days, next_day, ended_at
            from duty where community_id = @community and duty_id = @duty for update
            """,
            new { community, duty },
            cancellationToken);

    /// <summary>Opens what has begun and is not open, also after a long time away: what was missed is missed.</summary>
    /// <returns>Periods opened; 0 when another node was faster.</returns>
    public static async Task<int> OpenDutyPeriodsAsync(this NpgsqlConnection connection, CommunityId community, Guid dutyId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await connection.LockDutyAsync(community, dutyId, cancellationToken) is not { EndedAt: null } duty)
        {
            return 0;
        }

        var calendar = await connection.CalendarAsync(community, cancellationToken);
        var today = calendar.DayOf(now);
        var periods = new List<(DutyPeriod Days, DutyDates Dates)>();
        var next = duty.NextDay;
        while (next <= today)
        {
            var period = DutyPeriod.Of(calendar, duty.Rhythm, next);
            if (period.FirstDay <= today)
            {
                periods.Add((period, period.Dates(calendar, duty.Rhythm, duty.GraceDays)));
            }

            next = period.FirstDay <= today ? period.LastDay.AddDays(1) : period.FirstDay;
        }

        if (next == duty.NextDay)
        {
            return 0;
        }

        await connection.RunAsync(
            """
            insert into duty_period (community_id, duty_id, first_day, last_day, remind_at, due_at, red_at)
            select @community, @dutyId, * from unnest(@first, @last, @remind, @due, @red)
            on conflict do nothing;
            update duty set next_day = @next where community_id = @community and duty_id = @dutyId
            """,
            new
            {
                community, dutyId, next,
                first = periods.Select(p => p.Days.FirstDay).ToArray(), last = periods.Select(p => p.Days.LastDay).ToArray(),
                remind = periods.Select(p => p.Dates.RemindAt).ToArray(), due = periods.Select(p => p.Dates.DueAt).ToArray(), red = periods.Select(p => p.Dates.RedAt).ToArray(),
            },
            cancellationToken);
        return Math.Max(1, periods.Count);
    }
}
