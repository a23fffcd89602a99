using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>A paper of a named ballot was handed in: from now on it is the unit's vote, unless the unit votes again later. What it says is read afterwards.
/// Refused with <c>ballot.not-found</c>, the window's and the serial's refusals, <c>ballot.paper-is-secret</c>.</summary>
public sealed record HandInPaper(Caller Caller, CommunityId Community, BallotId Ballot, string Serial) : ICommand<PaperHandedIn>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="VotedOtherwise">The unit has also voted another way, earlier: this paper, the later, counts.</param>
public sealed record PaperHandedIn(string Serial, string Station, bool VotedOtherwise);

/// <summary>Secret ballots: the unit put its paper into the box; which paper, nobody notes. Refused with <c>paper.voted-otherwise</c> (the paper is set aside),
/// <c>paper.more-than-issued</c>, <c>paper.none-issued</c>, <c>ballot.paper-is-named</c>, <c>ballot.unit-not-found</c>, <c>ballot.witness-required</c> and the window's.</summary>
public sealed record MarkPaperReturned(Caller Caller, CommunityId Community, BallotId Ballot, string Unit, string Witness) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class HandInPapersHandler(CouncilSession session) :
    IRequestHandler<HandInPaper, Result<PaperHandedIn>>,
    IRequestHandler<MarkPaperReturned, Result<Done>>
{
    public async Task<Result<PaperHandedIn>> Handle(HandInPaper request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await PaperDesk.OpenAsync(connection, request.Community, request.Ballot, alone: false, cancellationToken) is not { } desk)
        {
            return BallotRefusals.NotFound;
        }

        if (Refuse(desk) is { } refusal)
        {
            return refusal;
        }

        if (desk.Ballot.IsSecret)
        {
            return Refusal.Conflict("ballot.paper-is-secret");
        }

        var found = await desk.FindAsync(connection, request.Serial, isLocked: true, cancellationToken);
        if (found is not Result<PaperRow>.Accepted { Value: var paper })
        {
            return ((Result<PaperRow>.Refused)found).Reason;
        }

        if (paper.State != PaperState.Issued)
        {
            return paper.State switch
            {
                PaperState.Spoiled => PaperRefusals.IsSpoiled,
                PaperState.Cancelled => PaperRefusals.IsCancelled,
                _ => PaperRefusals.IsReturned,
            };
        }

        await connection.RunAsync(
            "update paper_issue set state = 'Returned', returned_at = @Now where community_id = @community and ballot_id = @ballot and serial = @Serial",
            new { request.Community, request.Ballot, paper.Serial, desk.Now },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(HandInPaper), $"ballot:{request.Ballot}", desk.Now, cancellationToken, details: new JsonObject { ["serial"] = paper.Serial });
        var hasVoted = await connection.ScalarAsync<bool>(
            "select exists (select from vote where community_id = @community and ballot_id = @ballot and unit_key = @UnitKey)",
            new { request.Community, request.Ballot, paper.UnitKey },
            cancellationToken);
        return new PaperHandedIn(paper.Serial, paper.Station, hasVoted);
    }

    public async Task<Result<Done>> Handle(MarkPaperReturned request, CancellationToken cancellationToken)
    {
        if (!PaperDesk.IsName(request.Witness))
        {
            return BallotRefusals.WitnessRequired;
        }

        var connection = session.Connection;
        // Alone: no vote is between its participation and its paper, so that what is left are papers.
        if (await PaperDesk.OpenAsync(connection, request.Community, request.Ballot, alone: true, cancellationToken) is not { } desk)
        {
            return BallotRefusals.NotFound;
        }

        if (Refuse(desk) is { } refusal)
        {
            return refusal;
        }

        if (!desk.Ballot.IsSecret)
        {
            return Refusal.Conflict("ballot.paper-is-named");
        }

        var figures = (await connection.RowAsync<Figures>(
            $"""
            select exists (select from roll_entry where community_id = @community and ballot_id = @ballot and unit_key = @unit and not is_removed) as is_on_roll,
                ({PaperBoxes.HandedIn})::int as handed_in,
                (select count(*) from paper_issue where community_id = @community and ballot_id = @ballot and state in ('Issued', 'Returned'))::int as issued
            """,
            new { request.Community, request.Ballot, request.Unit },
            cancellationToken))!;
        if (!figures.IsOnRoll)
        {
            return BallotRefusals.UnitNotFound;
        }

        if (figures.HandedIn >= figures.Issued)
        {
            return PaperRefusals.MoreThanIssued(figures.Issued);
        }

        var written = await connection.RunAsync(
            "insert into participation (community_id, ballot_id, unit_key) values (@community, @ballot, @unit) on conflict do nothing",
            new { request.Community, request.Ballot, request.Unit },
            cancellationToken);
        if (written == 0)
        {
            return PaperRefusals.VotedOtherwise;
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(MarkPaperReturned), $"ballot:{request.Ballot}", desk.Now, cancellationToken,
            details: new JsonObject { ["witness"] = request.Witness.Trim() });
        return Done.Value;
    }

    private static Refusal? Refuse(PaperDesk desk) =>
        !desk.HasPapers ? PaperRefusals.NoneIssued
        : BallotRefusals.Window(desk.Ballot.State, desk.Ballot.OpensAt, desk.Ballot.ClosesAt, desk.Now);

    private sealed record Figures(bool IsOnRoll, int HandedIn, int Issued);
}

internal static class PaperBoxes
{
    /// <summary>Voters of a secret ballot whose vote is a paper: all who took part less those whose vote lies in the intake (superseded ones are nobody's any more). For <c>@community</c> and <c>@ballot</c>, before the count.</summary>
    public const string HandedIn =
        """
        (select count(*) from participation where community_id = @community and ballot_id = @ballot)
            - (select count(*) from ballot_intake where community_id = @community and ballot_id = @ballot and sealed is not null)
        """;
}
