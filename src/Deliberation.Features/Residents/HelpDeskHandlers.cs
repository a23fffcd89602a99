using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Residents;

internal sealed class HelpDeskHandler(CouncilSession session) :
    IRequestHandler<FindResident, Result<IReadOnlyList<ResidentLine>>>,
    IRequestHandler<StartAssistedSession, Result<AssistedSession>>,
    IRequestHandler<RevokeSessions, Result<int>>,
    IRequestHandler<ChangePhone, Result<Done>>
{
    public async Task<Result<IReadOnlyList<ResidentLine>>> Handle(FindResident request, CancellationToken cancellationToken)
    {
        if (request.Text?.Trim() is not { Length: >= 2 and <= 60 } text)
        {
            return ResidentRefusals.SearchTooShort;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var found = (await session.Connection.QueryAsync<ResidentLine>(new CommandDefinition(
            """
            select r.resident_id as resident, r.full_name, r.phone as masked_phone, h.household_id as household, h.building, h.door,
                coalesce(h.delegate_id = r.resident_id, false) as is_delegate, r.lives_here,
                (select count(*) from resident_session s where s.community_id = r.community_id and s.resident_id = r.resident_id and s.revoked_at is null
                    and s.last_seen_at > clock_timestamp() - interval '20 minutes' and (s.lease_until is null or s.lease_until > clock_timestamp()))::int as open_sessions
            from resident r
            left join household h on h.community_id = r.community_id and h.household_id = r.household_id
            where r.community_id = @Community and (r.full_name ilike @pattern or h.door ilike @pattern or r.phone like @pattern)
            order by h.building, h.door, r.birth_year, r.resident_id
            limit 50
            """,
            new { request.Community, pattern = LikePattern.Containing(text) },
            cancellationToken: cancellationToken))).Select(line => line with { MaskedPhone = NameMask.OfPhone(line.MaskedPhone) }).ToList();
        await AuditAsync(request, nameof(FindResident), "residents:search", null, now, cancellationToken);
        return found;
    }

    public async Task<Result<AssistedSession>> Handle(StartAssistedSession request, CancellationToken cancellationToken)
    {
        if (request.Witness?.Trim() is not { Length: >= 2 and <= 60 } witness)
        {
            return ResidentRefusals.WitnessRequired;
        }

        var connection = session.Connection;
        var helper = await connection.QuerySingleAsync<string>(new CommandDefinition(
            "select display_name from staff where staff_id = @Staff", new { request.Caller.Staff }, cancellationToken: cancellationToken));
        if (string.Equals(helper, witness, StringComparison.OrdinalIgnoreCase))
        {
            return ResidentRefusals.WitnessIsHelper;
        }

        var name = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "select full_name from resident where community_id = @Community and resident_id = @Resident",
            new { request.Community, request.Resident },
            cancellationToken: cancellationToken));
        if (name is null)
        {
            return ResidentRefusals.NotFound;
        }

        if (string.Equals(name, witness, StringComparison.OrdinalIgnoreCase))
        {
            return ResidentRefusals.WitnessIsVoter;
        }

        var closeness = await Assisting.FindAsync(connection, request.Community, request.Resident, null, request.Caller.Staff!.Value, witness, cancellationToken);
        if (closeness.IsClose)
        {
            return ResidentRefusals.CloseToCandidate;
        }

        if (closeness.HasCandidates && !request.IsDistant)
        {
            return ResidentRefusals.DistanceUndeclared;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var secret = await SessionWriting.BeginAsync(
            connection, request.Community, request.Resident, null, "Assisted", request.Caller.Staff, witness, cancellationToken);
        var leaseUntil = await connection.QuerySingleAsync<DateTimeOffset>(new CommandDefinition(
            "select lease_until from resident_session where community_id = @Community and session_hash = @hash",
            new { request.Community, hash = Secrets.Hash(secret) },
            cancellationToken: cancellationToken));
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(StartAssistedSession), $"resident:{request.Resident}", now, cancellationToken, $"witness: {witness}",
            new JsonObject { ["channel"] = "Assisted", ["witness"] = witness, ["isDistant"] = request.IsDistant });
        return new AssistedSession(secret, leaseUntil, NameMask.Of(name));
    }

    public async Task<Result<int>> Handle(RevokeSessions request, CancellationToken cancellationToken)
    {
        if (request.Reason?.Trim() is not { Length: >= 2 and <= 300 } reason)
        {
            return ResidentRefusals.ReasonRequired;
        }

        if (!await ExistsAsync(request.Community, request.Resident, cancellationToken))
        {
            return ResidentRefusals.NotFound;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var ended = await SessionWriting.RevokeAsync(session.Connection, request.Community, [request.Resident], reason, cancellationToken);
        await AuditAsync(request, nameof(RevokeSessions), $"resident:{request.Resident}", reason, now, cancellationToken);
        return ended;
    }

    public async Task<Result<Done>> Handle(ChangePhone request, CancellationToken cancellationToken)
    {
        if (CodeEntryHandler.PhoneOf(request.Phone) is null)
        {
            return ResidentRefusals.PhoneInvalid;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var changed = await session.Connection.ExecuteAsync(new CommandDefinition(
            "update resident set phone = @phone where community_id = @Community and resident_id = @Resident",
            new { request.Community, request.Resident, phone = request.Phone.Trim() },
            cancellationToken: cancellationToken));
        if (changed == 0)
        {
            return ResidentRefusals.NotFound;
        }

        await SessionWriting.RevokeAsync(session.Connection, request.Community, [request.Resident], "phone changed", cancellationToken);
        await AuditAsync(request, nameof(ChangePhone), $"resident:{request.Resident}", null, now, cancellationToken);
        return Done.Value;
    }

    private Task<bool> ExistsAsync(CommunityId community, ResidentId resident, CancellationToken cancellationToken) =>
        session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from resident where community_id = @community and resident_id = @resident)",
            new { community, resident },
            cancellationToken: cancellationToken));

    private Task AuditAsync(ICommunityRequest request, string action, string subject, string? reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.Connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, action, subject, now, reason), cancellationToken);
}

