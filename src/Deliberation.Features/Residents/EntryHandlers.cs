using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Residents;

internal sealed class SlipEntryHandler(CouncilSession session) :
    IRequestHandler<ReadSlip, Result<SlipView>>,
    IRequestHandler<EnterBySlip, Result<EntryAnswer>>,
    IRequestHandler<Leave, Result<Done>>
{
    public async Task<Result<SlipView>> Handle(ReadSlip request, CancellationToken cancellationToken) =>
        await SlipReading.FindAsync(session.Connection, request.Community, request.Token, cancellationToken) switch
        {
            Result<UsableSlip>.Accepted { Value: var slip } => new SlipView(request.Community, slip.CommunityName, slip.Building, slip.Door, slip.People),
            Result<UsableSlip>.Refused { Reason: var reason } => reason,
            _ => throw new InvalidOperationException(),
        };

    public async Task<Result<EntryAnswer>> Handle(EnterBySlip request, CancellationToken cancellationToken)
    {
        var found = await SlipReading.FindAsync(session.Connection, request.Community, request.Token, cancellationToken);
        if (found is not Result<UsableSlip>.Accepted { Value: var slip })
        {
            return ((Result<UsableSlip>.Refused)found).Reason;
        }

        if (request.Person is null && slip.People.Count > 1)
        {
            return new EntryAnswer(null, slip.People);
        }

        if (slip.People.FirstOrDefault(p => request.Person is null || p.Resident == request.Person) is not { } person)
        {
            return ResidentRefusals.SlipNotYours;
        }

        await session.Connection.ExecuteAsync(new CommandDefinition(
            "update entry_token set last_used_at = clock_timestamp() where community_id = @Community and token_id = @Slip",
            new { request.Community, slip.Slip },
            cancellationToken: cancellationToken));
        var secret = await SessionWriting.BeginAsync(
            session.Connection, request.Community, person.Resident, slip.Household, "Slip", null, null, cancellationToken);
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        await session.Connection.AddAuditAsync(
            new AuditEntry(request.Community, "Resident", person.Resident.Value, nameof(EnterBySlip), $"slip:{slip.Slip}", now), cancellationToken);
        return new EntryAnswer(secret, []);
    }

    public async Task<Result<Done>> Handle(Leave request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var ended = await session.Connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(
            """
            update resident_session set revoked_at = clock_timestamp(), revoked_reason = 'left'
            where community_id = @Community and session_hash = @hash and revoked_at is null
            returning session_id
            """,
            new { request.Community, hash = Secrets.Hash(request.Secret ?? "") },
            cancellationToken: cancellationToken));
        if (ended is { } id)
        {
            await session.Connection.AuditAsync(request.Caller, request.Community, nameof(Leave), $"session:{id}", now, cancellationToken);
        }

        return Done.Value;
    }
}

internal sealed class HouseholdSwitchHandler(CouncilSession session) :
    IRequestHandler<SwitchHousehold, Result<Done>>,
    IRequestHandler<ListMyHouseholds, Result<IReadOnlyList<MyHousehold>>>
{
    public async Task<Result<Done>> Handle(SwitchHousehold request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var switched = await session.Connection.ExecuteAsync(new CommandDefinition(
            """
            update resident_session s set household_id = h.household_id
            from household h, resident r
            where s.community_id = @Community and s.session_hash = @hash and s.resident_id = @Resident and s.revoked_at is null
                and h.community_id = s.community_id and h.household_id = @Household and h.moved_out_at is null
                and r.community_id = s.community_id and r.resident_id = s.resident_id
                and (r.household_id = h.household_id or h.delegate_id = r.resident_id)
            """,
            new { request.Community, hash = Secrets.Hash(request.Secret), request.Caller.Resident, request.Household },
            cancellationToken: cancellationToken));
        if (switched == 0)
        {
            return ResidentRefusals.NotYourHousehold;
        }

        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(SwitchHousehold), $"household:{request.Household}", now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<IReadOnlyList<MyHousehold>>> Handle(ListMyHouseholds request, CancellationToken cancellationToken) =>
        new Result<IReadOnlyList<MyHousehold>>.Accepted((await session.Connection.QueryAsync<MyHousehold>(new CommandDefinition(
            """
            select h.household_id as household, h.building, h.door, h.household_id is not distinct from @current as is_current
            from household h
            where h.community_id = @Community and h.moved_out_at is null
                and (h.delegate_id = @Resident
                    or exists (select from resident r where r.community_id = h.community_id and r.resident_id = @Resident and r.household_id = h.household_id))
            order by h.building, h.door
            """,
            new { request.Community, request.Caller.Resident, current = request.Caller.Household },
            cancellationToken: cancellationToken))).AsList());
}
