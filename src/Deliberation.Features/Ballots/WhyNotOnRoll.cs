using System.Globalization;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>Why a person is, or is not, on a ballot's roll, in words. Residents ask about themselves; staff name a resident.</summary>
/// <param name="Resident">Null = the caller. A resident who names another is refused with <c>access.not-allowed</c>.</param>
public sealed record WhyNotOnRoll(Caller Caller, CommunityId Community, BallotId Ballot, ResidentId? Resident = null) : IQuery<RollAnswer>
{
    public Audience Audience => Audience.Resident | Audience.Workers;
}

/// <param name="IsOnRoll">The person may act for at least one unit.</param>
/// <param name="TextKey">
/// <c>ballots.roll.on-roll</c>, <c>ballots.roll.not-owner</c>, <c>ballots.roll.parking-only</c>, <c>ballots.roll.other-building</c>, <c>ballots.roll.under-age</c>,
/// <c>ballots.roll.delegate-votes</c>, <c>ballots.roll.no-household</c>, <c>ballots.roll.moved-out</c>, <c>ballots.roll.not-member</c>, <c>ballots.roll.not-merchant</c>, <c>ballots.roll.merchant-only</c>, <c>ballots.roll.not-away</c>, <c>ballots.roll.other-group</c>,
/// <c>ballots.roll.removed</c>, <c>ballots.roll.joined-later</c>.
/// </param>
/// <param name="Values">What the text fills in.</param>
public sealed record RollAnswer(bool IsOnRoll, string TextKey, IReadOnlyDictionary<string, string> Values);

internal sealed class WhyNotOnRollHandler(CouncilSession session) : IRequestHandler<WhyNotOnRoll, Result<RollAnswer>>
{
    public async Task<Result<RollAnswer>> Handle(WhyNotOnRoll request, CancellationToken cancellationToken)
    {
        if (request.Caller.Kind == CallerKind.Resident && request.Resident is { } other && other != request.Caller.Resident)
        {
            return AccessRefusals.NotAllowed;
        }

        if ((request.Resident ?? request.Caller.Resident) is not { } resident)
        {
            return Refusal.NotFound("residents.not-found");
        }

        var facts = await session.Connection.QuerySingleOrDefaultAsync<Facts>(new CommandDefinition(
            """
            select b.roll_kind, b.roll_scope, b.opens_at, r.birth_year, r.created_at, r.household_id is not null as has_household, h.building, h.moved_out_at is not null as has_moved,
                h.delegate_id is not null and h.delegate_id <> r.resident_id as other_votes,
                coalesce((select bool_or(not e.is_removed) from roll_entry_person p join roll_entry e using (community_id, ballot_id, unit_key)
                    where p.community_id = b.community_id and p.ballot_id = b.ballot_id and p.resident_id = r.resident_id), false) as is_on_roll,
                exists (select from roll_entry_person p where p.community_id = b.community_id and p.ballot_id = b.ballot_id and p.resident_id = r.resident_id) as was_on_roll,
                (select string_agg(distinct e.label, ', ') from roll_entry_person p join roll_entry e using (community_id, ballot_id, unit_key)
                    where p.community_id = b.community_id and p.ballot_id = b.ballot_id and p.resident_id = r.resident_id) as labels,
                (select count(*) from unit_owner o where o.community_id = r.community_id and o.resident_id = r.resident_id)::int as units,
                (select count(*) from unit_owner o join exclusive_unit u using (community_id, unit_id)
                    where o.community_id = r.community_id and o.resident_id = r.resident_id and u.kind in ('Residential', 'Shop'))::int as counted_units,
                (select count(*) from unit_owner o join exclusive_unit u using (community_id, unit_id)
                    where o.community_id = r.community_id and o.resident_id = r.resident_id and u.kind in ('Residential', 'Shop')
                        and (b.roll_scope is null or u.building = b.roll_scope))::int as units_in_scope,
                (select count(*) from merchant m where m.community_id = r.community_id and m.resident_id = r.resident_id and m.closed_at is null)::int as merchants, r.away_group
            from ballot b
            join resident r on r.community_id = b.community_id and r.resident_id = @resident
            left join household h on h.community_id = r.community_id and h.household_id = r.household_id
            where b.community_id = @Community and b.ballot_id = @Ballot
            """,
            new { request.Community, request.Ballot, resident },
            cancellationToken: cancellationToken));
        return facts is null ? BallotRefusals.NotFound : Answer(facts);
    }

    private static RollAnswer Answer(Facts facts)
    {
        var reason = facts switch
        {
            { IsOnRoll: true } => "on-roll",
            { WasOnRoll: true } => "removed",
            { RollKind: "Members" } => "not-member",
            { RollKind: "Owners", Units: 0 } => "not-owner",
            { RollKind: "Owners", CountedUnits: 0 } => "parking-only",
            { RollKind: "Owners", UnitsInScope: 0 } => "other-building",
            { RollKind: "Owners" } => "joined-later",
            { RollKind: "Merchants", Merchants: 0 } => "not-merchant",
            { RollKind: "Merchants" } when facts.BirthYear > RollBuilding.BornBy(facts.OpensAt) => "under-age",
            { RollKind: "Merchants" } => "joined-later",
            { HasHousehold: false, Merchants: > 0 } => "merchant-only",
            { HasHousehold: false } => "no-household",
            { HasMoved: true } => "moved-out",
            { RollKind: "AwayWorkers", AwayGroup: null } => "not-away",
            { RollKind: "AwayWorkers", RollScope: { } group } when group != facts.AwayGroup => "other-group",
            { RollKind: not "AwayWorkers" } when facts.RollScope is { } scope && scope != facts.Building => "other-building",
            _ when facts.BirthYear > RollBuilding.BornBy(facts.OpensAt) => "under-age",
            { RollKind: "Households", OtherVotes: true } => "delegate-votes",
            _ => "joined-later",
        };
        return new RollAnswer(facts.IsOnRoll, $"ballots.roll.{reason}", new Dictionary<string, string>
        {
            ["labels"] = facts.Labels ?? "",
            ["scope"] = facts.RollScope ?? "",
            ["age"] = RollBuilding.AdultAge.ToString(CultureInfo.InvariantCulture),
        });
    }

    private sealed record Facts(
        string RollKind,
        string? RollScope,
        DateTimeOffset OpensAt,
        int BirthYear,
        DateTimeOffset CreatedAt,
        bool HasHousehold,
        string? Building,
        bool HasMoved,
        bool OtherVotes,
        bool IsOnRoll,
        bool WasOnRoll,
        string? Labels,
        int Units,
        int CountedUnits,
        int UnitsInScope,
        int Merchants,
        string? AwayGroup);
}
