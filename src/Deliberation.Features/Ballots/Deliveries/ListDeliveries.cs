using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ballots.Deliveries;

/// <summary>Proof of delivery on record, by door. Refused with <c>ballot.not-found</c>.</summary>
public sealed record ListDeliveries(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<DeliveriesView>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="Buildings">With units that have none on record.</param>
/// <param name="RollUnits">Units on the roll.</param>
public sealed record DeliveriesView(BallotView Ballot, IReadOnlyList<DeliveryLine> Lines, IReadOnlyList<string> Buildings, int RollUnits);

/// <param name="By">Who delivered.</param>
/// <param name="RecordedBy">Who wrote it down.</param>
public sealed record DeliveryLine(string Unit, string Label, string Building, DateOnly DeliveredOn, DeliveryWay Way, string By, string Evidence, string RecordedBy);

internal sealed class ListDeliveriesHandler(CouncilSession session) : IRequestHandler<ListDeliveries, Result<DeliveriesView>>
{
    public async Task<Result<DeliveriesView>> Handle(ListDeliveries request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotReading.FindAsync(connection, request.Community, request.Ballot, null, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var values = new { request.Community, request.Ballot };
        var lines = await connection.RowsAsync<DeliveryLine>(
            $"""
            select d.unit_key as unit, e.label, e.building, d.delivered_on, d.way, d.delivered_by as by, d.evidence, s.display_name as recorded_by
            from {DeliveryBook.Standing} d join roll_entry e using (community_id, ballot_id, unit_key) join staff s on s.staff_id = d.recorded_by
            order by length(e.building), e.building, length(e.label), e.label limit 5000
            """,
            values, cancellationToken);
        var buildings = await connection.RowsAsync<string>(
            $"""
            select building from roll_entry
            where community_id = @community and ballot_id = @ballot and not is_removed and building <> '' and unit_key not in (select unit_key from {DeliveryBook.Standing} d)
            group by building order by length(building), building
            """,
            values, cancellationToken);
        return new DeliveriesView(ballot, lines, buildings, ballot.Roll.Units);
    }
}
