using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Payments;

/// <summary>A payment of the plan.</summary>
/// <param name="IsBlocked">True while its checkpoint is unsigned.</param>
public sealed record PaymentLine(int Number, string Title, string Payee, long AmountFen, string? CheckpointCode, string State, bool IsBlocked, DateTimeOffset? PaidAt, string? Voucher);

public sealed record ListPayments(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<IReadOnlyList<PaymentLine>>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class ListPaymentsHandler(CouncilSession session) : IRequestHandler<ListPayments, Result<IReadOnlyList<PaymentLine>>>
{
    public async Task<Result<IReadOnlyList<PaymentLine>>> Handle(ListPayments request, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.RowsAsync<PaymentLine>(
            """
            select p.payment_no as number, p.title, p.payee, p.amount_fen, p.checkpoint_code, p.state,
                p.state = 'Planned' and p.checkpoint_code is not null and not exists (
                    select 1 from checkpoint c
                    where c.community_id = p.community_id and c.project_id = p.project_id and c.checkpoint_code = p.checkpoint_code and c.state = 'Passed') as is_blocked,
                p.paid_at, p.voucher
            from payment p
            where p.community_id = @community and p.project_id = @project
            order by p.payment_no
            """,
            new { request.Community, request.Project },
            cancellationToken);
        return new Result<IReadOnlyList<PaymentLine>>.Accepted(rows);
    }
}
