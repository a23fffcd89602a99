using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.PostHolders;

/// <summary>Names who stands in for a post while its holder is away, from now on.</summary>
/// <param name="Substitute">Works in the community and does not hold the post; else <c>task.unknown-staff</c>, <c>post.holds-already</c>.</param>
public sealed record NameSubstitute(Caller Caller, CommunityId Community, string Post, StaffId Substitute) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Puts on record when somebody is away: the substitutes of his posts act in that time.</summary>
/// <param name="From">First day, inclusive, in the council's time zone.</param>
/// <param name="Until">Last day, inclusive; today or later, at most a year after the first: <c>post.absence-days</c>. Two absences do not overlap: <c>post.absence-overlaps</c>.</param>
public sealed record SetAbsence(Caller Caller, CommunityId Community, StaffId Staff, DateOnly From, DateOnly Until) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class SubstitutionHandlers(CouncilSession session) : IRequestHandler<NameSubstitute, Result<Done>>, IRequestHandler<SetAbsence, Result<Done>>
{
    private const int LongestDays = 366;

    public async Task<Result<Done>> Handle(NameSubstitute request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.RowAsync<string>("select post_code from post where community_id = @Community and post_code = @Post for update", new { request.Community, request.Post }, cancellationToken) is null)
        {
            return AccessRefusals.NotFound;
        }

        if (!await connection.WorksHereAsync(request.Community, request.Substitute, cancellationToken))
        {
            return Refusal.Invalid("task.unknown-staff", "Substitute");
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var named = await connection.RunAsync(
            """
            insert into post_holder (community_id, post_code, staff_id, is_substitute, held_from)
            select @Community, @Post, @Substitute, true, @now
            where not exists (
                select from post_holder
                where community_id = @Community and post_code = @Post and staff_id = @Substitute and held_from <= @now and (held_until is null or held_until > @now))
            """,
            new { request.Community, request.Post, request.Substitute, now },
            cancellationToken);
        if (named == 0)
        {
            return Refusal.Conflict("post.holds-already");
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(NameSubstitute), $"post:{request.Post}", now, cancellationToken, details: new JsonObject { ["substitute"] = request.Substitute.ToString() });
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(SetAbsence request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (!await connection.WorksHereAsync(request.Community, request.Staff, cancellationToken))
        {
            return Refusal.Invalid("task.unknown-staff", "Staff");
        }

        // Of two who write at once the second sees the first.
        await connection.RowAsync<string>("select login from staff where staff_id = @Staff for update", new { request.Staff }, cancellationToken);
        var now = await connection.CouncilNowAsync(cancellationToken);
        if (request.Until < request.From || request.Until < WorkingCalendar.China.DayOf(now) || request.Until.DayNumber - request.From.DayNumber >= LongestDays)
        {
            return Refusal.Invalid("post.absence-days", "Until");
        }

        var values = new
        {
            request.Community,
            request.Staff,
            from = WorkingCalendar.China.At(request.From, TimeOnly.MinValue),
            until = WorkingCalendar.China.EndOf(request.Until),
        };
        var written = await connection.RunAsync(
            """
            insert into staff_absence (community_id, staff_id, absent_from, absent_until)
            select @Community, @Staff, @from, @until
            where not exists (
                select from staff_absence where community_id = @Community and staff_id = @Staff and absent_from < @until and absent_until > @from)
            """,
            values,
            cancellationToken);
        if (written == 0)
        {
            return Refusal.Conflict("post.absence-overlaps");
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(SetAbsence), $"staff:{request.Staff}", now, cancellationToken,
            details: new JsonObject { ["from"] = $"{request.From:O}", ["until"] = $"{request.Until:O}" });
        return Done.Value;
    }
}
