using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>
/// Signs the closing record (签字). The third signature certifies it, and the one count runs. Only what reconciles can be signed, each person once, none of them who set the ballot up.
/// Refused with <c>ballot.not-found</c>, <c>paper.not-counting</c>, <c>paper.set-up-by-you</c>, <c>paper.unreconciled</c> (names the serials), <c>paper.surplus</c>,
/// <c>paper.signed-by-you</c>, <c>paper.is-counted</c>.
/// </summary>
/// <remarks>Source: domain.md 5, requirements 3, 9 and 12.</remarks>
public sealed record SignPaperCount(Caller Caller, CommunityId Community, BallotId Ballot) : ICommand<PaperCountSigned>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="Missing">Signatures still needed; 0: the count runs.</param>
public sealed record PaperCountSigned(int Missing);

/// <summary>Takes the signatures away, so that a mistake in the papers can be put right; before the last one only.
/// Refused with <c>ballot.not-found</c>, <c>paper.not-signed</c>, <c>paper.is-counted</c>, <c>ballot.reason-required</c>.</summary>
/// <param name="Reason">5 to 300 characters.</param>
public sealed record ReopenPaperCount(Caller Caller, CommunityId Community, BallotId Ballot, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class SignPaperCountHandler(CouncilSession session, VisitEvents visits) :
    IRequestHandler<SignPaperCount, Result<PaperCountSigned>>,
    IRequestHandler<ReopenPaperCount, Result<Done>>
{
    public async Task<Result<PaperCountSigned>> Handle(SignPaperCount request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await PaperDesk.OpenAsync(connection, request.Community, request.Ballot, alone: true, cancellationToken) is not { } desk)
        {
            return BallotRefusals.NotFound;
        }

        if (!desk.Ballot.IsUncounted || desk.IsCertified)
        {
            return PaperRefusals.IsCounted;
        }

        if (!desk.IsCounting)
        {
            return PaperRefusals.NotCounting(desk.Ballot.ClosesAt);
        }

        var staff = request.Caller.Staff!.Value;
        if (staff == desk.SetUpBy)
        {
            return PaperRefusals.SetUpByYou;
        }

        var papers = await PaperRegister.ReconcileAsync(connection, desk.Ballot.CommunityId, desk.Ballot.BallotId, desk.Ballot.IsSecret, cancellationToken);
        if (papers.Faults.Count > 0)
        {
            return PaperRefusals.Unreconciled(papers.Faults);
        }

        if (!papers.Reconciles)
        {
            return PaperRefusals.Surplus(papers.Surplus);
        }

        var post = (await connection.ActingHoldersAsync(request.Community, desk.Now, cancellationToken)).FirstOrDefault(holder => holder.StaffId == staff)?.PostCode;
        var signed = await connection.RunAsync(
            """
            insert into paper_signature (community_id, ballot_id, staff_id, post_code, signed_at) values (@community, @ballot, @staff, @post, @Now)
            on conflict do nothing
            """,
            new { request.Community, request.Ballot, staff, post, desk.Now },
            cancellationToken);
        if (signed == 0)
        {
            return PaperRefusals.SignedByYou;
        }

        var signatures = await connection.ScalarAsync<int>(
            "select count(*)::int from paper_signature where community_id = @community and ballot_id = @ballot", new { request.Community, request.Ballot }, cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(SignPaperCount), $"ballot:{request.Ballot}", desk.Now, cancellationToken, details: new JsonObject { ["signatures"] = signatures });
        if (signatures >= PaperDesk.Signatures)
        {
            await CertifyAsync(request, desk, staff, cancellationToken);
        }

        return new PaperCountSigned(Math.Max(0, PaperDesk.Signatures - signatures));
    }

    public async Task<Result<Done>> Handle(ReopenPaperCount request, CancellationToken cancellationToken)
    {
        if (!PaperDesk.IsReason(request.Reason))
        {
            return BallotRefusals.ReasonRequired;
        }

        var connection = session.Connection;
        if (await PaperDesk.OpenAsync(connection, request.Community, request.Ballot, alone: true, cancellationToken) is not { } desk)
        {
            return BallotRefusals.NotFound;
        }

        if (!desk.Ballot.IsUncounted || desk.IsCertified)
        {
            return PaperRefusals.IsCounted;
        }

        var removed = await connection.RunAsync(
            "delete from paper_signature where community_id = @community and ballot_id = @ballot", new { request.Community, request.Ballot }, cancellationToken);
        if (removed == 0)
        {
            return PaperRefusals.NotSigned;
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ReopenPaperCount), $"ballot:{request.Ballot}", desk.Now, cancellationToken, request.Reason.Trim(),
            new JsonObject { ["signatures"] = removed });
        return Done.Value;
    }

    /// <summary>The task is done and the workflow goes on: its next step counts.</summary>
    private async Task CertifyAsync(SignPaperCount request, PaperDesk desk, StaffId staff, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        await connection.RunAsync(
            "update ballot set papers_certified_at = @Now where community_id = @community and ballot_id = @ballot",
            new { request.Community, request.Ballot, desk.Now },
            cancellationToken);
        var task = await connection.ScalarAsync<Guid?>(
            """
            update work_task set state = 'Done', outcome = 'Certified', data = '{}', completed_at = @Now, completed_by = @staff
            where community_id = @community and instance_id = @InstanceId and visit_id = @VisitId and state = 'Open' returning task_id
            """,
            new { request.Community, desk.Ballot.InstanceId, desk.Ballot.VisitId, desk.Now, staff },
            cancellationToken);
        if (task is { } done)
        {
            await connection.AddTaskEventAsync(request.Community, new TaskId(done), desk.Now, "Done", cancellationToken, actor: staff, reason: "Certified");
        }

        await connection.TimelineAsync(
            request.Caller, request.Community, desk.Ballot.ProjectId, desk.Now, "Ballot", "ballots.timeline.papers-certified",
            new JsonObject { ["question"] = desk.Ballot.Question, ["signatures"] = PaperDesk.Signatures }, OpenBallotHandler.Link(desk.Ballot.BallotId), cancellationToken);
        await visits.SendAsync(
            request.Community, desk.Ballot.InstanceId, desk.Ballot.VisitId, "completed", new JsonObject { ["outcome"] = "Certified" }, desk.Now, cancellationToken);
    }
}
