using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>Corrects a frozen roll, dated and with a public reason. A unit that has voted is not removed; a closed ballot is not changed.
/// Refused with <c>ballot.unit-not-found</c>, <c>ballot.already-voted</c>, <c>ballot.reason-required</c>, <c>ballot.window-closed</c>, <c>ballot.correction-empty</c>.</summary>
/// <param name="Change">Remove, Restore, or AddPerson: lets <paramref name="Resident"/> act for the unit.</param>
/// <param name="Reason">5 to 500 characters.</param>
public sealed record CorrectRoll(
    Caller Caller, CommunityId Community, BallotId Ballot, string Unit, RollChange Change, ResidentId? Resident, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

public enum RollChange
{
    Remove,
    Restore,
    AddPerson,
}

internal sealed class CorrectRollHandler(CouncilSession session) : IRequestHandler<CorrectRoll, Result<Done>>
{
    public async Task<Result<Done>> Handle(CorrectRoll request, CancellationToken cancellationToken)
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

        var unit = await connection.QuerySingleOrDefaultAsync<UnitRow>(new CommandDefinition(
            $"""
            select e.label, e.is_removed, {BallotReading.HasVoted} as has_voted
            from roll_entry e where e.community_id = @Community and e.ballot_id = @Ballot and e.unit_key = @Unit
            """,
            new { request.Community, request.Ballot, request.Unit },
            cancellationToken: cancellationToken));
        if (unit is null)
        {
            return BallotRefusals.UnitNotFound;
        }

        if (request.Change == RollChange.Remove && unit.HasVoted)
        {
            return BallotRefusals.AlreadyVoted;
        }

        if (await ApplyAsync(request, cancellationToken) == 0)
        {
            return BallotRefusals.CorrectionEmpty;
        }

        var change = request.Change switch { RollChange.Remove => "Removed", RollChange.Restore => "Restored", _ => "Added" };
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update ballot b set (roll_units, roll_persons, roll_area_hundredths) = (
                select count(*), coalesce(sum(persons), 0), coalesce(sum(area_hundredths), 0)
                from roll_entry e where e.community_id = b.community_id and e.ballot_id = b.ballot_id and not e.is_removed)
            where b.community_id = @Community and b.ballot_id = @Ballot;
            insert into roll_correction (community_id, ballot_id, correction_id, unit_key, label, change, reason, staff_id, corrected_at)
            values (@Community, @Ballot, @id, @Unit, @Label, @change, @reason, @staff, @now)
            """,
            new
            {
                request.Community,
                request.Ballot,
                request.Unit,
                unit.Label,
                id = Guid.CreateVersion7(),
                change,
                reason,
                staff = request.Caller.Staff,
                now,
            },
            cancellationToken: cancellationToken));
        await connection.LogRollAmendedAsync(request.Community, request.Ballot, change, cancellationToken);
        await connection.AddTimelineAsync(
            new TimelineEntry(request.Community, ballot.ProjectId, now, "Change", "ballots.timeline.roll-corrected",
                new JsonObject { ["question"] = ballot.Question, ["unit"] = unit.Label, ["reason"] = reason }, false, request.Caller.ActorId, OpenBallotHandler.Link(ballot.BallotId)),
            cancellationToken);
        await connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, nameof(CorrectRoll), $"ballot:{request.Ballot}", now, reason,
                new JsonObject { ["change"] = request.Change.ToString(), ["unit"] = request.Unit }),
            cancellationToken);
        return Done.Value;
    }

    /// <returns>Rows changed; 0 when there was nothing to correct.</returns>
    private Task<int> ApplyAsync(CorrectRoll request, CancellationToken cancellationToken) =>
        session.Connection.ExecuteAsync(new CommandDefinition(
            request.Change == RollChange.AddPerson
                ? """
                  insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key)
                  select community_id, @Ballot, resident_id, @Unit from resident where community_id = @Community and resident_id = @Resident
                  on conflict do nothing
                  """
                : """
                  update roll_entry set is_removed = @isRemoved
                  where community_id = @Community and ballot_id = @Ballot and unit_key = @Unit and is_removed <> @isRemoved
                  """,
            new { request.Community, request.Ballot, request.Unit, request.Resident, isRemoved = request.Change == RollChange.Remove },
            cancellationToken: cancellationToken));

    private sealed record UnitRow(string Label, bool IsRemoved, bool HasVoted);
}
