using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Ledger;
using Deliberation.Postgres;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Stops, wakes and ends a project's ballots inside the caller's transaction; everybody on their rolls is told. Ballots are locked in order of id.</summary>
/// <remarks>Timers are not touched: the caller pauses, resumes or cancels the workflow.</remarks>
public static class BallotControl
{
    /// <returns>How many ballots stopped.</returns>
    public static async Task<int> PauseForProjectAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ballots = await LockProjectAsync(connection, community, project, "Open", cancellationToken);
        foreach (var ballot in ballots)
        {
            await PauseAsync(connection, ballot, reason, now, cancellationToken);
        }

        return ballots.Count;
    }

    /// <summary>Paused ballots take votes again; their closing instants move by <paramref name="by"/>.</summary>
    /// <param name="by">Time suspended, 0 or more.</param>
    public static async Task<int> ResumeForProjectAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, TimeSpan by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ballots = await LockProjectAsync(connection, community, project, "Paused", cancellationToken);
        foreach (var ballot in ballots)
        {
            await ResumeAsync(connection, ballot, by, now, cancellationToken);
        }

        return ballots.Count;
    }

    /// <summary>Ends ballots that have no result yet, without a count.</summary>
    public static async Task<int> CancelForProjectAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ballots = await LockProjectAsync(connection, community, project, null, cancellationToken);
        foreach (var ballot in ballots)
        {
            await CancelAsync(connection, ballot, reason, now, cancellationToken);
        }

        return ballots.Count;
    }

    internal static async Task PauseAsync(NpgsqlConnection connection, BallotRow ballot, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "update ballot set state = 'Paused', paused_at = @now, state_reason = @reason where community_id = @CommunityId and ballot_id = @BallotId",
            new { ballot.CommunityId, ballot.BallotId, now, reason },
            cancellationToken: cancellationToken));
        await TellAsync(connection, ballot, "paused", new JsonObject { ["question"] = ballot.Question, ["reason"] = reason }, now, cancellationToken);
    }

    internal static async Task<DateTimeOffset> ResumeAsync(NpgsqlConnection connection, BallotRow ballot, TimeSpan by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var closesAt = ballot.ClosesAt + by;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update ballot set state = 'Open', paused_at = null, state_reason = null, closes_at = @closesAt
            where community_id = @CommunityId and ballot_id = @BallotId
            """,
            new { ballot.CommunityId, ballot.BallotId, closesAt },
            cancellationToken: cancellationToken));
        await TellAsync(
            connection, ballot, "resumed", new JsonObject { ["question"] = ballot.Question, ["closesAt"] = OpenBallotHandler.Instant(closesAt) }, now, cancellationToken);
        return closesAt;
    }

    internal static async Task CancelAsync(NpgsqlConnection connection, BallotRow ballot, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update ballot set state = 'Cancelled', state_reason = @reason, outcome = 'Cancelled', closed_at = @now, counted_at = clock_timestamp()
            where community_id = @CommunityId and ballot_id = @BallotId
            """,
            new { ballot.CommunityId, ballot.BallotId, reason, now },
            cancellationToken: cancellationToken));
        await connection.LogCancelledAsync(ballot.CommunityId, ballot.BallotId, cancellationToken);
        if (ballot.IsSecret)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "select drop_ballot_intake(@CommunityId, @BallotId)", new { ballot.CommunityId, ballot.BallotId }, cancellationToken: cancellationToken));
        }

        await TellAsync(connection, ballot, "cancelled", new JsonObject { ["question"] = ballot.Question, ["reason"] = reason }, now, cancellationToken);
    }

    /// <summary>The close and the reminders of the ballot's visit, in the transaction that moves its window.</summary>
    /// <param name="due">Added to the instants at which they fire.</param>
    /// <param name="original">Added to the instants that were promised.</param>
    internal static Task MoveTimersAsync(NpgsqlConnection connection, BallotRow ballot, TimeSpan due, TimeSpan original, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update workflow_timer t set due_at = t.due_at + @due, original_due_at = t.original_due_at + @original
            from workflow_bookmark k
            where t.community_id = @CommunityId and t.instance_id = @InstanceId and k.visit_id = @VisitId
                and k.community_id = t.community_id and k.instance_id = t.instance_id and k.bookmark_id = t.bookmark_id
            """,
            new { ballot.CommunityId, ballot.InstanceId, ballot.VisitId, due, original },
            cancellationToken: cancellationToken));

    /// <summary>The window ends later; everybody on the roll is told why.</summary>
    internal static async Task<DateTimeOffset> ExtendAsync(
        NpgsqlConnection connection, BallotRow ballot, TimeSpan by, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var closesAt = ballot.ClosesAt + by;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update ballot set closes_at = @closesAt, original_closes_at = closes_at, extension_reason = @reason
            where community_id = @CommunityId and ballot_id = @BallotId
            """,
            new { ballot.CommunityId, ballot.BallotId, closesAt, reason },
            cancellationToken: cancellationToken));
        await MoveTimersAsync(connection, ballot, by, by, cancellationToken);
        await TellAsync(
            connection, ballot, "extended",
            new JsonObject { ["question"] = ballot.Question, ["closesAt"] = OpenBallotHandler.Instant(closesAt), ["reason"] = reason }, now, cancellationToken);
        return closesAt;
    }

    /// <summary>A counted ballot does not count (作废): its figures stay to be seen, under that word. Everybody on the roll is told why.</summary>
    /// <returns>Null; or why it cannot be.</returns>
    internal static async Task<Refusal?> VoidAsync(NpgsqlConnection connection, BallotRow ballot, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ballot.State is not (nameof(BallotState.Closed) or nameof(BallotState.Declared)))
        {
            return ballot.IsUncounted ? BallotRefusals.NotClosed(ballot.ClosesAt) : BallotRefusals.Cancelled;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "update ballot set state = 'Voided', state_reason = @reason, outcome = 'Voided' where community_id = @CommunityId and ballot_id = @BallotId",
            new { ballot.CommunityId, ballot.BallotId, reason },
            cancellationToken: cancellationToken));
        var values = new JsonObject { ["question"] = ballot.Question, ["reason"] = reason };
        var link = $"/results/{ballot.BallotId}";
        await connection.AddTimelineAsync(
            new TimelineEntry(ballot.CommunityId, ballot.ProjectId, now, "Ballot", "ballots.timeline.annulled", values.DeepClone().AsObject(), false, null, link), cancellationToken);
        await BallotMessages.TellAsync(
            connection, ballot.CommunityId, ballot.BallotId, "annulled", "ballots.message.annulled", values, false, link, now, cancellationToken);
        return null;
    }

    private static async Task<List<BallotRow>> LockProjectAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, string? state, CancellationToken cancellationToken)
    {
        var ids = await connection.QueryAsync<Guid>(new CommandDefinition(
            """
            select ballot_id from ballot
            where community_id = @community and project_id = @project and state in ('Open', 'Paused', 'Counting') and (@state::text is null or state = @state)
            order by ballot_id
            """,
            new { community, project, state },
            cancellationToken: cancellationToken));
        var locked = new List<BallotRow>();
        foreach (var id in ids)
        {
            if (await BallotRow.LockAsync(connection, community, new BallotId(id), cancellationToken) is { IsUncounted: true } ballot
                && (state is null || ballot.State == state))
            {
                locked.Add(ballot);
            }
        }

        return locked;
    }

    private static async Task TellAsync(
        NpgsqlConnection connection, BallotRow ballot, string what, JsonObject values, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var link = OpenBallotHandler.Link(ballot.BallotId);
        await connection.AddTimelineAsync(
            new TimelineEntry(ballot.CommunityId, ballot.ProjectId, now, "Ballot", $"ballots.timeline.{what}", values.DeepClone().AsObject(), false, null, link), cancellationToken);
        await BallotMessages.TellAsync(
            connection, ballot.CommunityId, ballot.BallotId, $"{what}:{now.UtcTicks}", $"ballots.message.{what}", values, false, link, now, cancellationToken);
    }
}
