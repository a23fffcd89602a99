using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>Until when the papers of a ballot are kept, and what was destroyed (保存和销毁). Refused with <c>ballot.not-found</c>, <c>paper.none-issued</c>.</summary>
public sealed record GetPaperKeeping(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<PaperKeepingView>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="Until">Exclusive; null before the ballot has ended, and for an election whose next one is not over.</param>
/// <param name="IsElection">Kept until the next election of that office is over.</param>
/// <param name="Destroyed">Null while they are kept.</param>
/// <param name="LaterElections">Elections that opened after this one ended and are over: one of them may be the next of that office. Empty unless an admin is asked.</param>
public sealed record PaperKeepingView(DateTimeOffset? Until, bool IsElection, PaperDestruction? Destroyed, IReadOnlyList<LaterElection> LaterElections);

/// <param name="Papers">Of the register.</param>
/// <param name="Readings">Of named ballots: what people typed; a secret ballot's go with its count.</param>
public sealed record PaperDestruction(DateTimeOffset DestroyedAt, string Basis, int Papers, int Readings, int Photos);

public sealed record LaterElection(BallotId Id, string Question, DateTimeOffset ClosedAt);

/// <summary>Says that the next election of that office is over, and which it was: the papers of this one have been kept long enough and go soon.
/// Refused with <c>ballot.not-found</c>, <c>paper.none-issued</c>, <c>paper.not-an-election</c>, <c>paper.no-later-election</c>, <c>paper.is-released</c>.</summary>
/// <remarks>Source: domain.md 5, requirement 11.</remarks>
public sealed record ReleaseElectionPapers(Caller Caller, CommunityId Community, BallotId Ballot, BallotId Next) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Destroys readings and photographs whose time is over and writes the record of it; the key of sealed photographs follows once this is committed. Repeating it changes nothing.
/// Refused with <c>ballot.not-found</c>, <c>paper.none-issued</c>, <c>paper.kept</c>.</summary>
public sealed record DestroyPapers(Caller Caller, CommunityId Community, BallotId Ballot) : ICommand<PaperDestruction>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class KeepPapersHandler(CouncilSession session) :
    IRequestHandler<GetPaperKeeping, Result<PaperKeepingView>>,
    IRequestHandler<ReleaseElectionPapers, Result<Done>>,
    IRequestHandler<DestroyPapers, Result<PaperDestruction>>
{
    private NpgsqlConnection Connection => session.Connection;

    public async Task<Result<PaperKeepingView>> Handle(GetPaperKeeping request, CancellationToken cancellationToken)
    {
        var ballot = await BallotRow.HoldAsync(Connection, request.Community, request.Ballot, cancellationToken);
        if (ballot is null)
        {
            return BallotRefusals.NotFound;
        }

        if (await RunAsync(ballot, cancellationToken) is not { } run)
        {
            return PaperRefusals.NoneIssued;
        }

        var mayRelease = ballot.IsElection && run.ReleasedAt is null && run.ClosedAt is not null && request.Caller.Kind is CallerKind.Admin;
        return new PaperKeepingView(
            run.Until(ballot), ballot.IsElection, await DestroyedAsync(ballot, cancellationToken), mayRelease ? await LaterAsync(ballot, cancellationToken) : []);
    }

    public async Task<Result<Done>> Handle(ReleaseElectionPapers request, CancellationToken cancellationToken)
    {
        var ballot = await BallotRow.LockAsync(Connection, request.Community, request.Ballot, cancellationToken);
        if (ballot is null)
        {
            return BallotRefusals.NotFound;
        }

        if (await RunAsync(ballot, cancellationToken) is not { } run)
        {
            return PaperRefusals.NoneIssued;
        }

        if (!ballot.IsElection)
        {
            return Refusal.Conflict("paper.not-an-election");
        }

        if (run.ReleasedAt is not null)
        {
            return Refusal.Conflict("paper.is-released");
        }

        if (!(await LaterAsync(ballot, cancellationToken)).Any(later => later.Id == request.Next))
        {
            return Refusal.Invalid("paper.no-later-election", "next");
        }

        var now = await Connection.CouncilNowAsync(cancellationToken);
        await Connection.RunAsync(
            "update paper_run set next_election = @Next, released_at = @now, released_by = @staff where community_id = @Community and ballot_id = @Ballot",
            new { request.Community, request.Ballot, request.Next, now, staff = request.Caller.Staff!.Value },
            cancellationToken);
        await Connection.AuditAsync(
            request.Caller, request.Community, nameof(ReleaseElectionPapers), $"ballot:{request.Ballot}", now, cancellationToken, details: new JsonObject { ["next"] = $"{request.Next}" });
        return Done.Value;
    }

    public async Task<Result<PaperDestruction>> Handle(DestroyPapers request, CancellationToken cancellationToken)
    {
        var ballot = await BallotRow.LockAsync(Connection, request.Community, request.Ballot, cancellationToken);
        if (ballot is null)
        {
            return BallotRefusals.NotFound;
        }

        if (await RunAsync(ballot, cancellationToken) is not { } run)
        {
            return PaperRefusals.NoneIssued;
        }

        if (await DestroyedAsync(ballot, cancellationToken) is { } before)
        {
            return before;
        }

        var now = await Connection.CouncilNowAsync(cancellationToken);
        if (run.Until(ballot) is not { } until || now < until)
        {
            return Refusal.Conflict("paper.kept", ("until", run.Until(ballot)));
        }

        var keys = new { request.Community, request.Ballot };
        var photos = await Connection.RunAsync("delete from paper_photo where community_id = @Community and ballot_id = @Ballot", keys, cancellationToken);
        var readings = await Connection.RunAsync("delete from paper_entry where community_id = @Community and ballot_id = @Ballot", keys, cancellationToken);
        var papers = await Connection.ScalarAsync<int>(
            "select count(*)::int from paper_issue where community_id = @Community and ballot_id = @Ballot and state <> 'Cancelled'", keys, cancellationToken);
        var record = new PaperDestruction(now, ballot.IsElection ? "NextElectionOver" : ballot.RollKind == "Owners" ? "OwnersFiveYears" : "OthersTwoYears", papers, readings, photos);
        await Connection.RunAsync(
            """
            insert into paper_destruction (community_id, ballot_id, destroyed_at, basis, papers, readings, photos)
            values (@Community, @Ballot, @DestroyedAt, @Basis, @Papers, @Readings, @Photos)
            """,
            new { request.Community, request.Ballot, record.DestroyedAt, record.Basis, record.Papers, record.Readings, record.Photos },
            cancellationToken);
        var values = new JsonObject { ["question"] = ballot.Question, ["papers"] = papers };
        await Connection.AddTimelineAsync(
            new TimelineEntry(request.Community, ballot.ProjectId, now, "Ballot", "ballots.timeline.papers-destroyed", values, IsAutomatic: true, null, OpenBallotHandler.Link(request.Ballot)),
            cancellationToken);
        await Connection.AuditAsync(
            request.Caller, request.Community, nameof(DestroyPapers), $"ballot:{request.Ballot}", now, cancellationToken,
            details: new JsonObject { ["basis"] = record.Basis, ["papers"] = papers, ["readings"] = readings, ["photos"] = photos });
        return record;
    }

    private Task<Run?> RunAsync(BallotRow ballot, CancellationToken cancellationToken) => Connection.RowAsync<Run>(
        "select b.closed_at, r.released_at from paper_run r join ballot b using (community_id, ballot_id) where r.community_id = @CommunityId and r.ballot_id = @BallotId",
        new { ballot.CommunityId, ballot.BallotId },
        cancellationToken);

    private Task<PaperDestruction?> DestroyedAsync(BallotRow ballot, CancellationToken cancellationToken) => Connection.RowAsync<PaperDestruction>(
        "select destroyed_at, basis, papers, readings, photos from paper_destruction where community_id = @CommunityId and ballot_id = @BallotId",
        new { ballot.CommunityId, ballot.BallotId },
        cancellationToken);

    /// <summary>Rounds of the same election have opened by then too: an admin tells them apart.</summary>
    private async Task<IReadOnlyList<LaterElection>> LaterAsync(BallotRow ballot, CancellationToken cancellationToken)
    {
        var later = await Connection.RowsAsync<LaterRow>(
            """
            select o.ballot_id, o.question, o.rule, o.closed_at
            from ballot b join ballot o on o.community_id = b.community_id and o.opens_at >= b.closed_at
            where b.community_id = @CommunityId and b.ballot_id = @BallotId and o.state in ('Closed', 'Declared')
            order by o.closed_at desc limit 200
            """,
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken);
        return [.. later.Where(row => BallotRow.Elects(row.Rule)).Select(row => new LaterElection(row.BallotId, row.Question, row.ClosedAt))];
    }

    private sealed record LaterRow(BallotId BallotId, string Question, JsonObject Rule, DateTimeOffset ClosedAt);

    private sealed record Run(DateTimeOffset? ClosedAt, DateTimeOffset? ReleasedAt)
    {
        private const int OwnersYears = 5; // as long as a court action is possible, at least
        private const int OtherYears = 2;

        /// <summary>The last day ends at midnight.</summary>
        public DateTimeOffset? Until(BallotRow ballot) =>
            ClosedAt is not { } closed ? null
            : ballot.IsElection ? ReleasedAt
            : WorkingCalendar.China.EndOf(WorkingCalendar.China.DayOf(closed).AddYears(ballot.RollKind == "Owners" ? OwnersYears : OtherYears));
    }
}
