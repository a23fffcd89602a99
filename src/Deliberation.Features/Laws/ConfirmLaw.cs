using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Laws;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Laws;

/// <summary>An admin has compared a profile's figures with the official text in force (核实): 待核实 goes from its ballots and results, in all communities.
/// Refused with <c>law.unknown-profile</c>, <c>law.needs-no-confirmation</c>, <c>law.already-confirmed</c>, <c>law.basis-length</c>, <c>law.document-malformed</c>.</summary>
/// <param name="Basis">What was compared with what, 5 to 500 characters.</param>
/// <param name="Document">http or https address where it can be read; null for none.</param>
public sealed record ConfirmLaw(Caller Caller, CommunityId Community, string Profile, string Basis, string? Document) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Takes a confirmation back; both stay on record. Refused with <c>law.unknown-profile</c>, <c>law.not-confirmed</c>, <c>law.basis-length</c>.</summary>
/// <param name="Reason">5 to 500 characters.</param>
public sealed record WithdrawLaw(Caller Caller, CommunityId Community, string Profile, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class ConfirmLawHandler(CouncilSession session) : IRequestHandler<ConfirmLaw, Result<Done>>, IRequestHandler<WithdrawLaw, Result<Done>>
{
    public async Task<Result<Done>> Handle(ConfirmLaw request, CancellationToken cancellationToken)
    {
        if (LawProfiles.Find(request.Profile) is not { } profile)
        {
            return Refusal.NotFound("law.unknown-profile");
        }

        if (!profile.Confirm)
        {
            return Refusal.Conflict("law.needs-no-confirmation");
        }

        var said = LawRecords.Check(request.Basis, request.Document, nameof(ConfirmLaw.Basis));
        if (said is not Result<(string Basis, string? Document)>.Accepted { Value: var (basis, document) })
        {
            return ((Result<(string Basis, string? Document)>.Refused)said).Reason;
        }

        await LawRecords.LockAsync(session.Connection, cancellationToken);
        if (!await LawRecords.IsUnconfirmedAsync(session.Connection, profile.Id, cancellationToken))
        {
            return Refusal.Conflict("law.already-confirmed");
        }

        var now = await LawRecords.AddAsync(session.Connection, request.Caller, request.Community, LawRecords.Profile, profile.Id, false, basis, document, cancellationToken);
        await session.Connection.AuditAsync(
            request.Caller, request.Community, nameof(ConfirmLaw), $"law:{profile.Id}", now, cancellationToken, basis, new JsonObject { ["document"] = document });
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(WithdrawLaw request, CancellationToken cancellationToken)
    {
        if (LawProfiles.Find(request.Profile) is not { } profile)
        {
            return Refusal.NotFound("law.unknown-profile");
        }

        var said = LawRecords.Check(request.Reason, null, nameof(WithdrawLaw.Reason));
        if (said is not Result<(string Basis, string? Document)>.Accepted { Value.Basis: var reason })
        {
            return ((Result<(string Basis, string? Document)>.Refused)said).Reason;
        }

        await LawRecords.LockAsync(session.Connection, cancellationToken);
        if (!profile.Confirm || await LawRecords.IsUnconfirmedAsync(session.Connection, profile.Id, cancellationToken))
        {
            return Refusal.Conflict("law.not-confirmed");
        }

        var now = await LawRecords.AddAsync(session.Connection, request.Caller, request.Community, LawRecords.Profile, profile.Id, true, reason, null, cancellationToken);
        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(WithdrawLaw), $"law:{profile.Id}", now, cancellationToken, reason);
        return Done.Value;
    }
}
