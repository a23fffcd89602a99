using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>Who has returned a vote and how many are still needed (表决进度). Never a choice. Refused with <c>ballot.not-found</c>.</summary>
public sealed record GetTracker(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<BallotTracker>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="NeededPersons">Persons who must take part for the rule's quorum; 0 when it has none.</param>
/// <param name="NeededAreaHundredths">Area that must take part; 0 when the rule counts heads only.</param>
/// <param name="Buildings">Empty for a secret ballot's building with fewer than five units: it is then added to the others under "".</param>
/// <param name="Papers">Paper votes; null when none were issued.</param>
/// <param name="ToDeclare">Null before the count and once the result is declared.</param>
/// <param name="Away">Of those whose people all work away (外出务工); null when there are none, or in a secret ballot fewer than five.</param>
/// <param name="OpenDisputes">Disputes of the books or of this roll that wait for an answer.</param>
/// <param name="ReminderAudience">How many people a reminder would reach now: those whose unit has not voted.</param>
public sealed record BallotTracker(
    BallotView Ballot,
    int ReturnedUnits,
    int ReturnedPersons,
    long ReturnedAreaHundredths,
    int NeededPersons,
    long NeededAreaHundredths,
    IReadOnlyList<BuildingTurnout> Buildings,
    PaperFigures? Papers,
    int ReminderAudience,
    ResultToDeclare? ToDeclare,
    AwayTurnout? Away,
    int OpenDisputes);

/// <summary>Units whose people work away.</summary>
public sealed record AwayTurnout(int RollUnits, int ReturnedUnits);

public sealed record BuildingTurnout(string Building, int RollUnits, int ReturnedUnits, long RollAreaHundredths, long ReturnedAreaHundredths);

/// <summary>The door-knock list of a named ballot: units that have not voted, for staff to print. Every look is on record. Of a secret ballot nobody learns who has not voted:
/// reminders go by the system. Refused with <c>ballot.not-found</c>, <c>ballot.secret-no-list</c>.</summary>
public sealed record ListNonVoters(Caller Caller, CommunityId Community, BallotId Ballot) : ICommand<IReadOnlyList<RollUnitLine>>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>A unit of the roll as staff see it. Names are masked.</summary>
/// <param name="HasVoted">Null for a secret ballot: only the desk that takes papers is told, by its refusal of a second one.</param>
public sealed record RollUnitLine(string Key, string Label, string Building, long AreaHundredths, bool? HasVoted, bool IsRemoved, IReadOnlyList<string> People);

/// <summary>Finds units of a roll by door or name, at most 50, for the help desk and paper entry. Every look is on record, what was looked for is not. Refused with <c>ballot.not-found</c>.</summary>
public sealed record FindRollUnits(Caller Caller, CommunityId Community, BallotId Ballot, string Text) : ICommand<IReadOnlyList<RollUnitLine>>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Reminds now everybody whose unit has not voted: the count shown by the tracker is the count sent; nobody twice a day. Refused with <c>ballot.not-found</c>, <c>ballot.window-closed</c> and their like.</summary>
/// <returns>How many messages were written.</returns>
public sealed record RemindNow(Caller Caller, CommunityId Community, BallotId Ballot) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class GetTrackerHandler(CouncilSession session) :
    IRequestHandler<GetTracker, Result<BallotTracker>>,
    IRequestHandler<ListNonVoters, Result<IReadOnlyList<RollUnitLine>>>,
    IRequestHandler<FindRollUnits, Result<IReadOnlyList<RollUnitLine>>>
{
    public async Task<Result<BallotTracker>> Handle(GetTracker request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotReading.FindAsync(connection, request.Community, request.Ballot, null, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var buildings = (await connection.QueryAsync<BuildingTurnout>(new CommandDefinition(
            $"""
            select building, count(*) as roll_units, count(*) filter (where voted) as returned_units,
                sum(area_hundredths)::bigint as roll_area_hundredths, coalesce(sum(area_hundredths) filter (where voted), 0)::bigint as returned_area_hundredths
            from (select e.building, e.area_hundredths, {BallotReading.HasVoted} as voted
                  from roll_entry e where e.community_id = @Community and e.ballot_id = @Ballot and not e.is_removed) unit
            group by building order by length(building), building
            """,
            new { request.Community, request.Ballot },
            cancellationToken: cancellationToken))).AsList();
        var away = await connection.QuerySingleAsync<AwayTurnout>(new CommandDefinition(
            $"""
            select count(*)::int as roll_units, (count(*) filter (where {BallotReading.HasVoted}))::int as returned_units
            from roll_entry e where e.community_id = @Community and e.ballot_id = @Ballot and e.is_away and not e.is_removed
            """,
            new { request.Community, request.Ballot },
            cancellationToken: cancellationToken));
        var disputes = await connection.ScalarAsync<int>(
            "select count(*)::int from roll_dispute where community_id = @Community and state = 'Open' and (ballot_id is null or ballot_id = @Ballot)",
            new { request.Community, request.Ballot },
            cancellationToken);
        var papers = await PaperRegister.ReconcileAsync(connection, request.Community, request.Ballot, isSecret: false, cancellationToken);
        var (persons, area) = Needed(ballot);
        return new BallotTracker(
            ballot,
            buildings.Sum(b => b.ReturnedUnits),
            buildings.Sum(b => b.ReturnedUnits),
            buildings.Sum(b => b.ReturnedAreaHundredths),
            persons,
            area,
            ballot.IsSecret ? WithoutSmallCells(buildings) : buildings,
            papers.Stations.Count == 0 ? null : papers.Total,
            await BallotMessages.CountAsync(connection, request.Community, request.Ballot, cancellationToken),
            ballot.State == BallotState.Closed
                ? await Declaring.FindAsync(connection, request.Caller, request.Community, ballot.Project, ballot.Now, cancellationToken)
                : null,
            away.RollUnits >= (ballot.IsSecret ? SmallCells.Smallest : 1) && (!ballot.IsSecret || ballot.Roll.Units - away.RollUnits is 0 or >= SmallCells.Smallest) ? away : null,
            disputes);
    }

    public async Task<Result<IReadOnlyList<RollUnitLine>>> Handle(ListNonVoters request, CancellationToken cancellationToken) =>
        await IsSecretAsync(request.Community, request.Ballot, cancellationToken) switch
        {
            null => BallotRefusals.NotFound,
            true => BallotRefusals.SecretNoList,
            false => await OnRecordAsync(
                request, request.Ballot, nameof(ListNonVoters), await UnitsAsync(request.Community, request.Ballot, null, onlyNonVoters: true, isSecret: false, 5_000, cancellationToken), cancellationToken),
        };

    public async Task<Result<IReadOnlyList<RollUnitLine>>> Handle(FindRollUnits request, CancellationToken cancellationToken) =>
        await IsSecretAsync(request.Community, request.Ballot, cancellationToken) is not { } isSecret
            ? BallotRefusals.NotFound
            : await OnRecordAsync(
                request,
                request.Ballot,
                nameof(FindRollUnits),
                await UnitsAsync(request.Community, request.Ballot, LikePattern.Containing(request.Text), onlyNonVoters: false, isSecret, 50, cancellationToken),
                cancellationToken);

    /// <returns>Null when there is no such ballot.</returns>
    private Task<bool?> IsSecretAsync(CommunityId community, BallotId ballot, CancellationToken cancellationToken) => session.Connection.ScalarAsync<bool?>(
        "select secrecy = 'Secret' from ballot where community_id = @community and ballot_id = @ballot", new { community, ballot }, cancellationToken);

    /// <summary>Who looked at a list of names, and how long it was (domain.md 5, requirement 12).</summary>
    private async Task<Result<IReadOnlyList<RollUnitLine>>> OnRecordAsync(
        ICommunityRequest request, BallotId ballot, string action, IReadOnlyList<RollUnitLine> units, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        await session.Connection.AuditAsync(
            request.Caller, request.Community, action, $"ballot:{ballot}", now, cancellationToken, details: new JsonObject { ["count"] = units.Count });
        return new Result<IReadOnlyList<RollUnitLine>>.Accepted(units);
    }

    private async Task<IReadOnlyList<RollUnitLine>> UnitsAsync(
        CommunityId community, BallotId ballot, string? pattern, bool onlyNonVoters, bool isSecret, int limit, CancellationToken cancellationToken) =>
        [.. (await session.Connection.QueryAsync<UnitRow>(new CommandDefinition(
            $"""
            select * from (
                select e.unit_key as key, e.label, e.building, e.area_hundredths, {BallotReading.HasVoted} as has_voted, e.is_removed,
                    coalesce((select array_agg(r.full_name order by r.full_name)
                        from roll_entry_person p join resident r using (community_id, resident_id)
                        where p.community_id = e.community_id and p.ballot_id = e.ballot_id and p.unit_key = e.unit_key), '{"{}"}') as people
                from roll_entry e
                where e.community_id = @community and e.ballot_id = @ballot) unit
            where (not @onlyNonVoters or not has_voted and not is_removed)
                and (@pattern::text is null or label ilike @pattern or exists (select from unnest(people) name where name ilike @pattern))
            order by length(building), building, label
            limit @limit
            """,
            new { community, ballot, pattern, onlyNonVoters, limit },
            cancellationToken: cancellationToken))).Select(row => new RollUnitLine(
                row.Key, row.Label, row.Building, row.AreaHundredths, isSecret ? null : row.HasVoted, row.IsRemoved, [.. row.People.Select(NameMask.Of)]))];

    /// <summary>What the rule's quorum or turnout test asks; 0 when it asks nothing.</summary>
    private static (int Persons, long AreaHundredths) Needed(BallotView ballot) => BallotRule.Read(ballot.Rule) switch
    {
        { Kind: RuleKind.OwnersAssembly or RuleKind.OwnersCommitteeElection } =>
            ((int)Threshold.TwoThirds.Needed(ballot.Roll.Persons), Threshold.TwoThirds.Needed(ballot.Roll.AreaHundredths)),
        { Kind: RuleKind.OfficeElection, Mode: ElectionMode.First } or { Kind: RuleKind.Recall } => ((int)Threshold.MoreThanHalf.Needed(ballot.Roll.Units), 0),
        { Kind: RuleKind.Meeting } rule => ((int)MeetingVote.QuorumOf(rule.Body, rule.Form).Needed(ballot.Roll.Units), 0),
        { MinTurnout: { } turnout } => ((int)turnout.Needed(ballot.Roll.Units), 0),
        _ => (0, 0),
    };

    /// <summary>Buildings with few units are told together; while even those are too few, the next smallest goes with them.</summary>
    internal static IReadOnlyList<BuildingTurnout> WithoutSmallCells(IReadOnlyList<BuildingTurnout> buildings)
    {
        var small = buildings.Where(b => b.RollUnits < SmallCells.Smallest).ToList();
        foreach (var next in buildings.Except(small).OrderBy(b => b.RollUnits).ToList())
        {
            if (small.Count == 0 || small.Sum(b => b.RollUnits) >= SmallCells.Smallest)
            {
                break;
            }

            small.Add(next);
        }

        return small.Count == 0
            ? buildings
            : [.. buildings.Except(small), new BuildingTurnout("", small.Sum(b => b.RollUnits), small.Sum(b => b.ReturnedUnits), 0, 0)];
    }

    private sealed record UnitRow(string Key, string Label, string Building, long AreaHundredths, bool HasVoted, bool IsRemoved, string[] People);
}

internal sealed class RemindNowHandler(CouncilSession session) : IRequestHandler<RemindNow, Result<int>>
{
    public async Task<Result<int>> Handle(RemindNow request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotRow.LockAsync(connection, request.Community, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (BallotRefusals.Window(ballot.State, ballot.OpensAt, ballot.ClosesAt, now) is { } refusal)
        {
            return refusal;
        }

        var day = now.ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var sent = await RemindNonVotersHandler.RemindAsync(connection, ballot, $"remind:staff-{day}", now, cancellationToken);
        await connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, nameof(RemindNow), $"ballot:{request.Ballot}", now,
                Details: new JsonObject { ["count"] = sent }),
            cancellationToken);
        return sent;
    }
}
