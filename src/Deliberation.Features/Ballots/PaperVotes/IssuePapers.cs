using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>
/// Gives papers their numbers (发票). Named ballots: one paper for each unit of a building that has none; secret ones: so many for a station, and no voter's.
/// Refused with <c>ballot.not-found</c>, <c>ballot.window-closed</c>, <c>paper.station-required</c>, <c>paper.count-range</c>, <c>paper.nothing-to-issue</c>, <c>paper.asks-reason</c>,
/// <c>paper.too-few-people</c> (two read, a third decides, three sign; none of them who set the ballot up), <c>paper.is-counted</c>, <c>paper.is-signed</c>.
/// </summary>
/// <param name="Station">Named: a building, null for all; secret: who gives the papers out, 1 to 40 characters.</param>
/// <param name="Count">Secret only: 1 to 2,000.</param>
/// <returns>How many were issued.</returns>
public sealed record IssuePapers(Caller Caller, CommunityId Community, BallotId Ballot, string? Station, int Count = 0) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Marks a paper as ruined before it was cast (作废); it is kept, and a new one takes its place if wanted.
/// Refused with <c>ballot.not-found</c>, the serial's refusals, <c>paper.is-returned</c>, <c>ballot.reason-required</c>, and for a new one <c>ballot.window-closed</c>.</summary>
/// <param name="Reason">5 to 300 characters.</param>
public sealed record SpoilPaper(Caller Caller, CommunityId Community, BallotId Ballot, string Serial, string Reason, bool GiveNew) : ICommand<SpoiledPaper>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="NewSerial">As printed; null when no new paper was wanted.</param>
public sealed record SpoiledPaper(string? NewSerial);

