using Deliberation.Domain;
using Deliberation.Features.Foundation;
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
