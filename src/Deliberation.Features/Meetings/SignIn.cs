using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Meetings;

/// <summary>Signs a household or an owner who lives elsewhere in at the door (签到). Again changes nothing: a household counts once.</summary>
/// <param name="Household">Set, or <paramref name="Resident"/> is.</param>
/// <returns>Number signed in now.</returns>
public sealed record SignIn(Caller Caller, CommunityId Community, Guid Meeting, HouseholdId? Household, ResidentId? Resident) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Signs the calling resident's household in, from one hour before the meeting until it is concluded.</summary>
public sealed record SignInMyself(Caller Caller, CommunityId Community, Guid Meeting) : ICommand<int>
{
    public Audience Audience => Audience.Resident;
}

internal sealed class SignInHandler(CouncilSession session) : IRequestHandler<SignIn, Result<int>>
{
    public async Task<Result<int>> Handle(SignIn request, CancellationToken cancellationToken)
    {
        var attendee = await Attendees.FindAsync(session.Connection, request.Community, request.Household, request.Resident, cancellationToken);
        return attendee is null
            ? Refusal.Invalid("meeting.unknown-attendee", "Household")
            : await Attendees.SignInAsync(session.Connection, request.Caller, request.Community, request.Meeting, attendee, isDoorDesk: true, cancellationToken);
    }
}

internal sealed class SignInMyselfHandler(CouncilSession session) : IRequestHandler<SignInMyself, Result<int>>
{
    public async Task<Result<int>> Handle(SignInMyself request, CancellationToken cancellationToken)
    {
        var attendee = await Attendees.FindAsync(session.Connection, request.Community, request.Caller.Household, request.Caller.Resident, cancellationToken);
        return attendee is null
            ? AccessRefusals.NotAllowed
            : await Attendees.SignInAsync(session.Connection, request.Caller, request.Community, request.Meeting, attendee, isDoorDesk: false, cancellationToken);
    }
}

/// <summary>Who signs in: a household, or an owner without one.</summary>
internal sealed record Attendee(Guid AttendeeId, Guid? ResidentId);

internal static class Attendees
{
    private static readonly TimeSpan DoorsOpen = TimeSpan.FromHours(1);

    /// <summary>When residents may begin to sign themselves in.</summary>
    public static DateTimeOffset OpensAt(DateTimeOffset meetsAt) => meetsAt - DoorsOpen;

    /// <summary>A resident stands for the household, so that it counts once whoever comes.</summary>
    public static Task<Attendee?> FindAsync(
        NpgsqlConnection connection, CommunityId community, HouseholdId? household, ResidentId? resident, CancellationToken cancellationToken) =>
        connection.RowAsync<Attendee>(
            """
            select h.household_id as attendee_id, @resident::uuid as resident_id
            from household h
            where h.community_id = @community and h.household_id = @household::uuid and h.moved_out_at is null
            union all
            select coalesce(r.household_id, r.resident_id), r.resident_id
            from resident r
            where @household::uuid is null and r.community_id = @community and r.resident_id = @resident::uuid
            """,
            new { community, household = household?.Value, resident = resident?.Value },
            cancellationToken);

    public static async Task<Result<int>> SignInAsync(
        NpgsqlConnection connection, Caller caller, CommunityId community, Guid meetingId, Attendee attendee, bool isDoorDesk, CancellationToken cancellationToken)
    {
        if (await connection.LockMeetingAsync(community, meetingId, cancellationToken) is not { } meeting)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!meeting.IsOpen)
        {
            return MeetingRows.Concluded;
        }

        if (!isDoorDesk && now < OpensAt(meeting.MeetsAt))
        {
            return Refusal.Conflict("meeting.doors-closed", ("opensAt", OpensAt(meeting.MeetsAt)));
        }

        var signed = await connection.RunAsync(
            """
            insert into attendance (community_id, meeting_id, attendee_id, resident_id, signed_at, signed_by)
            values (@community, @meetingId, @attendeeId, @residentId::uuid, @now, @staff::uuid)
            on conflict (community_id, meeting_id, attendee_id) do nothing
            """,
            new { community, meetingId, attendee.AttendeeId, attendee.ResidentId, now, staff = caller.Staff?.Value },
            cancellationToken);
        if (signed == 1)
        {
            await connection.AuditAsync(caller, community, isDoorDesk ? nameof(SignIn) : nameof(SignInMyself), $"meeting:{meetingId}", now, cancellationToken);
        }

        return await connection.CountPresentAsync(community, meetingId, cancellationToken);
    }
}