internal sealed class HouseholdHandler(CouncilSession session) :
    IRequestHandler<MoveHousehold, Result<HouseholdId?>>,
    IRequestHandler<NameDelegate, Result<Done>>
{
    public async Task<Result<HouseholdId?>> Handle(MoveHousehold request, CancellationToken cancellationToken)
    {
        if (request.Reason?.Trim() is not { Length: >= 2 and <= 300 } reason)
        {
            return ResidentRefusals.ReasonRequired;
        }

        var connection = session.Connection;
        var household = await connection.QuerySingleOrDefaultAsync<Household>(new CommandDefinition(
            "select delegate_id, moved_out_at is not null as has_moved from household where community_id = @Community and household_id = @Household for update",
            new { request.Community, request.Household },
            cancellationToken: cancellationToken));
        if (household is null)
        {
            return ResidentRefusals.NotFound;
        }

        if (household.HasMoved)
        {
            return ResidentRefusals.AlreadyMoved;
        }

        var stays = request is { NewBuilding.Length: > 0, NewDoor.Length: > 0 };
        if (stays && await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from household where community_id = @Community and building = @NewBuilding and door = @NewDoor and moved_out_at is null)",
            new { request.Community, request.NewBuilding, request.NewDoor },
            cancellationToken: cancellationToken)))
        {
            return ResidentRefusals.DoorTaken;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var people = (await connection.QueryAsync<ResidentId>(new CommandDefinition(
            "select resident_id from resident where community_id = @Community and household_id = @Household",
            new { request.Community, request.Household },
            cancellationToken: cancellationToken))).ToArray();
        var next = stays ? HouseholdId.New() : (HouseholdId?)null;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update household set moved_out_at = @now where community_id = @Community and household_id = @Household;
            update entry_token set revoked_at = clock_timestamp(), revoked_reason = 'moved' where community_id = @Community and household_id = @Household and revoked_at is null;
            insert into household (community_id, household_id, building, stairwell, door, delegate_id)
            select @Community, @next, @NewBuilding, '', @NewDoor, @DelegateId where @next::uuid is not null;
            update resident set household_id = @next, lives_here = @stays where community_id = @Community and household_id = @Household;
            insert into household_move (community_id, move_id, household_id, moved_at, staff_id, reason, new_household_id)
            values (@Community, @move, @Household, @now, @Staff, @reason, @next)
            """,
            new
            {
                request.Community,
                request.Household,
                request.NewBuilding,
                request.NewDoor,
                household.DelegateId,
                next,
                stays,
                now,
                move = Guid.CreateVersion7(),
                request.Caller.Staff,
                reason,
            },
            cancellationToken: cancellationToken));
        await SessionWriting.RevokeAsync(connection, request.Community, people, "moved", cancellationToken);
        await connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, nameof(MoveHousehold), $"household:{request.Household}", now, reason), cancellationToken);
        return next;
    }

    public async Task<Result<Done>> Handle(NameDelegate request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (request.Delegate is { } person && !await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from resident where community_id = @Community and resident_id = @person and household_id = @Household)",
            new { request.Community, person, request.Household },
            cancellationToken: cancellationToken)))
        {
            return ResidentRefusals.NotOfHousehold;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var changed = await connection.ExecuteAsync(new CommandDefinition(
            "update household set delegate_id = @Delegate where community_id = @Community and household_id = @Household and moved_out_at is null",
            new { request.Community, request.Household, request.Delegate },
            cancellationToken: cancellationToken));
        if (changed == 0)
        {
            return ResidentRefusals.NotFound;
        }

        await connection.AddAuditAsync(
            new AuditEntry(request.Community, request.Caller.ActorKind, request.Caller.ActorId, nameof(NameDelegate), $"household:{request.Household}", now), cancellationToken);
        return Done.Value;
    }

    private sealed record Household(Guid? DelegateId, bool HasMoved);
}
