using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Process.Ballots;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Reminds those whose unit has not voted. Holds the ballot's lock: no vote is in flight while the audience is worked out.</summary>
internal sealed class RemindNonVotersHandler : IWorkflowCommandHandler<RemindNonVotersCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(RemindNonVotersCommand command, StepContext step, CancellationToken cancellationToken)
    {
        if (await BallotRow.LockVisitAsync(step.Connection, step.Community, step.InstanceId, step.VisitId, cancellationToken) is not { State: "Open" } ballot)
        {
            return [];
        }

        var isHome = command.Point.StartsWith(RemindNonVotersCommand.Home, StringComparison.Ordinal);
        var closesAt = isHome ? ballot.LocalClosesAt ?? ballot.ClosesAt : ballot.ClosesAt;
        var sent = await RemindAsync(step.Connection, ballot, $"remind:{command.Point}", closesAt, ballot.LocalClosesAt is null ? null : !isHome, step.Now, cancellationToken);
        await step.Connection.AddTimelineAsync(
            new TimelineEntry(
                step.Community, step.Project, step.Now, "Message", "ballots.timeline.reminded",
                new JsonObject { ["question"] = ballot.Question, ["count"] = sent, ["closesAt"] = OpenBallotHandler.Instant(closesAt) },
                true, null, OpenBallotHandler.Link(ballot.BallotId)),
            cancellationToken);
        await step.Connection.AddAuditAsync(
            new AuditEntry(step.Community, "System", null, "RemindNonVoters", $"ballot:{ballot.BallotId}", step.Now,
                Details: new JsonObject { ["point"] = command.Point, ["count"] = sent }),
            cancellationToken);
        return [];
    }

    /// <param name="isAway">Whose close this is: of those who work away, or of the others; null = of all.</param>
    private static Task<int> RemindAsync(
        NpgsqlConnection connection, BallotRow ballot, string occasion, DateTimeOffset closesAt, bool? isAway, DateTimeOffset now, CancellationToken cancellationToken) =>
        BallotMessages.TellAsync(
            connection, ballot.CommunityId, ballot.BallotId, occasion, "ballots.message.reminder",
            new JsonObject { ["question"] = ballot.Question, ["closesAt"] = OpenBallotHandler.Instant(closesAt) },
            true, OpenBallotHandler.Link(ballot.BallotId), now, cancellationToken, isAway);
}
