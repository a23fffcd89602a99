using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Payments;

/// <summary>Records a payment as paid; refused with <c>payment.checkpoint-unsigned</c> while its checkpoint is not passed.</summary>
/// <param name="Voucher">Number of the bank voucher; 1–100 characters.</param>
public sealed record RecordPayment(Caller Caller, CommunityId Community, ProjectId Project, int Number, string Voucher) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
