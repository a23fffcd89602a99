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
