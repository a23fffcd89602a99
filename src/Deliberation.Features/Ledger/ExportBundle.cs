using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ledger;

/// <summary>Everything that a recount of the log needs, as a ZIP (Deliberation.Domain/Ledger/README.md). Anybody may have it.</summary>
public sealed record ExportPublicBundle(Caller Caller, CommunityId Community) : IQuery<LedgerBundle>
{
    public Audience Audience => Audience.Everyone;
}

/// <summary>The same with rolls and, of closed ballots, every opened vote: for auditors. Each export is audited. Refused with <c>ledger.reason-required</c>.</summary>
/// <param name="Reason">5 to 300 characters.</param>
public sealed record ExportAuditorsBundle(Caller Caller, CommunityId Community, string Reason) : ICommand<LedgerBundle>
{
    public Audience Audience => Audience.Admin | Audience.Supervisor;
}

internal sealed class ExportBundleHandler(CouncilSession session, NpgsqlDataSource dataSource) :
    IRequestHandler<ExportPublicBundle, Result<LedgerBundle>>,
    IRequestHandler<ExportAuditorsBundle, Result<LedgerBundle>>
{
    public Task<Result<LedgerBundle>> Handle(ExportPublicBundle request, CancellationToken cancellationToken) =>
        Task.FromResult<Result<LedgerBundle>>(new LedgerBundle(dataSource, request.Community, forAuditors: false));

    public async Task<Result<LedgerBundle>> Handle(ExportAuditorsBundle request, CancellationToken cancellationToken)
    {
        if (request.Reason?.Trim() is not { Length: >= 5 and <= 300 } reason)
        {
            return LedgerRefusals.ReasonRequired;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        await session.Connection.AuditAsync(
            request.Caller, request.Community, nameof(ExportAuditorsBundle), $"community:{request.Community}", now, cancellationToken, reason);
        return new LedgerBundle(dataSource, request.Community, forAuditors: true);
    }
}
