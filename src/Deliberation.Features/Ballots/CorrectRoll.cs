using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Deliberation.Features.Rolls;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>
/// Confirms a proposed change of a frozen roll: only now it is done, dated and public. Somebody else than who proposed it (reliability.md P6). A unit that has voted is not removed; a closed ballot is not changed.
/// Refused with <c>roll.change-not-found</c>, <c>roll.already-decided</c>, <c>roll.same-person</c>, <c>ballot.unit-not-found</c>, <c>ballot.already-voted</c>, <c>ballot.window-closed</c>, <c>ballot.correction-empty</c>, <c>roll.not-entitled</c>, <c>roll.area-counted</c>.
/// </summary>
public sealed record ConfirmRollChange(Caller Caller, CommunityId Community, BallotId Ballot, Guid Change) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

public enum RollChange
{
    Remove,
    Restore,

    /// <summary>Lets one more person act for a unit.</summary>
    AddPerson,

    /// <summary>Puts a unit on the roll that the books entitle and the frozen roll lacks.</summary>
    AddUnit,
}

internal sealed class ConfirmRollChangeHandler(CouncilSession session) : IRequestHandler<ConfirmRollChange, Result<Done>>
{
    public async Task<Result<Done>> Handle(ConfirmRollChange request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotRow.LockAsync(connection, request.Community, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var proposed = await connection.RowAsync<RollChangeRow>(
            """
            select change, unit_key, label, resident_id, reason, proposed_by, state from roll_change
            where community_id = @Community and ballot_id = @Ballot and change_id = @Change for update
            """,
            new { request.Community, request.Ballot, request.Change },
            cancellationToken);
        if (proposed is null)
        {
            return RollRefusals.ChangeNotFound;
        }

        if (proposed.State != "Proposed")
        {
            return RollRefusals.AlreadyDecided;
        }

        if (proposed.ProposedBy == request.Caller.Staff!.Value.Value)
        {
            return RollRefusals.SamePerson;
        }

        if (!ballot.IsRunning || now >= ballot.ClosesAt)
        {
            return BallotRefusals.WindowClosed(ballot.ClosesAt);
        }

        if (await ApplyAsync(request, ballot, proposed, now, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var change = proposed.Change switch { RollChange.Remove => "Removed", RollChange.Restore => "Restored", _ => "Added" };
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update ballot b set (roll_units, roll_persons, roll_area_hundredths) = (
                select count(*), coalesce(sum(persons), 0), coalesce(sum(area_hundredths), 0)
                from roll_entry e where e.community_id = b.community_id and e.ballot_id = b.ballot_id and not e.is_removed)
            where b.community_id = @Community and b.ballot_id = @Ballot;
            insert into roll_correction (community_id, ballot_id, correction_id, unit_key, label, change, reason, staff_id, confirmed_by, corrected_at)
            values (@Community, @Ballot, @id, @UnitKey, @Label, @change, @Reason, @ProposedBy, @staff, @now);
            update roll_change set state = 'Confirmed', decided_by = @staff, decided_at = @now where community_id = @Community and ballot_id = @Ballot and change_id = @changeId
            """,
            new
            {
                request.Community,
                request.Ballot,
                proposed.UnitKey,
                proposed.Label,
                proposed.Reason,
                proposed.ProposedBy,
                changeId = request.Change,
                id = Guid.CreateVersion7(),
                change,
                staff = request.Caller.Staff,
                now,
            },
            cancellationToken: cancellationToken));
        await connection.LogRollAmendedAsync(request.Community, request.Ballot, change, cancellationToken);
        await connection.AddTimelineAsync(
            new TimelineEntry(request.Community, ballot.ProjectId, now, "Change", "ballots.timeline.roll-corrected",
                new JsonObject { ["question"] = ballot.Question, ["unit"] = proposed.Label, ["reason"] = proposed.Reason }, false, request.Caller.ActorId, OpenBallotHandler.Link(ballot.BallotId)),
            cancellationToken);
        await connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, nameof(ConfirmRollChange), $"ballot:{request.Ballot}", now, proposed.Reason,
                new JsonObject { ["change"] = proposed.Change.ToString(), ["unit"] = proposed.UnitKey, ["proposedBy"] = proposed.ProposedBy.ToString() }),
            cancellationToken);
        return Done.Value;
    }

    /// <returns>Null when the roll was changed.</returns>
    private async Task<Refusal?> ApplyAsync(ConfirmRollChange request, BallotRow ballot, RollChangeRow proposed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (proposed.Change == RollChange.AddUnit)
        {
            var resident = new ResidentId(proposed.ResidentId!.Value);
            switch (await RollChanges.MissingUnitAsync(connection, ballot, resident, now, cancellationToken))
            {
                case Result<RollUnit>.Refused { Reason: var reason }:
                    return reason;
                case Result<RollUnit>.Accepted { Value: var unit } when unit.Key == proposed.UnitKey:
                    await RollBuilding.FreezeAsync(connection, request.Community, request.Ballot, [unit], cancellationToken);
                    return null;
                default:
                    return RollRefusals.NotEntitled; // the books say something else by now
            }
        }

        var found = await RollChanges.UnitAsync(connection, request.Community, request.Ballot, proposed.UnitKey, cancellationToken);
        if (found is null)
        {
            return BallotRefusals.UnitNotFound;
        }

        if (proposed.Change == RollChange.Remove && found.HasVoted)
        {
            return BallotRefusals.AlreadyVoted;
        }

        var rows = await connection.RunAsync(
            proposed.Change == RollChange.AddPerson
                ? """
                  insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key)
                  select community_id, @Ballot, resident_id, @UnitKey from resident where community_id = @Community and resident_id = @ResidentId
                  on conflict do nothing
                  """
                : """
                  update roll_entry set is_removed = @isRemoved
                  where community_id = @Community and ballot_id = @Ballot and unit_key = @UnitKey and is_removed <> @isRemoved
                  """,
            new { request.Community, request.Ballot, proposed.UnitKey, proposed.ResidentId, isRemoved = proposed.Change == RollChange.Remove },
            cancellationToken);
        return rows == 0 ? BallotRefusals.CorrectionEmpty : null;
    }

    private sealed record RollChangeRow(RollChange Change, string UnitKey, string Label, Guid? ResidentId, string Reason, Guid ProposedBy, string State);
}
