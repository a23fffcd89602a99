using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Photos;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>Begins a batch of at most fifty papers, before a witness. Refused with <c>ballot.not-found</c>, <c>ballot.witness-required</c> and what refuses <see cref="EnterPaper"/>.</summary>
/// <returns>Its number.</returns>
public sealed record OpenPaperBatch(Caller Caller, CommunityId Community, BallotId Ballot, string Witness) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>What the reader of a paper learns before reading it: where it was given out, and nothing else.</summary>
public sealed record FindPaper(Caller Caller, CommunityId Community, BallotId Ballot, string Serial) : IQuery<FoundPaper>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="Serial">Figures only.</param>
/// <param name="Pass">1 or 2: whether somebody has read it before. What he read, nobody is shown.</param>
public sealed record FoundPaper(string Serial, string Station, int Pass);

/// <summary>
/// Types in what one person read on a paper (录入). The second reading is another person's, who does not see the first; the same twice is agreed, else a third decides.
/// Refused with <c>ballot.not-found</c>, <c>paper.none-issued</c>, <c>paper.box-is-shut</c> (secret, before the close), <c>paper.set-up-by-you</c>,
/// <c>paper.serial-mistyped</c>, <c>paper.not-issued</c>, <c>paper.is-spoiled</c>, <c>paper.is-cancelled</c>, <c>paper.is-set-aside</c>, <c>paper.read-by-you</c>, <c>paper.read-twice</c>,
/// <c>paper.batch-required</c>, <c>paper.is-signed</c>, <c>paper.is-counted</c>, <c>photo.not-a-photo</c>, <c>photo.too-large</c> and like a vote for its choices.
/// </summary>
/// <param name="Choices">Empty with one of the two below.</param>
/// <param name="IsSpoilt">The paper says nothing that counts (废票).</param>
/// <param name="IsDoubtful">The reader cannot tell: a third person decides with a scrutineer.</param>
/// <param name="Photo">JPEG, PNG or WebP; null for none.</param>
public sealed record EnterPaper(
    Caller Caller,
    CommunityId Community,
    BallotId Ballot,
    string Serial,
    IReadOnlyList<string> Choices,
    bool IsSpoilt = false,
    bool IsDoubtful = false,
    byte[]? Photo = null) : ICommand<EnteredPaper>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Which vote of a unit counts that voted by paper and another way.</summary>
public enum PaperOrOther
{
    /// <summary>There is no other vote on our books.</summary>
    NoOther,

    /// <summary>The paper was handed in later, or the other was a proxy's.</summary>
    Paper,

    /// <summary>The other was cast after the paper was handed in.</summary>
    Other,
}

/// <param name="Other">As things stand: the unit may vote again until the close.</param>
public sealed record EnteredPaper(string Serial, string Station, PaperOrOther Other);

