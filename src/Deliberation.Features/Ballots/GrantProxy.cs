using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>Registers a written proxy (委托书) for one ballot and unit, some days before the close. A holder is of age, acts for so many units as the rule allows,
/// is neither a candidate nor of the election board, and has not given the own vote away. Source: domain.md 3.1.
/// Refused with <c>proxy.none-here</c>, <c>proxy.too-late</c>, <c>proxy.too-many</c>, <c>proxy.holder-is-candidate</c>, <c>proxy.holder-on-board</c>, <c>proxy.holder-unknown</c>,
/// <c>proxy.holder-under-age</c>, <c>proxy.holder-not-on-roll</c>, <c>proxy.not-a-relative</c>, <c>proxy.passed-on</c>, <c>proxy.own-unit</c>, <c>proxy.already-granted</c>,
/// <c>proxy.document-required</c>, <c>ballot.already-voted</c>.</summary>
/// <param name="Document">Number or place of the written proxy, 2 to 120 characters.</param>
/// <param name="Relation">What the holder is to the giver; village elections need one.</param>
public sealed record GrantProxy(
    Caller Caller, CommunityId Community, BallotId Ballot, string Unit, ResidentId Holder, string Document, ProxyRelation? Relation = null) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Close relatives (近亲属), Civil Code art. 1045.</summary>
