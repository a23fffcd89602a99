using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Residents;

/// <summary>Makes a new slip for a household, or for an owner who lives elsewhere; older slips of the same holder are revoked ("print anew").
/// Exactly one of household and resident. Refused with <c>residents.not-found</c>.</summary>
/// <param name="Secret">Null: random, as always outside demo data and tests.</param>
/// <param name="For">Who of the household it is printed for; all its adults may use it.</param>
public sealed record IssueSlip(Caller Caller, CommunityId Community, HouseholdId? Household, ResidentId? Resident, string? Secret = null, ResidentId? For = null) : ICommand<IssuedSlip>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="Token">Printed as QR <c>/q/{token}</c>; not stored, shown once.</param>
/// <param name="MaskedName">Whom it is printed for; null when nobody is named.</param>
public sealed record IssuedSlip(Guid Slip, string Token, string Building, string Door, string? MaskedName);

/// <summary>Takes a slip back; sessions begun with a slip of that household end. Refused with <c>slip.unknown</c>, <c>residents.reason-required</c>.</summary>
public sealed record RevokeSlip(Caller Caller, CommunityId Community, Guid Slip, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Slips of a household, newest first; never their text.</summary>
public sealed record ListSlips(Caller Caller, CommunityId Community, HouseholdId Household) : IQuery<IReadOnlyList<SlipLine>>
{
    public Audience Audience => Audience.Workers;
}

public sealed record SlipLine(Guid Slip, DateTimeOffset IssuedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, string? RevokedReason);

internal sealed class SlipsHandler(CouncilSession session) :
    IRequestHandler<IssueSlip, Result<IssuedSlip>>,
    IRequestHandler<RevokeSlip, Result<Done>>,
    IRequestHandler<ListSlips, Result<IReadOnlyList<SlipLine>>>
{
    public async Task<Result<IssuedSlip>> Handle(IssueSlip request, CancellationToken cancellationToken)
    {
        if (request.Household is null == request.Resident is null)
        {
            return ResidentRefusals.NotFound;
        }

        var connection = session.Connection;
        var holder = await connection.QuerySingleOrDefaultAsync<Holder>(new CommandDefinition(
            """
            select c.code, coalesce(h.building, '') as building, coalesce(h.door, '') as door, coalesce(r.full_name, f.full_name) as name
            from community c
            left join household h on h.community_id = c.community_id and h.household_id = @Household and h.moved_out_at is null
            left join resident r on r.community_id = c.community_id and r.resident_id = @Resident
            left join resident f on f.community_id = c.community_id and f.resident_id = @For and f.household_id = h.household_id
            where c.community_id = @Community and (h.household_id is not null or r.resident_id is not null)
            """,
            new { request.Community, request.Household, request.Resident, request.For },
            cancellationToken: cancellationToken));
        if (holder is null)
        {
            return ResidentRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var slip = Guid.NewGuid();
        var token = $"{holder.Code}-{request.Secret ?? Secrets.NewSlip()}";
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update entry_token set revoked_at = clock_timestamp(), revoked_reason = 'printed anew'
            where community_id = @Community and revoked_at is null
                and (household_id = @Household or resident_id = @Resident);
            insert into entry_token (community_id, token_id, token_hash, household_id, resident_id, issued_by)
            values (@Community, @slip, @hash, @Household, @Resident, @staff)
            """,
            new { request.Community, request.Household, request.Resident, slip, hash = Secrets.HashSlip(token), staff = request.Caller.Staff },
            cancellationToken: cancellationToken));
        await connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, nameof(IssueSlip), $"slip:{slip}", now), cancellationToken);
        return new IssuedSlip(slip, token, holder.Building, holder.Door, holder.Name is { } name ? NameMask.Of(name) : null);
    }

    public async Task<Result<Done>> Handle(RevokeSlip request, CancellationToken cancellationToken)
    {
        if (request.Reason?.Trim().Length is not (>= 2 and <= 300))
        {
            return ResidentRefusals.ReasonRequired;
        }

        var connection = session.Connection;
        var slip = await connection.QuerySingleOrDefaultAsync<Revoked>(new CommandDefinition(
            """
            update entry_token set revoked_at = clock_timestamp(), revoked_reason = @reason
            where community_id = @Community and token_id = @Slip and revoked_at is null
            returning household_id, resident_id
            """,
            new { request.Community, request.Slip, reason = request.Reason.Trim() },
            cancellationToken: cancellationToken));
        if (slip is null)
        {
            return ResidentRefusals.SlipUnknown;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update resident_session set revoked_at = clock_timestamp(), revoked_reason = 'slip revoked'
            where community_id = @Community and kind = 'Slip' and revoked_at is null
                and (household_id = @HouseholdId or resident_id = @ResidentId)
            """,
            new { request.Community, slip.HouseholdId, slip.ResidentId },
            cancellationToken: cancellationToken));
        await connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, nameof(RevokeSlip), $"slip:{request.Slip}", now, request.Reason.Trim()), cancellationToken);
        return Done.Value;
    }

    public async Task<Result<IReadOnlyList<SlipLine>>> Handle(ListSlips request, CancellationToken cancellationToken) =>
        new Result<IReadOnlyList<SlipLine>>.Accepted((await session.Connection.QueryAsync<SlipLine>(new CommandDefinition(
            """
            select token_id as slip, issued_at, last_used_at, revoked_at, revoked_reason from entry_token
            where community_id = @Community and household_id = @Household order by issued_at desc
            """,
            new { request.Community, request.Household },
            cancellationToken: cancellationToken))).AsList());

    private sealed record Holder(string Code, string Building, string Door, string? Name);

    private sealed record Revoked(HouseholdId? HouseholdId, ResidentId? ResidentId);
}