internal sealed class EnterPapersHandler(CouncilSession session, BallotKeys keys, BallotDefinitions definitions) :
    IRequestHandler<OpenPaperBatch, Result<int>>,
    IRequestHandler<FindPaper, Result<FoundPaper>>,
    IRequestHandler<EnterPaper, Result<EnteredPaper>>
{
    private NpgsqlConnection Connection => session.Connection;

    public async Task<Result<int>> Handle(OpenPaperBatch request, CancellationToken cancellationToken)
    {
        if (!PaperDesk.IsName(request.Witness))
        {
            return BallotRefusals.WitnessRequired;
        }

        if (await PaperDesk.OpenAsync(Connection, request.Community, request.Ballot, alone: true, cancellationToken) is not { } desk)
        {
            return BallotRefusals.NotFound;
        }

        if (desk.MayNotRead(request.Caller) is { } refusal)
        {
            return refusal;
        }

        var number = await Connection.ScalarAsync<int>(
            """
            insert into paper_batch (community_id, ballot_id, number, witness, opened_by, opened_at)
            select @community, @ballot, coalesce(max(number), 0) + 1, @witness, @staff, @Now from paper_batch where community_id = @community and ballot_id = @ballot
            returning number
            """,
            new { request.Community, request.Ballot, witness = request.Witness.Trim(), staff = request.Caller.Staff!.Value, desk.Now },
            cancellationToken);
        await AuditAsync(request, nameof(OpenPaperBatch), request.Ballot, new JsonObject { ["batch"] = number, ["witness"] = request.Witness.Trim() }, desk.Now, cancellationToken);
        return number;
    }

    public async Task<Result<FoundPaper>> Handle(FindPaper request, CancellationToken cancellationToken)
    {
        if (await PaperDesk.OpenAsync(Connection, request.Community, request.Ballot, alone: false, cancellationToken) is not { } desk)
        {
            return BallotRefusals.NotFound;
        }

        return await ToReadAsync(desk, request.Caller, request.Serial, isLocked: false, cancellationToken) switch
        {
            Result<PaperRow>.Accepted { Value: var paper } => new FoundPaper(paper.Serial, paper.Station, paper.Reading == PaperReading.None ? 1 : 2),
            Result<PaperRow>.Refused { Reason: var reason } => reason,
            _ => throw new InvalidOperationException(),
        };
    }

    public async Task<Result<EnteredPaper>> Handle(EnterPaper request, CancellationToken cancellationToken)
    {
        if (await PaperDesk.OpenAsync(Connection, request.Community, request.Ballot, alone: false, cancellationToken) is not { } desk)
        {
            return BallotRefusals.NotFound;
        }

        var found = await ToReadAsync(desk, request.Caller, request.Serial, isLocked: true, cancellationToken);
        if (found is not Result<PaperRow>.Accepted { Value: var paper })
        {
            return ((Result<PaperRow>.Refused)found).Reason;
        }

        var definition = (await definitions.FindAsync(request.Community, request.Ballot, cancellationToken))!;
        if (ReadingWriter.WrongChoices(definition, request.Choices, isEmpty: request.IsSpoilt || request.IsDoubtful) is { } wrong)
        {
            return wrong;
        }

        var isFirst = paper.Reading == PaperReading.None;
        var batch = isFirst ? await OpenBatchAsync(desk, request.Caller.Staff!.Value, cancellationToken) : paper.BatchNumber;
        if (batch is null)
        {
            return PaperRefusals.BatchRequired(PaperDesk.BatchSize);
        }

        if (request.Photo is { } taken && await KeepPhotoAsync(desk, paper, taken, cancellationToken) is { } notAPhoto)
        {
            return notAPhoto;
        }

        await ReadingWriter.WriteAsync(Connection, desk, definition, paper.Serial, isFirst ? 1 : 2, request.Caller.Staff!.Value, request.IsDoubtful ? null : request.Choices, cancellationToken);
        var reading = isFirst ? PaperReading.Once
            : await AgreeAsync(desk, paper.Serial, cancellationToken) is { } isDoubtful ? await DifferAsync(desk, paper.Serial, isDoubtful, cancellationToken)
            : PaperReading.Agreed;
        var closesAt = await desk.Ballot.ClosesForAsync(Connection, paper.UnitKey, cancellationToken);
        var handedInAt = paper.ReturnedAt ?? (desk.HandedInAt!.Value < closesAt ? desk.HandedInAt.Value : closesAt);
        await Connection.RunAsync(
            """
            update paper_issue set state = 'Returned', returned_at = @handedInAt, reading = @reading, batch_number = @batch, reason = null
            where community_id = @community and ballot_id = @ballot and serial = @Serial
            """,
            new { request.Community, request.Ballot, paper.Serial, handedInAt, reading = reading.ToString(), batch },
            cancellationToken);
        await AuditAsync(request, nameof(EnterPaper), request.Ballot, new JsonObject { ["serial"] = paper.Serial, ["pass"] = isFirst ? 1 : 2 }, desk.Now, cancellationToken);
        return new EnteredPaper(paper.Serial, paper.Station, await OtherAsync(desk, paper, handedInAt, cancellationToken));
    }

    /// <summary>The paper, when this person may read it now.</summary>
    private async Task<Result<PaperRow>> ToReadAsync(PaperDesk desk, Caller caller, string serial, bool isLocked, CancellationToken cancellationToken)
    {
        if (desk.MayNotRead(caller) is { } refusal)
        {
            return refusal;
        }

        var found = await desk.FindAsync(Connection, serial, isLocked, cancellationToken);
        if (found is not Result<PaperRow>.Accepted { Value: var paper })
        {
            return found;
        }

        return paper switch
        {
            { State: PaperState.Spoiled } => PaperRefusals.IsSpoiled,
            { State: PaperState.Cancelled } => PaperRefusals.IsCancelled,
            { Reading: PaperReading.SetAside } => PaperRefusals.IsSetAside,
            { Reading: PaperReading.Agreed or PaperReading.Differs or PaperReading.Decided } => PaperRefusals.ReadTwice,
            { Reading: PaperReading.Once } when await HasReadAsync(desk, paper.Serial, caller, cancellationToken) => PaperRefusals.ReadByYou,
            { State: PaperState.Issued or PaperState.Outstanding } when desk.HandedInAt is null => BallotRefusals.Paused,
            _ => paper,
        };
    }

    private Task<bool> HasReadAsync(PaperDesk desk, string serial, Caller caller, CancellationToken cancellationToken) => Connection.ScalarAsync<bool>(
        "select exists (select from paper_entry where community_id = @CommunityId and ballot_id = @BallotId and serial = @serial and staff_id = @staff)",
        new { desk.Ballot.CommunityId, desk.Ballot.BallotId, serial, staff = caller.Staff!.Value },
        cancellationToken);

    /// <summary>This person's latest batch while it has room. Locked: two windows of one person do not overfill it.</summary>
    private async Task<int?> OpenBatchAsync(PaperDesk desk, StaffId staff, CancellationToken cancellationToken)
    {
        var values = new { desk.Ballot.CommunityId, desk.Ballot.BallotId, staff };
        var latest = await Connection.ExecuteScalarAsync<int?>(new CommandDefinition(
            """
            select number from paper_batch where community_id = @CommunityId and ballot_id = @BallotId and opened_by = @staff
            order by number desc limit 1 for update
            """,
            values, cancellationToken: cancellationToken));
        return latest is { } number && await Connection.ScalarAsync<int>(
            "select count(*)::int from paper_issue where community_id = @CommunityId and ballot_id = @BallotId and batch_number = @number",
            new { values.CommunityId, values.BallotId, number },
            cancellationToken) < PaperDesk.BatchSize ? number : null;
    }

    /// <summary>Named: belongs to its paper. Secret: sealed, and belongs to none.</summary>
    private async Task<Refusal?> KeepPhotoAsync(PaperDesk desk, PaperRow paper, byte[] taken, CancellationToken cancellationToken)
    {
        var cleaned = PhotoFile.Clean(taken);
        if (cleaned is not Result<PhotoFile>.Accepted { Value: var photo })
        {
            return ((Result<PhotoFile>.Refused)cleaned).Reason;
        }

        var isSecret = desk.Ballot.IsSecret;
        await Connection.RunAsync(
            """
            insert into paper_photo (community_id, ballot_id, photo_id, serial, media_type, content)
            values (@CommunityId, @BallotId, @id, @serial, @MediaType, @content)
            """,
            new
            {
                desk.Ballot.CommunityId,
                desk.Ballot.BallotId,
                id = Guid.NewGuid(),
                serial = isSecret ? null : paper.Serial,
                photo.MediaType,
                content = isSecret ? SealedPaper.SealAlone(photo.Content, desk.Ballot.BallotId, desk.ScanKey!) : photo.Content,
            },
            cancellationToken);
        return null;
    }

    /// <returns>Null when both read the same; else whether one of them could not tell.</returns>
    private async Task<bool?> AgreeAsync(PaperDesk desk, string serial, CancellationToken cancellationToken)
    {
        var readings = await Connection.RowsAsync<StoredReading>(
            "select is_doubtful, choices, sealed from paper_entry where community_id = @CommunityId and ballot_id = @BallotId and serial = @serial and pass in (1, 2)",
            new { desk.Ballot.CommunityId, desk.Ballot.BallotId, serial },
            cancellationToken);
        if (readings.Any(r => r.IsDoubtful))
        {
            return true;
        }

        using var key = desk.Ballot.IsSecret ? keys.Open(desk.Ballot.BallotId) : null;
        var opener = key is null ? null : new PaperOpener(desk.Ballot.BallotId, key);
        var choices = readings.Select(r => (r.Choices ?? opener!.Open(r.Sealed!).Choices).Order(StringComparer.Ordinal)).ToList();
        return choices[0].SequenceEqual(choices[1]) ? null : false;
    }

    private async Task<PaperReading> DifferAsync(PaperDesk desk, string serial, bool isDoubtful, CancellationToken cancellationToken)
    {
        await Connection.RunAsync(
            "insert into paper_difference (community_id, ballot_id, serial, is_doubtful, raised_at) values (@CommunityId, @BallotId, @serial, @isDoubtful, @Now)",
            new { desk.Ballot.CommunityId, desk.Ballot.BallotId, serial, isDoubtful, desk.Now },
            cancellationToken);
        return PaperReading.Differs;
    }

    private async Task<PaperOrOther> OtherAsync(PaperDesk desk, PaperRow paper, DateTimeOffset handedInAt, CancellationToken cancellationToken)
    {
        var other = paper.UnitKey is null ? null : await Connection.RowAsync<OtherVote>(
            "select cast_at, channel from vote where community_id = @CommunityId and ballot_id = @BallotId and unit_key = @UnitKey",
            new { desk.Ballot.CommunityId, desk.Ballot.BallotId, paper.UnitKey },
            cancellationToken);
        return other is null ? PaperOrOther.NoOther
            : PaperPrecedence.PaperCounts(handedInAt, other.CastAt, other.Channel == VoteChannel.Proxy, desk.Ballot.Rule.AllowsReplace(isSecret: false)) ? PaperOrOther.Paper
            : PaperOrOther.Other;
    }

    private Task AuditAsync(ICommunityRequest request, string action, BallotId ballot, JsonObject details, DateTimeOffset now, CancellationToken cancellationToken) =>
        Connection.AuditAsync(request.Caller, request.Community, action, $"ballot:{ballot}", now, cancellationToken, details: details);

    private sealed record StoredReading(bool IsDoubtful, string[]? Choices, byte[]? Sealed);

    private sealed record OtherVote(DateTimeOffset CastAt, VoteChannel Channel);
}

