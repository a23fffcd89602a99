using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Npgsql;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>One paper of the register.</summary>
internal sealed record PaperRow(
    string Serial, string Station, string? UnitKey, PaperState State, PaperReading Reading, DateTimeOffset? ReturnedAt, int? BatchNumber);

/// <summary>A ballot with papers, as everything at the desk finds it: locked, with the time, and who set it up.</summary>
/// <param name="SetUpBy">Who launched its project; null when nobody on our books did.</param>
/// <param name="IsSigned">A signature stands under the closing record.</param>
/// <param name="IsCertified">Enough signatures stand: the count is on its way.</param>
internal sealed record PaperDesk(BallotRow Ballot, DateTimeOffset Now, bool HasPapers, StaffId? SetUpBy, bool IsSigned, bool IsCertified, byte[]? ScanKey)
{
    /// <summary>Papers of one batch at most (domain.md 5, requirement 3).</summary>
    public const int BatchSize = 50;

    /// <summary>Signatures that the closing record needs (domain.md 5, requirement 9); also the people that reading takes: two, and a third who decides.</summary>
    public const int Signatures = 3;

    /// <summary>Votes are taken: papers can still be handed in.</summary>
    public bool IsTakingVotes => Ballot.State == nameof(BallotState.Open) && Now >= Ballot.OpensAt && Now < Ballot.ClosesAt;

    public bool IsCounting => Ballot.State == nameof(BallotState.Counting);

    /// <summary>Locks the ballot, alone or together with others who read papers.</summary>
    /// <returns>Null when there is no such ballot.</returns>
    public static async Task<PaperDesk?> OpenAsync(
        NpgsqlConnection connection, CommunityId community, BallotId id, bool alone, CancellationToken cancellationToken)
    {
        var ballot = alone
            ? await BallotRow.LockAsync(connection, community, id, cancellationToken)
            : await BallotRow.HoldAsync(connection, community, id, cancellationToken);
        if (ballot is null)
        {
            return null;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var facts = await connection.RowAsync<Facts>(
            """
            select r.number is not null as has_papers, p.launched_by as set_up_by, b.papers_certified_at is not null as is_certified, r.scan_key,
                exists (select from paper_signature s where s.community_id = b.community_id and s.ballot_id = b.ballot_id) as is_signed
            from ballot b join project p using (community_id, project_id) left join paper_run r using (community_id, ballot_id)
            where b.community_id = @community and b.ballot_id = @id
            """,
            new { community, id },
            cancellationToken);
        return new PaperDesk(ballot, now, facts!.HasPapers, facts.SetUpBy, facts.IsSigned, facts.IsCertified, facts.ScanKey);
    }

    /// <summary>Whether anything of the papers may still change; null when it may.</summary>
    public Refusal? Closed =>
        !Ballot.IsUncounted || IsCertified ? PaperRefusals.IsCounted
        : IsSigned ? PaperRefusals.IsSigned
        : null;

    /// <summary>Whether papers may be given out or taken back: not once the window is over.</summary>
    public Refusal? NotBeforeTheClose =>
        Closed ?? (!Ballot.IsRunning || Now >= Ballot.ClosesAt ? BallotRefusals.WindowClosed(Ballot.ClosesAt) : null);

    /// <summary>Whether this person may read papers now; null when so.</summary>
    public Refusal? MayNotRead(Caller caller) =>
        !HasPapers ? PaperRefusals.NoneIssued
        : Closed is { } closed ? closed
        : Ballot.IsRunning && Now < Ballot.OpensAt ? BallotRefusals.NotOpenYet(Ballot.OpensAt)
        : Ballot.IsSecret && !IsCounting ? PaperRefusals.BoxIsShut(Ballot.ClosesAt)
        : caller.Staff is { } staff && staff == SetUpBy ? PaperRefusals.SetUpByYou
        : null;

    /// <summary>When a paper that comes to the desk now was handed in: now; after the close it was in a box that was shut then.</summary>
    /// <returns>Null while the ballot is paused: nothing is handed in.</returns>
    public DateTimeOffset? HandedInAt => IsTakingVotes ? Now : IsCounting || Now >= Ballot.ClosesAt ? Ballot.ClosesAt : null;

    /// <summary>Finds a paper by what was typed.</summary>
    /// <param name="isLocked">True: nobody else changes it until the end of the transaction.</param>
    public async Task<Result<PaperRow>> FindAsync(NpgsqlConnection connection, string typed, bool isLocked, CancellationToken cancellationToken)
    {
        if (PaperSerial.TryParse(typed) is not { } serial)
        {
            return PaperRefusals.Mistyped;
        }

        var paper = await connection.RowAsync<PaperRow>(
            $"""
            select serial, station, unit_key, state, reading, returned_at, batch_number
            from paper_issue where community_id = @CommunityId and ballot_id = @BallotId and serial = @serial {(isLocked ? "for update" : "")}
            """,
            new { Ballot.CommunityId, Ballot.BallotId, serial },
            cancellationToken);
        return paper is null ? PaperRefusals.NotIssued : paper;
    }

    /// <summary>A sentence people will read beside the paper.</summary>
    public static bool IsReason(string? reason) => reason?.Trim().Length is >= 5 and <= 300;

    public static bool IsName(string? name) => name?.Trim().Length is >= 2 and <= 60;

    private sealed record Facts(bool HasPapers, StaffId? SetUpBy, bool IsCertified, byte[]? ScanKey, bool IsSigned);
}
