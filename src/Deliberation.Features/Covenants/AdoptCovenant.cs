using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Covenants;

/// <summary>Adopts the draft as a new version, after comments have closed; the workflow goes on.</summary>
/// <returns>The version.</returns>
public sealed record AdoptCovenant(Caller Caller, CommunityId Community, Guid Covenant) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Gives the draft up, with a reason.</summary>
public sealed record WithdrawCovenant(Caller Caller, CommunityId Community, Guid Covenant, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class AdoptCovenantHandler(CouncilSession session, VisitEvents visits) : IRequestHandler<AdoptCovenant, Result<int>>
{
    public async Task<Result<int>> Handle(AdoptCovenant request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockCovenantAsync(request.Community, request.Covenant, cancellationToken) is not { } covenant)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var adopted = await connection.AdoptAsync(request.Caller, request.Community, covenant, now, cancellationToken);
        if (adopted is Result<int>.Accepted { Value: var version })
        {
            JsonObject answer = new() { ["outcome"] = "Adopted", ["version"] = version };
            await visits.SendAsync(request.Community, covenant.InstanceId, covenant.VisitId, "completed", answer, now, cancellationToken);
        }

        return adopted;
    }
}

internal sealed class WithdrawCovenantHandler(CouncilSession session, VisitEvents visits) : IRequestHandler<WithdrawCovenant, Result<Done>>
{
    public async Task<Result<Done>> Handle(WithdrawCovenant request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockCovenantAsync(request.Community, request.Covenant, cancellationToken) is not { } covenant)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (covenant.State != "Draft")
        {
            return Adoption.NotDraft;
        }

        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return Refusal.Invalid("covenant.reason-missing", "Reason");
        }

        await connection.WithdrawCovenantAsync(request.Caller, request.Community, covenant, request.Reason, now, cancellationToken);
        JsonObject answer = new() { ["outcome"] = "Withdrawn", ["version"] = 0 };
        await visits.SendAsync(request.Community, covenant.InstanceId, covenant.VisitId, "completed", answer, now, cancellationToken);
        return Done.Value;
    }
}