/// <summary>Writes down a reading: plain for named ballots, sealed to the ballot's key for secret ones.</summary>
internal static class ReadingWriter
{
    /// <param name="isEmpty">The paper is spoilt, or the reader could not tell: then no choice goes with it.</param>
    public static Refusal? WrongChoices(BallotDefinition definition, IReadOnlyList<string> choices, bool isEmpty) =>
        !isEmpty ? BallotRefusals.Choices(choices, definition.Choices, definition.MaxChoices)
        : choices.Count > 0 ? BallotRefusals.UnknownOption
        : null;

    /// <param name="choices">Empty for a spoilt paper; null when the reader could not tell.</param>
    public static Task<int> WriteAsync(
        NpgsqlConnection connection, PaperDesk desk, BallotDefinition definition, string serial, int pass, StaffId staff, IReadOnlyList<string>? choices, CancellationToken cancellationToken) =>
        connection.RunAsync(
            """
            insert into paper_entry (community_id, ballot_id, serial, pass, staff_id, is_doubtful, choices, sealed, entered_at)
            values (@CommunityId, @BallotId, @serial, @pass, @staff, @isDoubtful, @plain, @sealedPaper, @Now)
            """,
            new
            {
                desk.Ballot.CommunityId,
                desk.Ballot.BallotId,
                serial,
                pass = (short)pass,
                staff,
                isDoubtful = choices is null,
                plain = definition.IsSecret ? null : choices?.ToArray(),
                sealedPaper = definition.IsSecret && choices is not null ? definition.Sealer!.Seal(SecretPaper.Of(choices)) : null,
                desk.Now,
            },
            cancellationToken);
}
