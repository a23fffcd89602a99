using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Laws;

/// <summary>An admin puts on record on what local basis this community may elect and recall its committee by telephone too. Ballots that open from now on take votes every way;
/// those that are open stay on paper. Refused with <c>law.online-already</c>, <c>law.basis-length</c>, <c>law.document-malformed</c>.</summary>
/// <param name="Basis">5 to 500 characters.</param>
/// <param name="Document">http or https address where it can be read; null for none.</param>
public sealed record AllowOnlineElections(Caller Caller, CommunityId Community, string Basis, string? Document) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Takes the basis back: ballots that open from now on are on paper only. Refused with <c>law.online-not-allowed</c>, <c>law.basis-length</c>.</summary>
/// <param name="Reason">5 to 500 characters.</param>
public sealed record WithdrawOnlineElections(Caller Caller, CommunityId Community, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Whether this community may elect otherwise than on paper, and what was recorded about it.</summary>
public sealed record GetElectionBasis(Caller Caller, CommunityId Community) : IQuery<ElectionBasis>
{
    public Audience Audience => Audience.Admin;
}

/// <param name="Records">Newest first.</param>
public sealed record ElectionBasis(bool IsOnlineAllowed, IReadOnlyList<LawRecordLine> Records);

internal sealed class AllowOnlineElectionsHandler(CouncilSession session) :
    IRequestHandler<AllowOnlineElections, Result<Done>>,
    IRequestHandler<WithdrawOnlineElections, Result<Done>>,
    IRequestHandler<GetElectionBasis, Result<ElectionBasis>>
{
    public async Task<Result<Done>> Handle(AllowOnlineElections request, CancellationToken cancellationToken)
    {
        var said = LawRecords.Check(request.Basis, request.Document, "OnlineBasis");
        if (said is not Result<(string Basis, string? Document)>.Accepted { Value: var (basis, document) })
        {
            return ((Result<(string Basis, string? Document)>.Refused)said).Reason;
        }

        await LawRecords.LockAsync(session.Connection, cancellationToken);
        if (await LawRecords.MayElectOnlineAsync(session.Connection, request.Community, cancellationToken))
        {
            return Refusal.Conflict("law.online-already");
        }

        var now = await LawRecords.AddAsync(session.Connection, request.Caller, request.Community, LawRecords.OnlineElection, null, false, basis, document, cancellationToken);
        await session.Connection.AuditAsync(
            request.Caller, request.Community, nameof(AllowOnlineElections), $"community:{request.Community}", now, cancellationToken, basis, new JsonObject { ["document"] = document });
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(WithdrawOnlineElections request, CancellationToken cancellationToken)
    {
        var said = LawRecords.Check(request.Reason, null, nameof(WithdrawOnlineElections.Reason));
        if (said is not Result<(string Basis, string? Document)>.Accepted { Value.Basis: var reason })
        {
            return ((Result<(string Basis, string? Document)>.Refused)said).Reason;
        }

        await LawRecords.LockAsync(session.Connection, cancellationToken);
        if (!await LawRecords.MayElectOnlineAsync(session.Connection, request.Community, cancellationToken))
        {
            return Refusal.Conflict("law.online-not-allowed");
        }

        var now = await LawRecords.AddAsync(session.Connection, request.Caller, request.Community, LawRecords.OnlineElection, null, true, reason, null, cancellationToken);
        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(WithdrawOnlineElections), $"community:{request.Community}", now, cancellationToken, reason);
        return Done.Value;
    }

    public async Task<Result<ElectionBasis>> Handle(GetElectionBasis request, CancellationToken cancellationToken)
    {
        var records = await session.Connection.RowsAsync<LawRecordLine>(
            """
            select l.is_withdrawal, l.basis, l.document, s.display_name as by, l.recorded_at as at
            from law_record l join staff s on s.staff_id = l.recorded_by
            where l.kind = 'OnlineElection' and l.community_id = @Community order by l.record_id desc
            """,
            new { request.Community },
            cancellationToken);
        return new ElectionBasis(records is [{ IsWithdrawal: false }, ..], records);
    }
}
