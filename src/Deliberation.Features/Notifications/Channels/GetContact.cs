using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres.Outbox;
using MediatR;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>How the caller is reached.</summary>
/// <param name="Channels">What may be chosen here; <c>InApp</c> always.</param>
/// <param name="DigestHour">7 to 21, the community's time; null = each message by itself.</param>
/// <param name="MaskedPhone">138****0000; null when no number is known or it takes no short messages. A new number is the help desk's matter: it opens the door.</param>
/// <param name="Email">Confirmed, or waiting for its code; null when none.</param>
/// <param name="Topics">What may be muted.</param>
/// <param name="HasFeed">There is a calendar link.</param>
public sealed record Contact(
    string Channel, IReadOnlyList<string> Channels, int? DigestHour, string? MaskedPhone, string? Email, bool IsEmailConfirmed, string? Locale, IReadOnlyList<string> Muted, IReadOnlyList<string> Topics, bool HasFeed);

public sealed record GetContact(Caller Caller, CommunityId Community) : IQuery<Contact>
{
    public Audience Audience => Audience.Resident | Audience.Workers;
}

internal sealed class GetContactHandler(CouncilSession session, IOptionsMonitor<ChannelOptions> options, IOptions<OutboxOptions> outbox) : IRequestHandler<GetContact, Result<Contact>>
{
    private static readonly string[] InOrder = ["InApp", "Sms", "WeChat", "Email", "Print"];

    public async Task<Result<Contact>> Handle(GetContact request, CancellationToken cancellationToken)
    {
        var row = await session.Connection.RowAsync<Row>(
            """
            select coalesce(c.channel, 'InApp') as channel, case when c.person_id is null then 18 else c.digest_hour end as digest_hour, r.phone,
                coalesce(e.email, c.email) as email, e.email is null and c.email_confirmed_at is not null as is_email_confirmed, c.locale, coalesce(c.muted, '{}') as muted,
                exists (select from calendar_feed f where f.community_id = m.community_id and f.person_id = @person) as has_feed
            from community m
            left join resident r on r.community_id = m.community_id and r.resident_id = @person
            left join contact_choice c on c.community_id = m.community_id and c.person_id = @person
            left join email_code e on e.community_id = m.community_id and e.person_id = @person and e.expires_at > clock_timestamp()
            where m.community_id = @Community
            """,
            new { request.Community, person = request.Caller.ActorId },
            cancellationToken);
        var isResident = request.Caller.Resident is not null;

        var offered = options.CurrentValue.Carried.Concat(outbox.Value.Delivered).Append("InApp").ToHashSet(); // the demo's mailbox stands for every way
        return new Contact(
            row!.Channel, [.. InOrder.Where(channel => offered.Contains(channel) && (isResident || channel is "InApp" or "Email"))], row.DigestHour, Mask(PhoneNumbers.Mobile(row.Phone)), row.Email, row.IsEmailConfirmed, row.Locale, row.Muted,
            isResident ? MessageTopics.OfResidents : MessageTopics.OfStaff, row.HasFeed);
    }

    private static string? Mask(string? number) => number is null ? null : $"{number[..^8]}****{number[^4..]}";

    private sealed record Row(string Channel, int? DigestHour, string? Phone, string? Email, bool IsEmailConfirmed, string? Locale, string[] Muted, bool HasFeed);
}
