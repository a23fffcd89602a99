using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Deliberation.Features.Notices;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots.Recounts;

/// <summary>Confirms an ordered recount: the stored votes are counted anew, now, and the figures published as the next version beside those before.
/// Where a figure came out otherwise the result has to be declared again. The workflow is not asked again: what follows from another outcome is for people to decide.
/// Refused with <c>ballot.not-found</c>, <c>ballot.cancelled</c>, <c>recount.not-found</c>, <c>recount.decided</c>, <c>recount.ordered-by-you</c>, <c>recount.set-up-by-you</c>.</summary>
/// <remarks>Source: domain.md 5, requirement 6: nothing is edited, a recount is a new version of the tally with its cause, both stay visible.</remarks>
public sealed record ConfirmRecount(Caller Caller, CommunityId Community, BallotId Ballot, Guid Recount) : ICommand<RecountDone>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="Version">Of the tally, 2 or more.</param>
/// <param name="IsChanged">Some figure came out otherwise.</param>
public sealed record RecountDone(int Version, bool IsChanged);

internal sealed class ConfirmRecountHandler(CouncilSession session, VisitEvents visits) : IRequestHandler<ConfirmRecount, Result<RecountDone>>
{
    /// <summary>What a published count says; the reason and the way there may differ.</summary>
    private static readonly string[] Figures = ["outcome", "turnout", "totals", "elected", "runoff", "vacancies", "funded", "order", "budgetFen", "costFen", "followed"];

    public async Task<Result<RecountDone>> Handle(ConfirmRecount request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotRow.LockAsync(connection, request.Community, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var order = await connection.RowAsync<Order>(
            "select cause, ordered_by, state from ballot_recount where community_id = @Community and ballot_id = @Ballot and recount_id = @Recount for update",
            new { request.Community, request.Ballot, request.Recount },
            cancellationToken);
        if (order?.State is not "Ordered")
        {
            return order is null ? RecountRefusals.NotFound : RecountRefusals.Decided;
        }

        if (ballot is not { State: nameof(BallotState.Closed) or nameof(BallotState.Declared), Result: { } old, Outcome: { } oldOutcome })
        {
            return BallotRefusals.Cancelled;
        }

        if (await RecountRefusals.ConfirmAsync(connection, request.Caller, request.Community, ballot.ProjectId, order.OrderedBy, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var done = await CountAsync(ballot, old, order.Cause, cancellationToken);
        await connection.RunAsync(
            """
            update ballot_recount set state = 'Counted', decided_by = @Staff, decided_at = @now, version = @Version, is_changed = @IsChanged, old_outcome = @oldOutcome, old_result = @old
            where community_id = @Community and ballot_id = @Ballot and recount_id = @Recount
            """,
            new { request.Community, request.Ballot, request.Recount, request.Caller.Staff, now, done.Version, done.IsChanged, oldOutcome, old },
            cancellationToken);
        await TellAsync(request, ballot, order.Cause, done, now, cancellationToken);
        await connection.EndNoticesOfResultAsync(visits, request.Caller, request.Community, request.Ballot, now, cancellationToken);
        return done;
    }

    private async Task<RecountDone> CountAsync(BallotRow ballot, JsonObject old, string cause, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var papers = ballot.IsSecret
            ? await StoredCount.UrnAsync(connection, ballot, cancellationToken)
            : await StoredCount.NamedPapersAsync(connection, ballot, cancellationToken);
        var present = old["present"]?.GetValue<int>() ?? await PresentAtMeeting.CountAsync(connection, ballot, cancellationToken);
        var (result, returned) = await StoredCount.DecideAsync(connection, ballot, papers, present, cancellationToken);
        var now = JsonNode.Parse(result.ToJsonString())!; // as it comes back from the database
        var done = new RecountDone(ballot.TallyVersion + 1, Figures.Any(name => old[name] is { } was && !JsonNode.DeepEquals(was, now[name])));
        result["reason"] = cause;
        if (old["papers"] is { } record)
        {
            result["papers"] = record.DeepClone(); // how the papers came together does not change by counting
        }

        await connection.RunAsync(
            """
            update ballot set outcome = @outcome, result = @result, tally_version = @Version,
                state = case when @IsChanged then 'Closed' else state end,
                declared_at = case when @IsChanged then null else declared_at end,
                declared_by = case when @IsChanged then null else declared_by end,
                declared_post = case when @IsChanged then null else declared_post end
            where community_id = @CommunityId and ballot_id = @BallotId
            """,
            new { ballot.CommunityId, ballot.BallotId, outcome = result["outcome"]!.GetValue<string>(), result, done.Version, done.IsChanged },
            cancellationToken);
        await connection.LogRecountAsync(ballot, done.Version, result, papers, returned, cancellationToken);
        return done;
    }

    private async Task TellAsync(ConfirmRecount request, BallotRow ballot, string cause, RecountDone done, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var key = done.IsChanged ? "recounted-otherwise" : "recounted-alike";
        var values = new JsonObject { ["question"] = ballot.Question, ["cause"] = cause };
        var link = $"/results/{ballot.BallotId}";
        await connection.TimelineAsync(
            request.Caller, request.Community, ballot.ProjectId, now, "Ballot", $"ballots.timeline.{key}", values.DeepClone().AsObject(), link, cancellationToken);
        await BallotMessages.TellAsync(
            connection, request.Community, ballot.BallotId, $"recounted:{done.Version}", $"ballots.message.{key}", values, false, link, now, cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ConfirmRecount), $"ballot:{request.Ballot}", now, cancellationToken, cause,
            new JsonObject { ["version"] = done.Version, ["changed"] = done.IsChanged });
    }

    private sealed record Order(string Cause, Guid OrderedBy, string State);
}
