using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>
/// Chooses how the caller is reached and about what. Legal notices come all the same.
/// Refused with <c>contact.channel-invalid</c>, <c>contact.phone-none</c>, <c>contact.email-none</c>, <c>contact.hour-invalid</c>, <c>contact.topic-invalid</c>, <c>contact.locale-invalid</c>.
/// </summary>
/// <param name="DigestHour">As in <see cref="Contact"/>.</param>
/// <param name="Muted">Topics of the caller's kind.</param>
/// <param name="Locale">zh-Hans, zh-Hant or en.</param>
public sealed record ChooseContact(Caller Caller, CommunityId Community, string? Channel, int? DigestHour, IReadOnlyList<string> Muted, string? Locale) : ICommand<Done>
{
    public Audience Audience => Audience.Resident | Audience.Workers;
}

internal sealed class ChooseContactHandler(CouncilSession session, IRequestHandler<GetContact, Result<Contact>> contacts) : IRequestHandler<ChooseContact, Result<Done>>
{
    public async Task<Result<Done>> Handle(ChooseContact request, CancellationToken cancellationToken)
    {
        var contact = (await contacts.Handle(new GetContact(request.Caller, request.Community), cancellationToken)).Require();
        if (request.Channel is null || !contact.Channels.Contains(request.Channel))
        {
            return Refusal.Invalid("contact.channel-invalid", "Channel");
        }

        if (request.Channel is "Sms" or "WeChat" && contact.MaskedPhone is null)
        {
            return Refusal.Invalid("contact.phone-none", "Channel");
        }

        if (request.Channel == "Email" && !contact.IsEmailConfirmed)
        {
            return Refusal.Invalid("contact.email-none", "Channel");
        }

        if (request.DigestHour is < 7 or > 21)
        {
            return Refusal.Invalid("contact.hour-invalid", "DigestHour");
        }

        if (request.Muted.Except(contact.Topics).Any())
        {
            return Refusal.Invalid("contact.topic-invalid", "Heard");
        }

        if (request.Locale is not ("zh-Hans" or "zh-Hant" or "en"))
        {
            return Refusal.Invalid("contact.locale-invalid", "Locale");
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        await session.Connection.RunAsync(
            """
            insert into contact_choice (community_id, person_id, resident_id, staff_id, channel, digest_hour, muted, locale)
            values (@Community, coalesce(@resident, @staff), @resident, @staff, @Channel, @DigestHour, @muted, @Locale)
            on conflict (community_id, person_id) do update
            set channel = excluded.channel, digest_hour = excluded.digest_hour, muted = excluded.muted, locale = excluded.locale
            """,
            new
            {
                request.Community, resident = request.Caller.Resident?.Value, staff = request.Caller.Staff?.Value,
                request.Channel, request.DigestHour, muted = request.Muted.Distinct().ToArray(), request.Locale,
            },
            cancellationToken);
        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(ChooseContact), $"person:{request.Caller.ActorId}", now, cancellationToken);
        return Done.Value;
    }
}
