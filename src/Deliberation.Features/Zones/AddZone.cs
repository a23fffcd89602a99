using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Departments;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Zones;

/// <summary>Adds a zone of responsibility (责任区). Refused with <c>zone.street-length</c>, <c>zone.there-already</c>, <c>department.unknown</c>, <c>zone.owner-unknown</c>, <c>zone.interval-bounds</c>.</summary>
/// <param name="Street">2 to 60 characters, once among those that have not ended.</param>
/// <param name="Department">Its monthly pack names an absent owner.</param>
/// <param name="Owner">Holds a post of the community.</param>
/// <param name="IntervalDays">1 to 366: so many days without an attendance, and the owner is on the monthly list.</param>
public sealed record AddZone(Caller Caller, CommunityId Community, string? Street, Guid? Department, Guid? Owner, int IntervalDays) : ICommand<Guid>
{
    public const int UsualInterval = 60;

    public Audience Audience => Audience.Workers;
}

/// <summary>Gives a zone to another owner, who has the whole interval from today. Refused with <c>zone.ended</c>, <c>zone.owner-unknown</c>, <c>task.reason-missing</c>.</summary>
public sealed record ChangeZoneOwner(Caller Caller, CommunityId Community, Guid Zone, Guid? Owner, string? Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Ends a zone; its attendances stay. Refused with <c>zone.ended</c>, <c>task.reason-missing</c>.</summary>
public sealed record EndZone(Caller Caller, CommunityId Community, Guid Zone, string? Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class AddZoneHandler(CouncilSession session) :
    IRequestHandler<AddZone, Result<Guid>>, IRequestHandler<ChangeZoneOwner, Result<Done>>, IRequestHandler<EndZone, Result<Done>>
{
    public async Task<Result<Guid>> Handle(AddZone request, CancellationToken cancellationToken)
    {
        if (request.Street?.Trim() is not { Length: >= 2 and <= 60 } street)
        {
            return ZoneRefusals.StreetLength;
        }

        if (request.IntervalDays is < 1 or > 366)
        {
            return ZoneRefusals.IntervalBounds;
        }

        var connection = session.Connection;
        if (await connection.LockActiveDepartmentAsync(request.Community, request.Department, cancellationToken) is not { } department)
        {
            return DepartmentRefusals.Unknown;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!await connection.IsHolderAsync(request.Community, request.Owner, now, cancellationToken))
        {
            return ZoneRefusals.OwnerUnknown;
        }

        var id = Guid.CreateVersion7();
        var added = await connection.RunAsync(
            """
            insert into zone (community_id, zone_id, street, department_id, owner_id, owner_since, interval_days)
            values (@Community, @id, @street, @DepartmentId, @Owner, @today, @IntervalDays)
            on conflict (community_id, street) where ended_at is null do nothing
            """,
            new
            {
                request.Community, id, street, department.DepartmentId, request.Owner, request.IntervalDays,
                today = (await connection.CalendarAsync(request.Community, cancellationToken)).DayOf(now),
            },
            cancellationToken);
        if (added == 0)
        {
            return ZoneRefusals.ThereAlready;
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AddZone), $"zone:{id}", now, cancellationToken, details: new JsonObject { ["street"] = street, ["owner"] = $"{request.Owner}" });
        return id;
    }

    public async Task<Result<Done>> Handle(ChangeZoneOwner request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await CheckAsync(request.Community, request.Zone, request.Reason, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!await connection.IsHolderAsync(request.Community, request.Owner, now, cancellationToken))
        {
            return ZoneRefusals.OwnerUnknown;
        }

        await connection.RunAsync(
            "update zone set owner_id = @Owner, owner_since = @today where community_id = @Community and zone_id = @Zone and owner_id <> @Owner",
            new { request.Owner, request.Community, request.Zone, today = (await connection.CalendarAsync(request.Community, cancellationToken)).DayOf(now) },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ChangeZoneOwner), $"zone:{request.Zone}", now, cancellationToken, request.Reason!.Trim(), new JsonObject { ["owner"] = $"{request.Owner}" });
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(EndZone request, CancellationToken cancellationToken)
    {
        if (await CheckAsync(request.Community, request.Zone, request.Reason, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        await session.Connection.RunAsync("update zone set ended_at = @now where community_id = @Community and zone_id = @Zone", new { now, request.Community, request.Zone }, cancellationToken);
        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(EndZone), $"zone:{request.Zone}", now, cancellationToken, request.Reason!.Trim());
        return Done.Value;
    }

    private async Task<Refusal?> CheckAsync(CommunityId community, Guid zone, string? reason, CancellationToken cancellationToken) =>
        await session.Connection.LockZoneAsync(community, zone, cancellationToken) is not { } row ? AccessRefusals.NotFound
        : row.EndedAt is not null ? ZoneRefusals.Ended
        : string.IsNullOrWhiteSpace(reason) ? ZoneRefusals.ReasonMissing : null;
}

/// <summary>A zone, locked.</summary>
internal sealed record ZoneRow(Guid ZoneId, StaffId OwnerId, DateOnly OwnerSince, DateTimeOffset? EndedAt);

internal static class ZoneRows
{
    public static Task<ZoneRow?> LockZoneAsync(this NpgsqlConnection connection, CommunityId community, Guid zone, CancellationToken cancellationToken) =>
        connection.RowAsync<ZoneRow>(
            "select zone_id, owner_id, owner_since, ended_at from zone where community_id = @community and zone_id = @zone for update", new { community, zone }, cancellationToken);

    /// <summary>Holds a post of the community now, though perhaps away.</summary>
    public static Task<bool> IsHolderAsync(this NpgsqlConnection connection, CommunityId community, Guid? staff, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.ScalarAsync<bool>($"select exists ({Holders} and s.staff_id = @staff::uuid)", new { community, staff, now }, cancellationToken);

    /// <summary>Those who hold a post of <c>@community</c> at <c>@now</c>.</summary>
    public const string Holders =
        """
        select distinct s.staff_id as id, s.display_name as name from post_holder h join staff s using (staff_id)
        where h.community_id = @community and s.is_enabled and h.held_from <= @now and (h.held_until is null or h.held_until > @now)
        """;
}