public enum ProxyRelation
{
    Spouse,
    Parent,
    Child,
    Sibling,
    Grandparent,
    Grandchild,
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

/// <param name="GiverNames">Everybody who could have voted for the unit.</param>
/// <param name="Relation">What the holder is to the giver; null when it was not asked.</param>
public sealed record ProxyLine(
    string Unit,
    string UnitLabel,
    IReadOnlyList<string> GiverNames,
    string HolderName,
    string Document,
    ProxyRelation? Relation,
    DateTimeOffset GrantedAt,
    DateTimeOffset? WithdrawnAt);

internal sealed class GrantProxyHandler(CouncilSession session) :
    IRequestHandler<GrantProxy, Result<Guid>>,
    IRequestHandler<WithdrawProxy, Result<Done>>,
    IRequestHandler<ListProxies, Result<IReadOnlyList<ProxyLine>>>
{
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
        var closesAt = await ballot.ClosesForAsync(connection, request.Unit, cancellationToken);
        if (!ballot.IsRunning || now >= closesAt)
        {
            return BallotRefusals.WindowClosed(closesAt);
        }

        if (ballot.Rule.MaxProxiesPerHolder() == 0)
        {
            return Refusal.Conflict("proxy.none-here");
        }

        var registerBy = closesAt.AddDays(-ballot.Rule.ProxyRegisterDays());
        if (now >= registerBy)
        {
            return Refusal.Conflict("proxy.too-late", ("registerBy", registerBy));
        }

        var facts = await connection.QuerySingleAsync<Facts>(new CommandDefinition(
            $"""
            select exists (select from roll_entry e where e.community_id = @Community and e.ballot_id = @Ballot and e.unit_key = @Unit and not e.is_removed) as is_on_roll,
                exists (select from roll_entry e where e.community_id = @Community and e.ballot_id = @Ballot and e.unit_key = @Unit and {BallotReading.HasVoted}) as has_voted,
                exists (select from resident where community_id = @Community and resident_id = @Holder) as is_known,
                exists (select from resident where community_id = @Community and resident_id = @Holder and birth_year <= @bornBy) as is_of_age,
                exists (select from roll_entry_person p join roll_entry e using (community_id, ballot_id, unit_key)
                    where p.community_id = @Community and p.ballot_id = @Ballot and p.resident_id = @Holder and not e.is_removed) as may_vote,
                exists (select from resident r join acting_holder(@Community, @now) a on a.post_code in ('ElectionBoard', 'Scrutineer') join staff s on s.staff_id = a.staff_id
                    where r.community_id = @Community and r.resident_id = @Holder and r.full_name = s.display_name) as is_on_board,
                exists (select from roll_entry_person p join proxy x using (community_id, ballot_id, unit_key)
                    where p.community_id = @Community and p.ballot_id = @Ballot and p.resident_id = @Holder and x.withdrawn_at is null) as has_given,
                exists (select from roll_entry_person p join proxy x on x.community_id = p.community_id and x.ballot_id = p.ballot_id and x.holder_id = p.resident_id
                    where p.community_id = @Community and p.ballot_id = @Ballot and p.unit_key = @Unit and x.withdrawn_at is null) as giver_holds,
                exists (select from roll_entry_person where community_id = @Community and ballot_id = @Ballot and unit_key = @Unit and resident_id = @Holder) as is_own,
                exists (select from proxy where community_id = @Community and ballot_id = @Ballot and unit_key = @Unit and withdrawn_at is null) as is_granted,
                (select count(*) from proxy where community_id = @Community and ballot_id = @Ballot and holder_id = @Holder and withdrawn_at is null)::int as held
            """,
            new { request.Community, request.Ballot, request.Unit, request.Holder, now, bornBy = RollBuilding.BornBy(now) },
            cancellationToken: cancellationToken));
        if (Refuse(facts, ballot, request) is { } refusal)
        {
            return refusal;
        }

        var id = Guid.CreateVersion7();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into proxy (community_id, ballot_id, proxy_id, unit_key, holder_id, document, relation, granted_at, granted_by)
            values (@Community, @Ballot, @id, @Unit, @Holder, @document, @relation, @now, @staff)
            """,
            new
            {
                request.Community,
                request.Ballot,
                id,
                request.Unit,
                request.Holder,
                document = request.Document.Trim(),
                relation = request.Relation?.ToString(),
                now,
                staff = request.Caller.Staff,
            },
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
        new Result<IReadOnlyList<ProxyLine>>.Accepted([.. (await session.Connection.QueryAsync<Row>(new CommandDefinition(
            """
            select x.unit_key as unit, e.label as unit_label, r.full_name as holder_name, x.document, x.relation, x.granted_at, x.withdrawn_at,
                coalesce((select array_agg(g.full_name order by g.full_name) from roll_entry_person p join resident g using (community_id, resident_id)
                    where p.community_id = x.community_id and p.ballot_id = x.ballot_id and p.unit_key = x.unit_key), '{}') as giver_names
            from proxy x
            join roll_entry e using (community_id, ballot_id, unit_key)
            join resident r on r.community_id = x.community_id and r.resident_id = x.holder_id
            where x.community_id = @Community and x.ballot_id = @Ballot
            order by x.granted_at, x.proxy_id
            """,
            new { request.Community, request.Ballot },
            cancellationToken: cancellationToken))).Select(row => new ProxyLine(
                row.Unit,
                row.UnitLabel,
                [.. row.GiverNames.Select(NameMask.Of)],
                NameMask.Of(row.HolderName),
                row.Document,
                row.Relation,
                row.GrantedAt,
                row.WithdrawnAt))]);

    private static Refusal? Refuse(Facts facts, BallotRow ballot, GrantProxy request) =>
        !facts.IsOnRoll ? BallotRefusals.UnitNotFound
        : facts.HasVoted && !ballot.IsSecret ? BallotRefusals.AlreadyVoted // of a secret one nobody is told: the holder's vote is refused
        : !facts.IsKnown ? Refusal.Invalid("proxy.holder-unknown", "holder")
        : facts.IsOwn ? Refusal.Invalid("proxy.own-unit", "holder")
        : !facts.IsOfAge ? Refusal.Invalid("proxy.holder-under-age", "holder", ("age", RollBuilding.AdultAge))
        : ballot.OptionList.Any(option => option.Id == request.Holder.ToString()) ? Refusal.Conflict("proxy.holder-is-candidate")
        : ballot.IsElection && facts.IsOnBoard ? Refusal.Conflict("proxy.holder-on-board")
        : ballot.IsVillageElection() && !facts.MayVote ? Refusal.Invalid("proxy.holder-not-on-roll", "holder")
        : ballot.IsVillageElection() && request.Relation is null ? Refusal.Invalid("proxy.not-a-relative", "relation")
        : facts.IsGranted ? Refusal.Conflict("proxy.already-granted")
        : facts.HasGiven || facts.GiverHolds ? Refusal.Conflict("proxy.passed-on")
        : facts.Held >= ballot.Rule.MaxProxiesPerHolder() ? Refusal.Conflict("proxy.too-many", ("most", ballot.Rule.MaxProxiesPerHolder()))
        : null;

    private Task AuditAsync(ICommunityRequest request, string action, BallotId ballot, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.Connection.AuditAsync(request.Caller, request.Community, action, $"ballot:{ballot}", now, cancellationToken);

    /// <param name="HasGiven">The holder's own vote is in somebody else's hands.</param>
    /// <param name="GiverHolds">Somebody of the unit holds proxies: giving the own vote away would pass them on.</param>
    private sealed record Facts(
        bool IsOnRoll, bool HasVoted, bool IsKnown, bool IsOfAge, bool MayVote, bool IsOnBoard, bool HasGiven, bool GiverHolds, bool IsOwn, bool IsGranted, int Held);

    private sealed record Row(
        string Unit,
        string UnitLabel,
        string HolderName,
        string Document,
        ProxyRelation? Relation,
        DateTimeOffset GrantedAt,
        DateTimeOffset? WithdrawnAt,
        string[] GiverNames);
}
