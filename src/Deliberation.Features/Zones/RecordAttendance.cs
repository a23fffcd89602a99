using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Zones;

/// <summary>
/// The owner of a zone, or an admin for the owner, notes that the owner was there.
/// Refused with <c>zone.ended</c>, <c>zone.not-yours</c>, <c>zone.day-bounds</c>, <c>zone.note-length</c>, <c>zone.attended-already</c>.
/// </summary>
/// <param name="Day">Today or at most 30 days ago, not before the owner took over.</param>
/// <param name="Note">What was seen or done, 2 to 500 characters.</param>
public sealed record RecordAttendance(Caller Caller, CommunityId Community, Guid Zone, DateOnly? Day, string? Note) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class RecordAttendanceHandler(CouncilSession session) : IRequestHandler<RecordAttendance, Result<Done>>
{
    public const int DaysBack = 30;

    public async Task<Result<Done>> Handle(RecordAttendance request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockZoneAsync(request.Community, request.Zone, cancellationToken) is not { } zone)
        {
            return AccessRefusals.NotFound;
        }

        if (zone.EndedAt is not null)
        {
            return ZoneRefusals.Ended;
        }

        if (request.Caller.Kind != CallerKind.Admin && request.Caller.Staff != zone.OwnerId)
        {
            return ZoneRefusals.NotYours;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var today = (await connection.CalendarAsync(request.Community, cancellationToken)).DayOf(now);
        if (request.Day is not { } day || day > today || day < today.AddDays(-DaysBack) || day < zone.OwnerSince)
        {
            return ZoneRefusals.DayBounds;
        }

        if (request.Note?.Trim() is not { Length: >= 2 and <= 500 } note)
        {
            return ZoneRefusals.NoteLength;
        }

        var noted = await connection.RunAsync(
            """
            insert into zone_attendance (community_id, zone_id, owner_id, attended_on, note, recorded_at, recorded_by)
            values (@Community, @Zone, @OwnerId, @day, @note, @now, @Staff)
            on conflict do nothing
            """,
            new { request.Community, request.Zone, zone.OwnerId, day, note, now, request.Caller.Staff },
            cancellationToken);
        if (noted == 0)
        {
            return ZoneRefusals.AttendedAlready;
        }

        await connection.AuditAsync(request.Caller, request.Community, nameof(RecordAttendance), $"zone:{request.Zone}", now, cancellationToken);
        return Done.Value;
    }
}
