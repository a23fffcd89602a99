using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notices;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ballots.Recounts;

/// <summary>Orders that a counted ballot be counted again (重新计票); nothing is counted until another member of staff confirms.
/// Refused with <c>ballot.not-found</c>, <c>ballot.not-closed</c>, <c>ballot.counting</c>, <c>ballot.cancelled</c>, <c>ballot.reason-required</c>, <c>recount.already-ordered</c>.</summary>
/// <param name="Cause">5 to 500 characters; public.</param>
/// <remarks>Source: domain.md 5, requirement 6.</remarks>
public sealed record OrderRecount(Caller Caller, CommunityId Community, BallotId Ballot, string Cause) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Lets an ordered recount drop, by whomever, the one who ordered it too. Refused with <c>ballot.not-found</c>, <c>recount.not-found</c>, <c>recount.decided</c>.</summary>
public sealed record RefuseRecount(Caller Caller, CommunityId Community, BallotId Ballot, Guid Recount) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Recounts of a ballot, newest first. Refused with <c>ballot.not-found</c>.</summary>
public sealed record ListRecounts(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<RecountList>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="Blocked">Why the reader may not confirm the one that waits; null when it may be confirmed, or none waits.</param>
public sealed record RecountList(BallotView Ballot, IReadOnlyList<RecountOrder> Orders, Refusal? Blocked);

/// <param name="State">Ordered, Counted or Refused.</param>
/// <param name="Version">Of the tally it made; null unless counted.</param>
public sealed record RecountOrder(
    Guid Id, string Cause, string OrderedBy, DateTimeOffset OrderedAt, string State, string? DecidedBy, DateTimeOffset? DecidedAt, int? Version, bool? IsChanged);

/// <summary>Why a recount is refused.</summary>
internal static class RecountRefusals
{
    public static Refusal NotFound { get; } = Refusal.NotFound("recount.not-found");

    public static Refusal AlreadyOrdered { get; } = Refusal.Conflict("recount.already-ordered");

    public static Refusal Decided { get; } = Refusal.Conflict("recount.decided");

    public static Refusal OrderedByYou { get; } = Refusal.Forbidden("recount.ordered-by-you");

    public static Refusal SetUpByYou { get; } = Refusal.Forbidden("recount.set-up-by-you");

    /// <summary>Who ordered it, or launched the project, does not confirm it (domain.md 5, requirement 12).</summary>
    public static async Task<Refusal?> ConfirmAsync(
        NpgsqlConnection connection, Caller caller, CommunityId community, ProjectId project, Guid orderedBy, CancellationToken cancellationToken) =>
        caller.Staff?.Value == orderedBy ? OrderedByYou
        : caller.Staff is { } staff && await SettingUp.ByAsync(connection, community, project, cancellationToken) == staff ? SetUpByYou
        : null;
}

/// <summary>Writes an order, whoever gives it: staff, or an answer to an objection.</summary>
internal static class RecountOrders
{
    public const int LongestCause = 500;

    /// <param name="ballot">Locked.</param>
    public static async Task<Result<Guid>> AddAsync(
        NpgsqlConnection connection, Caller caller, BallotRow ballot, string cause, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var refusal = ballot.State switch
        {
            nameof(BallotState.Closed) or nameof(BallotState.Declared) => null,
            nameof(BallotState.Counting) => BallotRefusals.Counting,
            nameof(BallotState.Open) or nameof(BallotState.Paused) => BallotRefusals.NotClosed(ballot.ClosesAt),
            _ => BallotRefusals.Cancelled,
        };
        if (refusal is not null)
        {
            return refusal;
        }

        var id = Guid.CreateVersion7();
        var ordered = await connection.RunAsync(
            """
            insert into ballot_recount (community_id, ballot_id, recount_id, cause, ordered_by, ordered_at) values (@CommunityId, @BallotId, @id, @cause, @Staff, @now)
            on conflict (community_id, ballot_id) where state = 'Ordered' do nothing
            """,
            new { ballot.CommunityId, ballot.BallotId, id, cause, caller.Staff, now },
            cancellationToken);
        if (ordered == 0)
        {
            return RecountRefusals.AlreadyOrdered;
        }

        await connection.TimelineAsync(
            caller, ballot.CommunityId, ballot.ProjectId, now, "Ballot", "ballots.timeline.recount-ordered",
            new() { ["question"] = ballot.Question, ["cause"] = cause }, $"/results/{ballot.BallotId}", cancellationToken);
        return id;
    }
}

internal sealed class RecountOrdersHandler(CouncilSession session, VisitEvents visits) :
    IRequestHandler<OrderRecount, Result<Guid>>,
    IRequestHandler<RefuseRecount, Result<Done>>,
    IRequestHandler<ListRecounts, Result<RecountList>>
{
    public async Task<Result<Guid>> Handle(OrderRecount request, CancellationToken cancellationToken)
    {
        if (request.Cause?.Trim() is not { Length: >= 5 and <= RecountOrders.LongestCause } cause)
        {
            return BallotRefusals.ReasonRequired;
        }

        var connection = session.Connection;
        if (await BallotRow.LockAsync(connection, request.Community, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var ordered = await RecountOrders.AddAsync(connection, request.Caller, ballot, cause, now, cancellationToken);
        if (ordered is Result<Guid>.Accepted)
        {
            await connection.AuditAsync(request.Caller, request.Community, nameof(OrderRecount), $"ballot:{request.Ballot}", now, cancellationToken, cause);
        }

        return ordered;
    }

    public async Task<Result<Done>> Handle(RefuseRecount request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotRow.LockAsync(connection, request.Community, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var refused = await connection.RunAsync(
            """
            update ballot_recount set state = 'Refused', decided_by = @Staff, decided_at = @now
            where community_id = @Community and ballot_id = @Ballot and recount_id = @Recount and state = 'Ordered'
            """,
            new { request.Community, request.Ballot, request.Recount, request.Caller.Staff, now },
            cancellationToken);
        if (refused == 0)
        {
            return await connection.ScalarAsync<bool>(
                "select exists (select from ballot_recount where community_id = @Community and ballot_id = @Ballot and recount_id = @Recount)",
                new { request.Community, request.Ballot, request.Recount },
                cancellationToken) ? RecountRefusals.Decided : RecountRefusals.NotFound;
        }

        await connection.TimelineAsync(
            request.Caller, request.Community, ballot.ProjectId, now, "Ballot", "ballots.timeline.recount-refused",
            new() { ["question"] = ballot.Question }, $"/results/{ballot.BallotId}", cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(RefuseRecount), $"ballot:{request.Ballot}", now, cancellationToken);
        await connection.EndNoticesOfResultAsync(visits, request.Caller, request.Community, request.Ballot, now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<RecountList>> Handle(ListRecounts request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotReading.FindAsync(connection, request.Community, request.Ballot, null, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var orders = await connection.RowsAsync<RecountOrder>(
            """
            select r.recount_id as id, r.cause, o.display_name as ordered_by, r.ordered_at, r.state, d.display_name as decided_by, r.decided_at, r.version, r.is_changed
            from ballot_recount r join staff o on o.staff_id = r.ordered_by left join staff d on d.staff_id = r.decided_by
            where r.community_id = @Community and r.ballot_id = @Ballot order by r.recount_id desc
            """,
            new { request.Community, request.Ballot },
            cancellationToken);
        var waiting = await connection.ScalarAsync<Guid?>(
            "select ordered_by from ballot_recount where community_id = @Community and ballot_id = @Ballot and state = 'Ordered'", new { request.Community, request.Ballot }, cancellationToken);
        return new RecountList(
            ballot, orders,
            waiting is { } orderedBy ? await RecountRefusals.ConfirmAsync(connection, request.Caller, request.Community, ballot.Project, orderedBy, cancellationToken) : null);
    }
}
