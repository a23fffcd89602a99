using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>Stops taking votes until resumed; everybody on the roll is told why. Refused with <c>ballot.not-found</c>, <c>ballot.not-running</c>, <c>ballot.reason-required</c>.</summary>
/// <param name="Reason">5 to 300 characters, shown to residents.</param>
public sealed record PauseBallot(Caller Caller, CommunityId Community, BallotId Ballot, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Takes votes again; the closing instant moves by the time paused. Refused with <c>ballot.not-found</c>, <c>ballot.not-paused</c>.</summary>
/// <returns>The new closing instant.</returns>
public sealed record ResumeBallot(Caller Caller, CommunityId Community, BallotId Ballot) : ICommand<DateTimeOffset>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Ends a ballot without a count; everybody on the roll is told why. The waiting workflow gets outcome <c>Voided</c>. Refused with <c>ballot.not-found</c>, <c>ballot.not-running</c>, <c>ballot.reason-required</c>.</summary>
public sealed record CancelBallot(Caller Caller, CommunityId Community, BallotId Ballot, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class PauseBallotHandler(CouncilSession session) :
    IRequestHandler<PauseBallot, Result<Done>>,
    IRequestHandler<ResumeBallot, Result<DateTimeOffset>>,
    IRequestHandler<CancelBallot, Result<Done>>
{
    // Timers of a ballot that was stopped alone wait this far ahead; resuming brings them back, moved by the time stopped.
    private static readonly TimeSpan Aside = TimeSpan.FromDays(365_000);

    public async Task<Result<Done>> Handle(PauseBallot request, CancellationToken cancellationToken)
    {
        if (!IsReason(request.Reason))
        {
            return BallotRefusals.ReasonRequired;
        }

        if (await LockAsync(request, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        if (ballot.State != "Open")
        {
            return BallotRefusals.NotRunning;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        if (now >= ballot.ClosesAt)
        {
            return BallotRefusals.WindowClosed(ballot.ClosesAt);
        }

        await BallotControl.PauseAsync(session.Connection, ballot, request.Reason.Trim(), now, cancellationToken);
        await BallotControl.MoveTimersAsync(session.Connection, ballot, Aside, TimeSpan.Zero, cancellationToken);
        await AuditAsync(request, nameof(PauseBallot), request.Ballot, request.Reason.Trim(), now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<DateTimeOffset>> Handle(ResumeBallot request, CancellationToken cancellationToken)
    {
        if (await LockAsync(request, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        if (ballot is not { State: "Paused", PausedAt: { } pausedAt })
        {
            return BallotRefusals.NotPaused;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var by = now - pausedAt;
        var closesAt = await BallotControl.ResumeAsync(session.Connection, ballot, by, now, cancellationToken);
        await BallotControl.MoveTimersAsync(session.Connection, ballot, by - Aside, by, cancellationToken);
        await AuditAsync(request, nameof(ResumeBallot), request.Ballot, null, now, cancellationToken);
        return closesAt;
    }

    public async Task<Result<Done>> Handle(CancelBallot request, CancellationToken cancellationToken)
    {
        if (!IsReason(request.Reason))
        {
            return BallotRefusals.ReasonRequired;
        }

        if (await LockAsync(request, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        if (!ballot.IsRunning)
        {
            return BallotRefusals.NotRunning;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        await BallotControl.CancelAsync(session.Connection, ballot, request.Reason.Trim(), now, cancellationToken);
        await session.Connection.AddWorkflowEventAsync(
            new WorkflowEvent(
                ballot.CommunityId, ballot.InstanceId, ballot.BallotId.Value, ballot.VisitId, "decided", null, CloseBallotHandler.Answer(ballot, null), now),
            cancellationToken);
        await AuditAsync(request, nameof(CancelBallot), request.Ballot, request.Reason.Trim(), now, cancellationToken);
        return Done.Value;
    }

    private static bool IsReason(string reason) => reason?.Trim().Length is >= 5 and <= 300;

    /// <summary>The instance first, then the ballot: the order of a workflow's step.</summary>
    private async Task<BallotRow?> LockAsync(ICommunityRequest request, BallotId ballot, CancellationToken cancellationToken)
    {
        await session.Connection.ExecuteAsync(new CommandDefinition(
            """
            select 1 from workflow_instance i join ballot b on b.community_id = i.community_id and b.instance_id = i.instance_id
            where b.community_id = @Community and b.ballot_id = @ballot for no key update of i
            """,
            new { request.Community, ballot },
            cancellationToken: cancellationToken));
        return await BallotRow.LockAsync(session.Connection, request.Community, ballot, cancellationToken);
    }

    private Task AuditAsync(ICommunityRequest request, string action, BallotId ballot, string? reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.Connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, action, $"ballot:{ballot}", now, reason), cancellationToken);
}
