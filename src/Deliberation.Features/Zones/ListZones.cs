using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Zones;

/// <param name="OwnerSince">Day on which the owner took over.</param>
/// <param name="LastDay">The owner's last attendance; null = none.</param>
/// <param name="IntervalDays">Days without an attendance after which the owner is on the monthly list.</param>
public sealed record ZoneLine(Guid Id, string Street, string Department, string Owner, DateOnly OwnerSince, int IntervalDays, DateOnly? LastDay, DateTimeOffset? EndedAt)
{
    /// <summary>Today no attendance lies in the interval before.</summary>
    public bool IsAbsent(DateOnly today) => EndedAt is null && (LastDay is { } last && last > OwnerSince ? last : OwnerSince) < today.AddDays(-IntervalDays);
}

/// <summary>Who may be an owner.</summary>
public sealed record ZoneOwner(Guid Id, string Name);

/// <summary>An owner on the monthly list.</summary>
/// <param name="LastDay">The last attendance before the list's day; null = none.</param>
public sealed record AbsentOwner(Guid Zone, string Street, string Owner, DateOnly? LastDay, int IntervalDays);

/// <param name="ListDay">First working day of this month: the monthly list is as of its beginning.</param>
/// <param name="Absent">The monthly list, by street.</param>
public sealed record ZoneList(DateOnly Today, Paged<ZoneLine> Zones, DateOnly ListDay, IReadOnlyList<AbsentOwner> Absent, IReadOnlyList<ZoneOwner> Owners);

/// <summary>Zones of responsibility (责任区), by street, and the list of this month.</summary>
public sealed record ListZones(Caller Caller, CommunityId Community, PageRequest Page) : IQuery<ZoneList>
{
    public Audience Audience => Audience.Readers;
}

public sealed record Attendance(DateOnly Day, string Owner, string Note);

/// <param name="MayRecord">The reader is its owner, or an admin.</param>
public sealed record ZonePage(DateOnly Today, ZoneLine Zone, Paged<Attendance> Attendances, IReadOnlyList<ZoneOwner> Owners, bool MayRecord);

public sealed record GetZone(Caller Caller, CommunityId Community, Guid Zone, PageRequest Page) : IQuery<ZonePage>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListZonesHandler(CouncilSession session) : IRequestHandler<ListZones, Result<ZoneList>>, IRequestHandler<GetZone, Result<ZonePage>>
{
    private const string Zones =
        """
        select z.zone_id as id, z.street, d.name as department, s.display_name as owner, z.owner_since, z.interval_days,
            (select max(a.attended_on) from zone_attendance a where a.community_id = z.community_id and a.zone_id = z.zone_id and a.owner_id = z.owner_id) as last_day, z.ended_at
        from zone z join department d using (community_id, department_id) join staff s on s.staff_id = z.owner_id
        where z.community_id = @Community
        """;

    public async Task<Result<ZoneList>> Handle(ListZones request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        var today = calendar.DayOf(now);
        var listDay = calendar.NextWorkingDay(new DateOnly(today.Year, today.Month, 1));
        var absent = await connection.RowsAsync<AbsentOwner>(
            """
            select a.zone_id as zone, a.street, s.display_name as owner, a.last_day, a.interval_days from absent_owner(@Community, @listDay) a join staff s on s.staff_id = a.owner_id
            where @listDay <= @today order by a.street
            """,
            new { request.Community, listDay, today },
            cancellationToken);
        return new ZoneList(
            today, await connection.PageAsync<ZoneLine, ZoneLine>($"{Zones} and z.ended_at is null", "street, id", new { request.Community }, request.Page, line => line, cancellationToken), listDay, absent,
            await OwnersAsync(request.Community, now, cancellationToken));
    }

    public async Task<Result<ZonePage>> Handle(GetZone request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.RowAsync<ZoneLine>($"{Zones} and z.zone_id = @Zone", new { request.Community, request.Zone }, cancellationToken) is not { } zone)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var attendances = await connection.PageAsync<Attendance, Attendance>(
            """
            select a.attended_on as day, s.display_name as owner, a.note from zone_attendance a join staff s on s.staff_id = a.owner_id
            where a.community_id = @Community and a.zone_id = @Zone
            """,
            "day desc, owner", new { request.Community, request.Zone }, request.Page, line => line, cancellationToken);
        var mayRecord = request.Caller.Kind == CallerKind.Admin || await connection.ScalarAsync<bool>(
            "select exists (select from zone where community_id = @Community and zone_id = @Zone and owner_id = @Staff)", new { request.Community, request.Zone, request.Caller.Staff }, cancellationToken);
        return new ZonePage(
            (await connection.CalendarAsync(request.Community, cancellationToken)).DayOf(now), zone, attendances, await OwnersAsync(request.Community, now, cancellationToken),
            mayRecord && zone.EndedAt is null);
    }

    private Task<IReadOnlyList<ZoneOwner>> OwnersAsync(CommunityId community, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.Connection.RowsAsync<ZoneOwner>($"{ZoneRows.Holders} order by name, id", new { community, now }, cancellationToken);
}
