using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Ballots.Deliveries;

/// <summary>Puts on record that papers reached their owners (送达), of one unit or of all of a building that are not on record yet; before the close only.
/// Refused with <c>ballot.not-found</c>, <c>delivery.not-asked</c>, <c>ballot.window-closed</c>, <c>delivery.day</c>, <c>delivery.by-required</c>, <c>delivery.evidence-required</c>,
/// <c>ballot.unit-not-found</c>, <c>delivery.nothing</c>.</summary>
/// <remarks>Source: domain.md 3.2 (unreturned papers follow the majority only where delivery is proven).</remarks>
/// <param name="Unit">One unit's key; null for a whole building.</param>
/// <param name="Building">Null with no unit: the whole roll.</param>
/// <param name="DeliveredOn">From the day of the opening to today.</param>
/// <param name="By">Who delivered, 2 to 60 characters.</param>
/// <param name="Evidence">What proves it, 2 to 300 characters.</param>
/// <returns>How many units.</returns>
public sealed record RecordDeliveries(
    Caller Caller, CommunityId Community, BallotId Ballot, string? Unit, string? Building, DateOnly DeliveredOn, DeliveryWay Way, string By, string Evidence) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Says that a delivery is not proven after all; both stay on record. Before the close only.
/// Refused with <c>ballot.not-found</c>, <c>delivery.not-asked</c>, <c>ballot.window-closed</c>, <c>delivery.none</c>, <c>delivery.evidence-required</c>.</summary>
/// <param name="Reason">2 to 300 characters.</param>
public sealed record WithdrawDelivery(Caller Caller, CommunityId Community, BallotId Ballot, string Unit, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class RecordDeliveriesHandler(CouncilSession session) : IRequestHandler<RecordDeliveries, Result<int>>, IRequestHandler<WithdrawDelivery, Result<Done>>
{
    public async Task<Result<int>> Handle(RecordDeliveries request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        // Held, not locked: votes go on, the count waits.
        if (await BallotRow.HoldAsync(connection, request.Community, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (DeliveryBook.Closed(ballot, now) is { } closed)
        {
            return closed;
        }

        var (opened, today) = (WorkingCalendar.China.DayOf(ballot.OpensAt), WorkingCalendar.China.DayOf(now));
        if (request.DeliveredOn < opened || request.DeliveredOn > today)
        {
            return Refusal.Invalid("delivery.day", "DeliveredOn", ("from", opened), ("to", today));
        }

        if (request.By.Trim() is not { Length: >= 2 and <= 60 } by)
        {
            return Refusal.Invalid("delivery.by-required", "By");
        }

        if (!IsEvidence(request.Evidence))
        {
            return Refusal.Invalid("delivery.evidence-required", "Evidence");
        }

        if (request.Unit is not null && !await connection.ScalarAsync<bool>(
            "select exists (select from roll_entry where community_id = @Community and ballot_id = @Ballot and unit_key = @Unit and not is_removed)",
            new { request.Community, request.Ballot, request.Unit }, cancellationToken))
        {
            return BallotRefusals.UnitNotFound;
        }

        var count = await connection.RunAsync(
            $"""
            insert into delivery (community_id, ballot_id, unit_key, delivered_on, way, delivered_by, evidence, recorded_by, recorded_at)
            select e.community_id, e.ballot_id, e.unit_key, @DeliveredOn, @way, @by, @evidence, @staff, @now
            from roll_entry e
            where e.community_id = @community and e.ballot_id = @ballot and not e.is_removed
                and (@Unit::text is null or e.unit_key = @Unit) and (@Building::text is null or e.building = @Building)
                and e.unit_key not in (select unit_key from {DeliveryBook.Standing} d)
            order by e.unit_key
            """,
            new
            {
                community = request.Community,
                ballot = request.Ballot,
                request.Unit,
                Building = string.IsNullOrEmpty(request.Building) ? null : request.Building,
                request.DeliveredOn,
                way = request.Way.ToString(),
                by,
                evidence = request.Evidence.Trim(),
                staff = request.Caller.Staff!.Value,
                now,
            },
            cancellationToken);
        if (count == 0)
        {
            return Refusal.Conflict("delivery.nothing");
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(RecordDeliveries), $"ballot:{request.Ballot}", now, cancellationToken,
            details: new JsonObject { ["count"] = count, ["unit"] = request.Unit, ["building"] = request.Building, ["way"] = request.Way.ToString() });
        return count;
    }

    public async Task<Result<Done>> Handle(WithdrawDelivery request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotRow.LockAsync(connection, request.Community, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (DeliveryBook.Closed(ballot, now) is { } closed)
        {
            return closed;
        }

        if (!IsEvidence(request.Reason))
        {
            return Refusal.Invalid("delivery.evidence-required", "Reason");
        }

        var withdrawn = await connection.RunAsync(
            $"""
            insert into delivery (community_id, ballot_id, unit_key, is_withdrawal, evidence, recorded_by, recorded_at)
            select community_id, ballot_id, unit_key, true, @reason, @staff, @now from {DeliveryBook.Standing} d where unit_key = @Unit
            """,
            new { community = request.Community, ballot = request.Ballot, request.Unit, reason = request.Reason.Trim(), staff = request.Caller.Staff!.Value, now },
            cancellationToken);
        if (withdrawn == 0)
        {
            return Refusal.Conflict("delivery.none");
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(WithdrawDelivery), $"ballot:{request.Ballot}", now, cancellationToken, request.Reason.Trim(), new JsonObject { ["unit"] = request.Unit });
        return Done.Value;
    }

    private static bool IsEvidence(string text) => text.Trim().Length is >= 2 and <= 300;
}
