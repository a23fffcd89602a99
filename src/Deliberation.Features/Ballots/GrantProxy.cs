using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>Registers a written proxy (委托书) for one ballot and unit. A holder acts for at most three units and is never a candidate.
/// Refused with <c>proxy.too-many</c>, <c>proxy.holder-is-candidate</c>, <c>proxy.holder-unknown</c>, <c>proxy.own-unit</c>, <c>proxy.already-granted</c>, <c>proxy.document-required</c>, <c>ballot.already-voted</c>.</summary>
/// <param name="Document">Number or place of the written proxy, 2 to 120 characters.</param>
public sealed record GrantProxy(
    Caller Caller, CommunityId Community, BallotId Ballot, string Unit, ResidentId Holder, string Document) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Withdraws a proxy: by staff, or by a person of the unit. A vote already cast under it stays until the principal votes. Refused with <c>proxy.not-found</c>.</summary>
public sealed record WithdrawProxy(Caller Caller, CommunityId Community, BallotId Ballot, string Unit) : ICommand<Done>
{
    public Audience Audience => Audience.Workers | Audience.Resident;
}

/// <summary>Proxies of a ballot; names of giver and holder are published to the roll, masked.</summary>
public sealed record ListProxies(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<IReadOnlyList<ProxyLine>>
{
    public Audience Audience => Audience.Readers | Audience.Resident;
}

public sealed record ProxyLine(string Unit, string UnitLabel, string HolderName, string Document, DateTimeOffset GrantedAt, DateTimeOffset? WithdrawnAt);

internal sealed class GrantProxyHandler(CouncilSession session) :
    IRequestHandler<GrantProxy, Result<Guid>>,
    IRequestHandler<WithdrawProxy, Result<Done>>,
    IRequestHandler<ListProxies, Result<IReadOnlyList<ProxyLine>>>
{
    /// <summary>Units one holder may act for (domain.md 3.1).</summary>
    public const int MostPerHolder = 3;

    public async Task<Result<Guid>> Handle(GrantProxy request, CancellationToken cancellationToken)
    {
        if (request.Document?.Trim().Length is not (>= 2 and <= 120))
        {
            return Refusal.Invalid("proxy.document-required", "document");
        }

        var connection = session.Connection;
        if (await BallotRow.LockAsync(connection, request.Community, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!ballot.IsRunning || now >= ballot.ClosesAt)
        {
            return BallotRefusals.WindowClosed(ballot.ClosesAt);
        }

        var facts = await connection.QuerySingleAsync<Facts>(new CommandDefinition(
            $"""
            select exists (select from roll_entry e where e.community_id = @Community and e.ballot_id = @Ballot and e.unit_key = @Unit and not e.is_removed) as is_on_roll,
                exists (select from roll_entry e where e.community_id = @Community and e.ballot_id = @Ballot and e.unit_key = @Unit and {BallotReading.HasVoted}) as has_voted,
                exists (select from resident where community_id = @Community and resident_id = @Holder) as is_known,
                exists (select from roll_entry_person where community_id = @Community and ballot_id = @Ballot and unit_key = @Unit and resident_id = @Holder) as is_own,
                exists (select from proxy where community_id = @Community and ballot_id = @Ballot and unit_key = @Unit and withdrawn_at is null) as is_granted,
                (select count(*) from proxy where community_id = @Community and ballot_id = @Ballot and holder_id = @Holder and withdrawn_at is null)::int as held
            """,
            new { request.Community, request.Ballot, request.Unit, request.Holder },
            cancellationToken: cancellationToken));
        if (Refuse(facts, ballot, request.Holder) is { } refusal)
        {
            return refusal;
        }

        var id = Guid.CreateVersion7();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into proxy (community_id, ballot_id, proxy_id, unit_key, holder_id, document, granted_at, granted_by)
            values (@Community, @Ballot, @id, @Unit, @Holder, @document, @now, @staff)
            """,
            new { request.Community, request.Ballot, id, request.Unit, request.Holder, document = request.Document.Trim(), now, staff = request.Caller.Staff },
            cancellationToken: cancellationToken));
        await AuditAsync(request, nameof(GrantProxy), request.Ballot, now, cancellationToken);
        return id;
    }

    public async Task<Result<Done>> Handle(WithdrawProxy request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotRow.LockAsync(connection, request.Community, request.Ballot, cancellationToken) is null)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var withdrawn = await connection.ExecuteAsync(new CommandDefinition(
            """
            update proxy x set withdrawn_at = @now
            where x.community_id = @Community and x.ballot_id = @Ballot and x.unit_key = @Unit and x.withdrawn_at is null
                and (@resident::uuid is null or exists (
                    select from roll_entry_person p
                    where p.community_id = x.community_id and p.ballot_id = x.ballot_id and p.unit_key = x.unit_key and p.resident_id = @resident))
            """,
            new { request.Community, request.Ballot, request.Unit, now, resident = request.Caller.Resident },
            cancellationToken: cancellationToken));
        if (withdrawn == 0)
        {
            return Refusal.NotFound("proxy.not-found");
        }

        await AuditAsync(request, nameof(WithdrawProxy), request.Ballot, now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<IReadOnlyList<ProxyLine>>> Handle(ListProxies request, CancellationToken cancellationToken) =>
        new Result<IReadOnlyList<ProxyLine>>.Accepted([.. (await session.Connection.QueryAsync<ProxyLine>(new CommandDefinition(
            """
            select x.unit_key as unit, e.label as unit_label, r.full_name as holder_name, x.document, x.granted_at, x.withdrawn_at
            from proxy x
            join roll_entry e using (community_id, ballot_id, unit_key)
            join resident r on r.community_id = x.community_id and r.resident_id = x.holder_id
            where x.community_id = @Community and x.ballot_id = @Ballot
            order by x.granted_at, x.proxy_id
            """,
            new { request.Community, request.Ballot },
            cancellationToken: cancellationToken))).Select(line => line with { HolderName = NameMask.Of(line.HolderName) })]);

    private static Refusal? Refuse(Facts facts, BallotRow ballot, ResidentId holder) =>
        !facts.IsOnRoll ? BallotRefusals.UnitNotFound
        : facts.HasVoted ? BallotRefusals.AlreadyVoted
        : !facts.IsKnown ? Refusal.Invalid("proxy.holder-unknown", "holder")
        : facts.IsOwn ? Refusal.Invalid("proxy.own-unit", "holder")
        : ballot.OptionList.Any(option => option.Id == holder.ToString()) ? Refusal.Conflict("proxy.holder-is-candidate")
        : facts.IsGranted ? Refusal.Conflict("proxy.already-granted")
        : facts.Held >= MostPerHolder ? Refusal.Conflict("proxy.too-many", ("most", MostPerHolder))
        : null;

    private Task AuditAsync(ICommunityRequest request, string action, BallotId ballot, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.Connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, action, $"ballot:{ballot}", now), cancellationToken);

    private sealed record Facts(bool IsOnRoll, bool HasVoted, bool IsKnown, bool IsOwn, bool IsGranted, int Held);
}
