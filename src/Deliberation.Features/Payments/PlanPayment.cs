using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Payments;

/// <summary>Adds or changes a row of the payment plan; a paid one is fixed: <c>payment.already-paid</c>.</summary>
/// <param name="Number">1, 2, …</param>
/// <param name="AmountFen">1 or more.</param>
/// <param name="CheckpointCode">Checkpoint it waits for; null = none.</param>
public sealed record PlanPayment(Caller Caller, CommunityId Community, ProjectId Project, int Number, string Title, string Payee, long AmountFen, string? CheckpointCode) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class PlanPaymentHandler(CouncilSession session) : IRequestHandler<PlanPayment, Result<Done>>
{
    public async Task<Result<Done>> Handle(PlanPayment request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockProjectAsync(request.Community, request.Project, cancellationToken) is not { } project)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (project.Standstill is { } standstill)
        {
            return standstill;
        }

        if (request.Number < 1 || request.AmountFen < 1 || string.IsNullOrWhiteSpace(request.Title) || string.IsNullOrWhiteSpace(request.Payee))
        {
            return Refusal.Invalid("payment.plan-invalid", request.AmountFen < 1 ? "AmountFen" : request.Number < 1 ? "Number" : "Title");
        }

        var written = await connection.RunAsync(
            """
            insert into payment (community_id, project_id, payment_no, title, payee, amount_fen, checkpoint_code)
            values (@community, @project, @number, @title, @payee, @amountFen, @checkpointCode)
            on conflict (community_id, project_id, payment_no) do update
            set title = excluded.title, payee = excluded.payee, amount_fen = excluded.amount_fen, checkpoint_code = excluded.checkpoint_code
            where payment.state = 'Planned'
            """,
            new { request.Community, request.Project, request.Number, request.Title, request.Payee, request.AmountFen, request.CheckpointCode },
            cancellationToken);
        if (written == 0)
        {
            return Refusal.Conflict("payment.already-paid");
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(PlanPayment), $"project:{request.Project}", now, cancellationToken,
            details: new JsonObject { ["number"] = request.Number, ["amountFen"] = request.AmountFen });
        return Done.Value;
    }
}
