using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Types in the paper of a named ballot: unit, serial, choice, witness. Refused like <see cref="CastVote"/>, and with
/// <c>ballot.serial-used</c>, <c>ballot.witness-required</c>, <c>ballot.paper-is-secret</c>.</summary>
/// <param name="Choices">Empty for a spoilt paper.</param>
/// <param name="Replaces">True: the paper takes the place of a vote that is there; false: that is refused with <c>ballot.already-voted</c>.</param>
public sealed record RecordPaperVote(
    Caller Caller,
    CommunityId Community,
    BallotId Ballot,
    string Unit,
    string Serial,
    IReadOnlyList<string> Choices,
    string Witness,
    bool Replaces = false) : ICommand<Receipt>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Secret ballots, first half: the unit handed its paper in; the choice is not known here. Refused with <c>ballot.already-voted</c>, <c>ballot.paper-is-named</c>.</summary>
public sealed record MarkPaperReturned(Caller Caller, CommunityId Community, BallotId Ballot, string Unit, string Witness) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Secret ballots, second half: types in one paper from the box, without a voter. Refused with <c>ballot.more-papers-than-returned</c>, <c>ballot.serial-used</c>.
/// Papers never typed in count as returned and spoilt.</summary>
public sealed record RecordSecretPaper(
    Caller Caller,
    CommunityId Community,
    BallotId Ballot,
    string Serial,
    IReadOnlyList<string> Choices,
    string Witness) : ICommand<Receipt>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class RecordPaperVoteHandler(CouncilSession session, TimeProvider clock) :
    IRequestHandler<RecordPaperVote, Result<Receipt>>,
    IRequestHandler<MarkPaperReturned, Result<Done>>,
    IRequestHandler<RecordSecretPaper, Result<Receipt>>
{
    public async Task<Result<Receipt>> Handle(RecordPaperVote request, CancellationToken cancellationToken)
    {
        var desk = await OpenAsync(request, request.Ballot, request.Witness, cancellationToken);
        if (desk.Refusal is { } refusal)
        {
            return refusal;
        }

        var (ballot, definition, now) = (desk.Ballot!, desk.Definition!, desk.Now);
        if (ballot.IsSecret)
        {
            return BallotRefusals.PaperIsSecret;
        }

        if (SerialOf(request.Serial) is not { } serial)
        {
            return BallotRefusals.SerialRequired;
        }

        if (request.Choices.Count > 0 && BallotRefusals.Choices(request.Choices, definition.Choices, definition.MaxChoices) is { } wrong)
        {
            return wrong;
        }

        if (!await IsOnRollAsync(ballot, request.Unit, cancellationToken))
        {
            return BallotRefusals.UnitNotFound;
        }

        var salt = RandomNumberGenerator.GetBytes(Commitments.NamedSaltLength);
        var commitment = Commitments.Named(request.Ballot, request.Unit, request.Choices, salt);
        try
        {
            var written = await session.Connection.ExecuteAsync(new CommandDefinition(
                """
                insert into vote as v (community_id, ballot_id, unit_key, vote_id, choices, status, channel, receipt, cast_at, serial, staff_id, witness, salt)
                values (@CommunityId, @BallotId, @unit, @id, @choices, @status, 'Paper', @receipt, @now, @serial, @staff, @witness, @salt)
                on conflict (community_id, ballot_id, unit_key) do update
                    set vote_id = excluded.vote_id, resident_id = null, choices = excluded.choices, status = excluded.status, channel = excluded.channel,
                        receipt = excluded.receipt, cast_at = excluded.cast_at, serial = excluded.serial, staff_id = excluded.staff_id, witness = excluded.witness,
                        salt = excluded.salt
                    where @replaces
                """,
                new
                {
                    ballot.CommunityId,
                    ballot.BallotId,
                    unit = request.Unit,
                    id = Guid.CreateVersion7(),
                    choices = request.Choices.ToArray(),
                    status = request.Choices.Count == 0 ? "Spoilt" : "Counted",
                    receipt = commitment[..ReceiptCodes.Length],
                    salt = definition.IsLogged ? salt : null,
                    now,
                    serial,
                    staff = request.Caller.Staff,
                    witness = request.Witness.Trim(),
                    replaces = request.Replaces,
                },
                cancellationToken: cancellationToken));
            if (written == 0)
            {
                return BallotRefusals.AlreadyVoted;
            }
        }
        catch (PostgresException problem) when (problem.ConstraintName == "vote_serial")
        {
            return BallotRefusals.SerialUsed;
        }

        await session.Connection.LogVoteAsync(request.Community, request.Ballot, commitment, cancellationToken);
        await AuditAsync(request, nameof(RecordPaperVote), request.Ballot, request.Witness, serial, now, cancellationToken);
        return new Receipt(ReceiptCodes.Format(definition.CommunityCode, commitment), VoteStore.ToMinute(now));
    }

    public async Task<Result<Done>> Handle(MarkPaperReturned request, CancellationToken cancellationToken)
    {
        var desk = await OpenAsync(request, request.Ballot, request.Witness, cancellationToken);
        if (desk.Refusal is { } refusal)
        {
            return refusal;
        }

        if (!desk.Ballot!.IsSecret)
        {
            return BallotRefusals.PaperIsNamed;
        }

        if (!await IsOnRollAsync(desk.Ballot, request.Unit, cancellationToken))
        {
            return BallotRefusals.UnitNotFound;
        }

        var written = await session.Connection.ExecuteAsync(new CommandDefinition(
            "insert into participation (community_id, ballot_id, unit_key) values (@Community, @Ballot, @Unit) on conflict do nothing",
            new { request.Community, request.Ballot, request.Unit },
            cancellationToken: cancellationToken));
        if (written == 0)
        {
            return BallotRefusals.AlreadyVoted;
        }

        await AuditAsync(request, nameof(MarkPaperReturned), request.Ballot, request.Witness, null, desk.Now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Receipt>> Handle(RecordSecretPaper request, CancellationToken cancellationToken)
    {
        var desk = await OpenAsync(request, request.Ballot, request.Witness, cancellationToken);
        if (desk.Refusal is { } refusal)
        {
            return refusal;
        }

        var (ballot, definition, now) = (desk.Ballot!, desk.Definition!, desk.Now);
        if (!ballot.IsSecret)
        {
            return BallotRefusals.PaperIsNamed;
        }

        if (SerialOf(request.Serial) is not { } serial)
        {
            return BallotRefusals.SerialRequired;
        }

        if (request.Choices.Count > 0 && BallotRefusals.Choices(request.Choices, definition.Choices, definition.MaxChoices) is { } wrong)
        {
            return wrong;
        }

        // The lock is exclusive: no vote is between its participation and its paper.
        if (await session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            """
            select (select count(*) from ballot_intake where community_id = @Community and ballot_id = @Ballot)
                >= (select count(*) from participation where community_id = @Community and ballot_id = @Ballot)
            """,
            new { request.Community, request.Ballot },
            cancellationToken: cancellationToken)))
        {
            return BallotRefusals.MorePapersThanReturned;
        }

        var taken = await session.Connection.ExecuteAsync(new CommandDefinition(
            "insert into secret_paper (community_id, ballot_id, serial) values (@Community, @Ballot, @serial) on conflict do nothing",
            new { request.Community, request.Ballot, serial },
            cancellationToken: cancellationToken));
        if (taken == 0)
        {
            return BallotRefusals.SerialUsed;
        }

        var paper = SecretPaper.Of(request.Choices);
        var commitment = paper.Commitment(request.Ballot);
        await session.Connection.ExecuteAsync(new CommandDefinition(
            "insert into ballot_intake (community_id, ballot_id, slot, sealed, commitment) values (@Community, @Ballot, @slot, @sealedPaper, @commitment)",
            new { request.Community, request.Ballot, slot = Guid.NewGuid(), sealedPaper = definition.Sealer!.Seal(paper), commitment },
            cancellationToken: cancellationToken));
        await session.Connection.LogVoteAsync(request.Community, request.Ballot, commitment, cancellationToken);
        await AuditAsync(request, nameof(RecordSecretPaper), request.Ballot, request.Witness, serial, now, cancellationToken);
        return new Receipt(ReceiptCodes.Format(definition.CommunityCode, commitment), VoteStore.ToMinute(now));
    }

    private async Task<Desk> OpenAsync(ICommunityRequest request, BallotId id, string witness, CancellationToken cancellationToken)
    {
        if (witness?.Trim().Length is not (>= 2 and <= 60))
        {
            return new Desk(BallotRefusals.WitnessRequired, null, null, default);
        }

        var ballot = await BallotRow.LockAsync(session.Connection, request.Community, id, cancellationToken);
        if (ballot is null)
        {
            return new Desk(BallotRefusals.NotFound, null, null, default);
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var definition = await BallotDefinitions.ReadAsync(session.Connection, clock, request.Community, id, cancellationToken);
        return new Desk(BallotRefusals.Window(ballot.State, ballot.OpensAt, ballot.ClosesAt, now), ballot, definition, now);
    }

    private Task<bool> IsOnRollAsync(BallotRow ballot, string unit, CancellationToken cancellationToken) =>
        session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from roll_entry where community_id = @CommunityId and ballot_id = @BallotId and unit_key = @unit and not is_removed)",
            new { ballot.CommunityId, ballot.BallotId, unit },
            cancellationToken: cancellationToken));

    private static string? SerialOf(string serial) => serial?.Trim().ToUpperInvariant() is { Length: >= 1 and <= 40 } trimmed ? trimmed : null;

    private Task AuditAsync(ICommunityRequest request, string action, BallotId ballot, string witness, string? serial, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.Connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, action, $"ballot:{ballot}", now,
                Details: new JsonObject { ["witness"] = witness.Trim(), ["serial"] = serial }),
            cancellationToken);

    private sealed record Desk(Refusal? Refusal, BallotRow? Ballot, BallotDefinition? Definition, DateTimeOffset Now);
}