/// <summary>Takes back a paper that nobody has had yet: it no longer is one of those issued. Before the close only. Refused like <see cref="SpoilPaper"/>.</summary>
public sealed record CancelPaper(Caller Caller, CommunityId Community, BallotId Ballot, string Serial, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>A paper came back that does not count (另放): its voter has voted another way or has no right to. Refused like <see cref="SpoilPaper"/>.</summary>
public sealed record SetPaperAside(Caller Caller, CommunityId Community, BallotId Ballot, string Serial, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>After the close: says that a station's papers which nobody has accounted for never came back (没收回).
/// Refused with <c>ballot.not-found</c>, <c>paper.not-counting</c>, <c>ballot.reason-required</c>, <c>paper.is-signed</c>, <c>paper.is-counted</c>.</summary>
/// <param name="Station">Null for all.</param>
/// <returns>How many.</returns>
public sealed record DeclareOutstanding(Caller Caller, CommunityId Community, BallotId Ballot, string? Station, string Reason) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class IssuePapersHandler(CouncilSession session, BallotKeys keys) :
    IRequestHandler<IssuePapers, Result<int>>,
    IRequestHandler<SpoilPaper, Result<SpoiledPaper>>,
    IRequestHandler<CancelPaper, Result<Done>>,
    IRequestHandler<SetPaperAside, Result<Done>>,
    IRequestHandler<DeclareOutstanding, Result<int>>
{
    private const int MostAtOnce = 2_000;

    public async Task<Result<int>> Handle(IssuePapers request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await PaperDesk.OpenAsync(connection, request.Community, request.Ballot, alone: true, cancellationToken) is not { } desk)
        {
            return BallotRefusals.NotFound;
        }

        var station = string.IsNullOrWhiteSpace(request.Station) ? null : request.Station.Trim();
        if (desk.NotBeforeTheClose is { } refusal)
        {
            return refusal;
        }

        if (BallotDefinitions.FormOf(desk.Ballot.Rule, desk.Ballot.OptionList).AsksReason)
        {
            return PaperRefusals.AsksReason;
        }

        if (desk.Ballot.IsSecret && station?.Length is not (>= 1 and <= 40))
        {
            return PaperRefusals.StationRequired;
        }

        if (desk.Ballot.IsSecret && request.Count is < 1 or > MostAtOnce)
        {
            return Refusal.Invalid("paper.count-range", "count", ("most", MostAtOnce));
        }

        if (await PaperIssuing.TooFewPeopleAsync(connection, request.Community, desk.SetUpBy, cancellationToken))
        {
            return PaperRefusals.TooFewPeople(PaperDesk.Signatures);
        }

        IReadOnlyList<NewPaper> papers = desk.Ballot.IsSecret
            ? [.. Enumerable.Repeat(new NewPaper(station!, null), request.Count)]
            : await PaperIssuing.UnitsWithoutPaperAsync(connection, desk.Ballot, station, cancellationToken);
        if (papers.Count == 0)
        {
            return PaperRefusals.NothingToIssue;
        }

        await PaperIssuing.IssueAsync(connection, keys, desk.Ballot, papers, cancellationToken);
        await AuditAsync(request, nameof(IssuePapers), request.Ballot, null, null, new JsonObject { ["station"] = station, ["count"] = papers.Count }, desk.Now, cancellationToken);
        return papers.Count;
    }

    public async Task<Result<SpoiledPaper>> Handle(SpoilPaper request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, request.Ballot, request.Serial, request.Reason, cancellationToken);
        if (found.Refusal is { } refusal)
        {
            return refusal;
        }

        var (desk, paper) = (found.Desk!, found.Paper!);
        if (request.GiveNew && desk.NotBeforeTheClose is { } late)
        {
            return late;
        }

        await MoveAsync(desk, paper, "state = 'Spoiled'", request.Reason, cancellationToken);
        var given = request.GiveNew ? await PaperIssuing.IssueAsync(session.Connection, keys, desk.Ballot, [new NewPaper(paper.Station, paper.UnitKey)], cancellationToken) : [];
        await AuditAsync(request, nameof(SpoilPaper), request.Ballot, paper.Serial, request.Reason, null, desk.Now, cancellationToken);
        return new SpoiledPaper(given.Count == 0 ? null : PaperSerial.Format(given[0]));
    }

    public async Task<Result<Done>> Handle(CancelPaper request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, request.Ballot, request.Serial, request.Reason, cancellationToken);
        if ((found.Refusal ?? found.Desk!.NotBeforeTheClose) is { } refusal)
        {
            return refusal;
        }

        await MoveAsync(found.Desk!, found.Paper!, "state = 'Cancelled'", request.Reason, cancellationToken);
        await AuditAsync(request, nameof(CancelPaper), request.Ballot, found.Paper!.Serial, request.Reason, null, found.Desk!.Now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(SetPaperAside request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, request.Ballot, request.Serial, request.Reason, cancellationToken);
        if (found.Refusal is { } refusal)
        {
            return refusal;
        }

        var desk = found.Desk!;
        if (desk.HandedInAt is null)
        {
            return BallotRefusals.Window(desk.Ballot.State, desk.Ballot.OpensAt, desk.Ballot.ClosesAt, desk.Now)!;
        }

        await MoveAsync(desk, found.Paper!, "state = 'Returned', reading = 'SetAside', returned_at = @handedInAt", request.Reason, cancellationToken);
        await AuditAsync(request, nameof(SetPaperAside), request.Ballot, found.Paper!.Serial, request.Reason, null, desk.Now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<int>> Handle(DeclareOutstanding request, CancellationToken cancellationToken)
    {
        if (!PaperDesk.IsReason(request.Reason))
        {
            return BallotRefusals.ReasonRequired;
        }

        if (await PaperDesk.OpenAsync(session.Connection, request.Community, request.Ballot, alone: true, cancellationToken) is not { } desk)
        {
            return BallotRefusals.NotFound;
        }

        if (desk.Closed is { } closed)
        {
            return closed;
        }

        if (!desk.IsCounting)
        {
            return PaperRefusals.NotCounting(desk.Ballot.ClosesAt);
        }

        var count = await session.Connection.RunAsync(
            """
            update paper_issue set state = 'Outstanding', reason = @reason
            where community_id = @community and ballot_id = @ballot and state = 'Issued' and (@station::text is null or station = @station)
            """,
            new { request.Community, request.Ballot, request.Station, reason = request.Reason.Trim() },
            cancellationToken);
        await AuditAsync(
            request, nameof(DeclareOutstanding), request.Ballot, null, request.Reason, new JsonObject { ["station"] = request.Station, ["count"] = count }, desk.Now, cancellationToken);
        return count;
    }

    /// <summary>A paper that is out, or was said never to have come back.</summary>
    private async Task<(Refusal? Refusal, PaperDesk? Desk, PaperRow? Paper)> FindAsync(
        ICommunityRequest request, BallotId ballot, string serial, string reason, CancellationToken cancellationToken)
    {
        if (!PaperDesk.IsReason(reason))
        {
            return (BallotRefusals.ReasonRequired, null, null);
        }

        if (await PaperDesk.OpenAsync(session.Connection, request.Community, ballot, alone: true, cancellationToken) is not { } desk)
        {
            return (BallotRefusals.NotFound, null, null);
        }

        if (desk.Closed is { } closed)
        {
            return (closed, null, null);
        }

        return await desk.FindAsync(session.Connection, serial, isLocked: true, cancellationToken) switch
        {
            Result<PaperRow>.Refused { Reason: var refused } => (refused, null, null),
            Result<PaperRow>.Accepted { Value: { State: PaperState.Issued or PaperState.Outstanding } paper } => (null, desk, paper),
            Result<PaperRow>.Accepted { Value: { State: PaperState.Spoiled } } => (PaperRefusals.IsSpoiled, null, null),
            Result<PaperRow>.Accepted { Value: { State: PaperState.Cancelled } } => (PaperRefusals.IsCancelled, null, null),
            _ => (PaperRefusals.IsReturned, null, null),
        };
    }

    private Task<int> MoveAsync(PaperDesk desk, PaperRow paper, string change, string reason, CancellationToken cancellationToken) =>
        session.Connection.RunAsync(
            $"update paper_issue set {change}, reason = @reason where community_id = @CommunityId and ballot_id = @BallotId and serial = @Serial",
            new { desk.Ballot.CommunityId, desk.Ballot.BallotId, paper.Serial, reason = reason.Trim(), handedInAt = desk.HandedInAt },
            cancellationToken);

    private Task AuditAsync(
        ICommunityRequest request, string action, BallotId ballot, string? serial, string? reason, JsonObject? details, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.Connection.AuditAsync(
            request.Caller, request.Community, action, $"ballot:{ballot}", now, cancellationToken, reason?.Trim(), details ?? new JsonObject { ["serial"] = serial });
}
