using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Payments;

/// <summary>Records a payment as paid; refused with <c>payment.checkpoint-unsigned</c> while its checkpoint is not passed, with <c>project.over</c> once the project has ended.</summary>
/// <param name="Voucher">Number of the bank voucher; 1–100 characters.</param>
public sealed record RecordPayment(Caller Caller, CommunityId Community, ProjectId Project, int Number, string Voucher) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class RecordPaymentHandler(CouncilSession session) : IRequestHandler<RecordPayment, Result<Done>>
{
    public async Task<Result<Done>> Handle(RecordPayment request, CancellationToken cancellationToken)
    {
        if (request.Voucher.Trim().Length is < 1 or > 100)
        {
            return Refusal.Invalid("payment.voucher-missing", "Voucher");
        }

        if (await session.Connection.LockProjectAsync(request.Community, request.Project, cancellationToken) is not { } project)
        {
            return AccessRefusals.NotFound;
        }

        // While it is only suspended, money that was sent can still be put on record.
        if (ProjectStates.IsOver(project.State))
        {
            return ProjectRefusals.Over;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var refused = await session.Connection.PayAsync(
            request.Caller, request.Community, request.Project, request.Number, request.Voucher.Trim(), now, cancellationToken);
        return refused is null ? Done.Value : refused;
    }
}
