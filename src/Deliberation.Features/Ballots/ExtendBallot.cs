using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>Lets the window end later (延长), once, before it has ended, at most by its own length and within 60 days for owners; the reason is public, everybody on the roll is told.
/// All questions of one paper move together. Refused with <c>ballot.not-found</c>, <c>ballot.window-closed</c>, <c>ballot.paused</c>, <c>ballot.not-running</c>,
/// <c>ballot.already-extended</c>, <c>ballot.extension-too-long</c>, <c>ballot.reason-required</c>.</summary>
/// <remarks>Source: domain.md 2.4 and P10 (an owners' ballot may be extended once inside the 60-day limit while not one paper has been counted).</remarks>
/// <param name="Days">Whole days, 1 or more.</param>
/// <param name="Reason">5 to 300 characters, shown to residents.</param>
public sealed record ExtendBallot(Caller Caller, CommunityId Community, BallotId Ballot, int Days, string Reason) : ICommand<DateTimeOffset>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class ExtendBallotHandler(CouncilSession session) : IRequestHandler<ExtendBallot, Result<DateTimeOffset>>
{
    /// <summary>A whole owners' ballot, its extension included (local rules: 5 to 60 days).</summary>
    private static readonly TimeSpan LongestForOwners = TimeSpan.FromDays(60);

    public async Task<Result<DateTimeOffset>> Handle(ExtendBallot request, CancellationToken cancellationToken)
    {
        if (request.Reason?.Trim() is not { Length: >= 5 and <= 300 } reason)
        {
            return BallotRefusals.ReasonRequired;
        }

        var connection = session.Connection;
        var ballots = await LockAsync(request, cancellationToken);
        if (ballots.Find(ballot => ballot.BallotId == request.Ballot) is not { } asked)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (Refuse(asked, now, request.Days) is { } refusal)
        {
            return refusal;
        }

        var closesAt = asked.ClosesAt;
        foreach (var ballot in ballots.Where(ballot => ballot.State == "Open" && ballot.ClosesAt == asked.ClosesAt && ballot.OriginalClosesAt is null))
        {
            closesAt = await BallotControl.ExtendAsync(connection, ballot, TimeSpan.FromDays(request.Days), reason, now, cancellationToken);
            await connection.AuditAsync(
                request.Caller, request.Community, nameof(ExtendBallot), $"ballot:{ballot.BallotId}", now, cancellationToken, reason,
                new JsonObject { ["days"] = request.Days });
        }

        return closesAt;
    }

    private static Refusal? Refuse(BallotRow ballot, DateTimeOffset now, int days)
    {
        if (!ballot.IsRunning)
        {
            return BallotRefusals.NotRunning;
        }

        if (ballot.State == "Paused")
        {
            return BallotRefusals.Paused;
        }

        if (now >= ballot.ClosesAt)
        {
            return BallotRefusals.WindowClosed(ballot.ClosesAt);
        }

        if (ballot.OriginalClosesAt is { } original)
        {
            return Refusal.Conflict("ballot.already-extended", ("originalClosesAt", original));
        }

        var most = MostDays(ballot.RollKind, ballot.OpensAt, ballot.ClosesAt);
        return days < 1 || days > most ? Refusal.Invalid("ballot.extension-too-long", "days", ("most", most)) : null;
    }

    /// <summary>At most the window once more; owners' ballots not beyond their 60 days.</summary>
    internal static int MostDays(string rollKind, DateTimeOffset opensAt, DateTimeOffset closesAt)
    {
        var length = closesAt - opensAt;
        var most = rollKind == "Owners" && LongestForOwners - length < length ? LongestForOwners - length : length;
        return Math.Max(0, (int)most.TotalDays);
    }

    /// <summary>The ballot and the others of its paper: their instances first, then they, each in order of id, as a workflow's step does.</summary>
    private async Task<List<BallotRow>> LockAsync(ExtendBallot request, CancellationToken cancellationToken)
    {
        var together = (await session.Connection.QueryAsync<(Guid Ballot, Guid Instance)>(new CommandDefinition(
            """
            select o.ballot_id, o.instance_id
            from ballot b join ballot o on o.community_id = b.community_id and (o.ballot_id = b.ballot_id or o.paper_id = b.paper_id)
            where b.community_id = @Community and b.ballot_id = @Ballot
            """,
            new { request.Community, request.Ballot },
            cancellationToken: cancellationToken))).ToList();
        await session.Connection.ExecuteAsync(new CommandDefinition(
            "select 1 from workflow_instance where community_id = @Community and instance_id = any(@instances) order by instance_id for no key update",
            new { request.Community, instances = together.Select(o => o.Instance).Distinct().ToArray() },
            cancellationToken: cancellationToken));
        var locked = new List<BallotRow>();
        foreach (var (id, _) in together.OrderBy(o => o.Ballot))
        {
            if (await BallotRow.LockAsync(session.Connection, request.Community, new BallotId(id), cancellationToken) is { } ballot)
            {
                locked.Add(ballot);
            }
        }

        return locked;
    }
}
