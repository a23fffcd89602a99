using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notifications;

/// <summary>Makes the secret of the caller's calendar link; one that was there ends at once. Refused with <c>calendar.feed-helped</c>: a helper would see it.</summary>
/// <remarks>The secret is told this once and stored nowhere.</remarks>
public sealed record RenewCalendarFeed(Caller Caller, CommunityId Community) : ICommand<string>
{
    public Audience Audience => Audience.Resident | Audience.Workers;
}

/// <summary>Ends the caller's calendar link.</summary>
public sealed record CloseCalendarFeed(Caller Caller, CommunityId Community) : ICommand<Done>
{
    public Audience Audience => Audience.Resident | Audience.Workers;
}

/// <summary>What is ahead of the person whose link it is; not found when the link is wrong, ended, or its person has no rights here any more.</summary>
public sealed record ReadCalendarFeed(string Secret) : IQuery<CalendarDates>
{
    public Caller Caller => Foundation.Caller.Anonymous;

    public CommunityId Community => Secrets.CommunityOf(Secret) ?? default;

    public Audience Audience => Audience.Everyone;
}

internal sealed class CalendarFeedsHandler(CouncilSession session) :
    IRequestHandler<RenewCalendarFeed, Result<string>>, IRequestHandler<CloseCalendarFeed, Result<Done>>, IRequestHandler<ReadCalendarFeed, Result<CalendarDates>>
{
    public async Task<Result<string>> Handle(RenewCalendarFeed request, CancellationToken cancellationToken)
    {
        if (request.Caller.AssistedBy is not null)
        {
            return Refusal.Forbidden("calendar.feed-helped");
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var secret = Secrets.NewSession(request.Community);
        await session.Connection.RunAsync(
            """
            insert into calendar_feed (community_id, person_id, resident_id, staff_id, token_hash, made_at) values (@Community, coalesce(@resident, @staff), @resident, @staff, @hash, @now)
            on conflict (community_id, person_id) do update set token_hash = excluded.token_hash, made_at = excluded.made_at
            """,
            new { request.Community, resident = request.Caller.Resident?.Value, staff = request.Caller.Staff?.Value, hash = Secrets.Hash(secret), now },
            cancellationToken);
        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(RenewCalendarFeed), $"person:{request.Caller.ActorId}", now, cancellationToken);
        return secret;
    }

    public async Task<Result<Done>> Handle(CloseCalendarFeed request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        if (await session.Connection.RunAsync("delete from calendar_feed where community_id = @Community and person_id = @person", new { request.Community, person = request.Caller.ActorId }, cancellationToken) > 0)
        {
            await session.Connection.AuditAsync(request.Caller, request.Community, nameof(CloseCalendarFeed), $"person:{request.Caller.ActorId}", now, cancellationToken);
        }

        return Done.Value;
    }

    public async Task<Result<CalendarDates>> Handle(ReadCalendarFeed request, CancellationToken cancellationToken)
    {
        var owner = await session.Connection.RowAsync<Owner>(
            """
            select f.resident_id, f.staff_id, coalesce(c.locale, r.locale, 'zh-Hans') as locale
            from calendar_feed f
            left join resident r on r.community_id = f.community_id and r.resident_id = f.resident_id
            left join contact_choice c on c.community_id = f.community_id and c.person_id = f.person_id
            where f.community_id = @Community and f.token_hash = @hash and (
                exists (select from household h where h.community_id = f.community_id and h.household_id = r.household_id and h.moved_out_at is null)
                or exists (select from unit_owner o where o.community_id = f.community_id and o.resident_id = f.resident_id)
                or exists (select from staff s join staff_scope p using (staff_id) where s.staff_id = f.staff_id and s.is_enabled and p.community_id = f.community_id))
            """,
            new { request.Community, hash = Secrets.Hash(request.Secret) },
            cancellationToken);
        if (owner is null)
        {
            return AccessRefusals.NotFound;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var dates = owner.ResidentId is { } resident
            ? await session.Connection.DatesOfResidentAsync(request.Community, resident, null, now, cancellationToken)
            : await session.Connection.DatesOfStaffAsync(request.Community, owner.StaffId!.Value, now, cancellationToken);
        return new CalendarDates(dates, now, owner.Locale);
    }

    private sealed record Owner(Guid? ResidentId, Guid? StaffId, string Locale);
}
