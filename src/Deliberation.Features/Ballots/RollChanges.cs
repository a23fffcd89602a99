using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Rolls;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>
/// Proposes a change of a frozen roll, with the reason that will be published. Nothing changes until another member of staff confirms it.
/// Refused with <c>ballot.not-found</c>, <c>ballot.unit-not-found</c>, <c>ballot.already-voted</c>, <c>ballot.reason-required</c>, <c>ballot.window-closed</c>, <c>ballot.correction-empty</c>, <c>roll.not-entitled</c>, <c>roll.area-counted</c>, <c>roll.already-proposed</c>.
/// </summary>
/// <param name="Unit">Null for <see cref="RollChange.AddUnit"/>: the unit is found by its resident.</param>
/// <param name="Resident">Of AddPerson and AddUnit.</param>
/// <param name="Reason">5 to 500 characters.</param>
public sealed record ProposeRollChange(
    Caller Caller, CommunityId Community, BallotId Ballot, string? Unit, RollChange Change, ResidentId? Resident, string Reason) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Lets a proposed change drop, by whomever, the proposer too. Refused with <c>roll.change-not-found</c>, <c>roll.already-decided</c>.</summary>
public sealed record RefuseRollChange(Caller Caller, CommunityId Community, BallotId Ballot, Guid Change) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Proposed and decided changes of a frozen roll, newest first. Refused with <c>ballot.not-found</c>.</summary>
public sealed record ListRollChanges(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<IReadOnlyList<RollChangeLine>>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="Name">Masked; null when the change is about a unit as a whole.</param>
/// <param name="State">Proposed, Confirmed or Refused.</param>
/// <param name="IsMine">Proposed by the caller, who may therefore not confirm it.</param>
public sealed record RollChangeLine(
    Guid Id, RollChange Change, string Label, string? Name, string Reason, string ProposedBy, DateTimeOffset ProposedAt, string State, string? DecidedBy, DateTimeOffset? DecidedAt, bool IsMine);

internal sealed class RollChangesHandler(CouncilSession session) :
    IRequestHandler<ProposeRollChange, Result<Guid>>,
    IRequestHandler<RefuseRollChange, Result<Done>>,
    IRequestHandler<ListRollChanges, Result<IReadOnlyList<RollChangeLine>>>
{
    public async Task<Result<Guid>> Handle(ProposeRollChange request, CancellationToken cancellationToken)
    {
        if (request.Reason?.Trim() is not { Length: >= 5 and <= 500 } reason)
        {
            return BallotRefusals.ReasonRequired;
        }

        var connection = session.Connection;
        if (await BallotRow.LockAsync(connection, request.Community, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!ballot.IsRunning || now >= ballot.ClosesAt)
        {
            return BallotRefusals.WindowClosed(ballot.ClosesAt);
        }

        var (unit, refusal) = await UnitAsync(request, ballot, now, cancellationToken);
        if (unit is null)
        {
            return refusal!;
        }

        var id = Guid.CreateVersion7();
        var isNew = await connection.RunAsync(
            """
            insert into roll_change (community_id, ballot_id, change_id, unit_key, label, change, resident_id, reason, proposed_by, proposed_at)
            values (@Community, @Ballot, @id, @Key, @Label, @change, @Resident, @reason, @Staff, @now)
            on conflict (community_id, ballot_id, unit_key, change, coalesce(resident_id, '00000000-0000-0000-0000-000000000000')) where state = 'Proposed' do nothing
            """,
            new { request.Community, request.Ballot, id, unit.Key, unit.Label, change = request.Change.ToString(), request.Resident, reason, request.Caller.Staff, now },
            cancellationToken);
        if (isNew == 0)
        {
            return RollRefusals.AlreadyProposed;
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ProposeRollChange), $"ballot:{request.Ballot}", now, cancellationToken, reason,
            new JsonObject { ["change"] = request.Change.ToString(), ["unit"] = unit.Key });
        return id;
    }

    public async Task<Result<Done>> Handle(RefuseRollChange request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var state = await connection.ScalarAsync<string?>(
            "select state from roll_change where community_id = @Community and ballot_id = @Ballot and change_id = @Change for update",
            new { request.Community, request.Ballot, request.Change },
            cancellationToken);
        if (state != "Proposed")
        {
            return state is null ? RollRefusals.ChangeNotFound : RollRefusals.AlreadyDecided;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.RunAsync(
            "update roll_change set state = 'Refused', decided_by = @Staff, decided_at = @now where community_id = @Community and ballot_id = @Ballot and change_id = @Change",
            new { request.Community, request.Ballot, request.Change, request.Caller.Staff, now },
            cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(RefuseRollChange), $"ballot:{request.Ballot}", now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<IReadOnlyList<RollChangeLine>>> Handle(ListRollChanges request, CancellationToken cancellationToken)
    {
        var lines = await session.Connection.RowsAsync<RollChangeLine>(
            """
            select c.change_id as id, c.change, c.label, r.full_name as name, c.reason, p.display_name as proposed_by, c.proposed_at, c.state, d.display_name as decided_by, c.decided_at,
                c.proposed_by = @Staff as is_mine
            from roll_change c
            join staff p on p.staff_id = c.proposed_by
            left join staff d on d.staff_id = c.decided_by
            left join resident r on r.community_id = c.community_id and r.resident_id = c.resident_id
            where c.community_id = @Community and c.ballot_id = @Ballot
            order by c.state <> 'Proposed', c.change_id desc limit 200
            """,
            new { request.Community, request.Ballot, request.Caller.Staff },
            cancellationToken);
        return new Result<IReadOnlyList<RollChangeLine>>.Accepted([.. lines.Select(line => line with { Name = line.Name is null ? null : Names.Mask(line.Name) })]);
    }

    /// <summary>The unit that would change, or why it would not.</summary>
    private async Task<(RollUnit? Unit, Refusal? Refusal)> UnitAsync(ProposeRollChange request, BallotRow ballot, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (request.Change == RollChange.AddUnit)
        {
            return request.Resident is not { } missing ? (null, RollRefusals.NotEntitled)
                : await RollChanges.MissingUnitAsync(connection, ballot, missing, now, cancellationToken) switch
                {
                    Result<RollUnit>.Accepted { Value: var unit } => (unit, null),
                    Result<RollUnit>.Refused { Reason: var reason } => (null, reason),
                    _ => throw new InvalidOperationException(),
                };
        }

        if (await RollChanges.UnitAsync(connection, request.Community, request.Ballot, request.Unit ?? "", cancellationToken) is not { } known)
        {
            return (null, BallotRefusals.UnitNotFound);
        }

        var refusal = request.Change switch
        {
            RollChange.Remove when known.HasVoted && !ballot.IsSecret => BallotRefusals.AlreadyVoted, // of a secret one only who confirms is told
            RollChange.Remove when known.IsRemoved => BallotRefusals.CorrectionEmpty,
            RollChange.Restore when !known.IsRemoved => BallotRefusals.CorrectionEmpty,
            RollChange.AddPerson => await connection.ScalarAsync<bool>(
                """
                select exists (select from resident where community_id = @Community and resident_id = @Resident)
                    and not exists (select from roll_entry_person where community_id = @Community and ballot_id = @Ballot and resident_id = @Resident and unit_key = @Unit)
                """,
                new { request.Community, request.Ballot, request.Resident, request.Unit },
                cancellationToken) ? null : BallotRefusals.CorrectionEmpty,
            _ => null,
        };
        return refusal is null ? (new RollUnit(request.Unit!, known.Label, "", 0, []), null) : (null, refusal);
    }
}

/// <summary>What proposing and confirming both look at, each under the ballot's lock.</summary>
internal static class RollChanges
{
    public static Task<KnownUnit?> UnitAsync(NpgsqlConnection connection, CommunityId community, BallotId ballot, string unit, CancellationToken cancellationToken) =>
        connection.RowAsync<KnownUnit>(
            $"""
            select e.label, e.is_removed, {BallotReading.HasVoted} as has_voted
            from roll_entry e where e.community_id = @community and e.ballot_id = @ballot and e.unit_key = @unit
            """,
            new { community, ballot, unit },
            cancellationToken);

    /// <summary>The unit that today's books give a resident and the frozen roll lacks.</summary>
    /// <returns>The unit; or <c>roll.not-entitled</c>, <c>roll.area-counted</c>.</returns>
    public static async Task<Result<RollUnit>> MissingUnitAsync(NpgsqlConnection connection, BallotRow ballot, ResidentId resident, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var scope = await connection.ScalarAsync<string?>(
            "select roll_scope from ballot where community_id = @CommunityId and ballot_id = @BallotId", new { ballot.CommunityId, ballot.BallotId }, cancellationToken);
        var today = await RollBuilding.BuildAsync(connection, ballot.CommunityId, ballot.RollKind, [resident.ToString()], scope, now, cancellationToken, BallotRule.Read(ballot.Rule));
        var frozen = (await connection.RowsAsync<FrozenUnit>(
            "select unit_key, area_hundredths, is_removed from roll_entry where community_id = @CommunityId and ballot_id = @BallotId",
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken)).ToDictionary(entry => entry.UnitKey);
        if (today.FirstOrDefault(unit => unit.People.Contains(resident.Value) && !frozen.ContainsKey(unit.Key)) is not { } missing)
        {
            return RollRefusals.NotEntitled;
        }

        // The flats of a new owner may stand on the roll under the old one: no square metre votes twice.
        var counted = frozen.Values.Where(entry => !entry.IsRemoved).Sum(entry => entry.AreaHundredths);
        return ballot.RollKind == "Owners" && counted + missing.AreaHundredths > today.Sum(unit => unit.AreaHundredths)
            ? RollRefusals.AreaCounted
            : missing;
    }

    internal sealed record KnownUnit(string Label, bool IsRemoved, bool HasVoted);

    private sealed record FrozenUnit(string UnitKey, long AreaHundredths, bool IsRemoved);
}
