using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>A way out as it is set up and as it goes. Secrets are only said to be there.</summary>
/// <param name="Destination">Host, or null when the way is not set up.</param>
/// <param name="HasSecret">Password or key is in the secrets file.</param>
/// <param name="Waiting">Due in this community and not yet taken.</param>
/// <param name="TakenToday">Since the community's midnight, machine time.</param>
public sealed record ChannelState(string Channel, string? Destination, bool HasSecret, int AtOnce, int PerMinute, int PriceFen, int Waiting, int Parked, int TakenToday);

/// <param name="CapFen">What the community may spend today.</param>
public sealed record ChannelsPage(IReadOnlyList<ChannelState> Channels, long CapFen, long SpentFen);

public sealed record GetChannels(Caller Caller, CommunityId Community) : IQuery<ChannelsPage>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Sets what the community may spend in a day. Refused with <c>contact.cap-invalid</c>: 0 to 1,000,000 yuan.</summary>
public sealed record SetMessageCap(Caller Caller, CommunityId Community, long? CapFen) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Sends one test message to a number or address, at once and once. Refused with <c>contact.channel-invalid</c>, <c>contact.address-invalid</c>, <c>contact.test-failed</c>.</summary>
public sealed record SendTestMessage(Caller Caller, CommunityId Community, string? Channel, string? Address) : IRequest<Result<Done>>, ICommunityRequest
{
    public Audience Audience => Audience.Admin;
}

internal sealed class ChannelsHandler(CouncilSession session, IOptionsMonitor<ChannelOptions> options, SecretsFile secrets, ChannelSender sender, TimeProvider time) :
    IRequestHandler<GetChannels, Result<ChannelsPage>>, IRequestHandler<SetMessageCap, Result<Done>>, IRequestHandler<SendTestMessage, Result<Done>>
{
    private static readonly string[] Ways = ["Email", "Sms", "WeChat"];

    private const long LargestCapFen = 100_000_000;

    public async Task<Result<ChannelsPage>> Handle(GetChannels request, CancellationToken cancellationToken)
    {
        var channels = options.CurrentValue;
        var counts = (await session.Connection.RowsAsync<Count>(
            """
            select d.channel, count(*) filter (where d.taken_at is null and d.parked_at is null and (d.due_at is null or d.due_at <= council_now()))::int as waiting,
                count(*) filter (where d.parked_at is not null)::int as parked,
                count(*) filter (where d.taken_at >= date_trunc('day', clock_timestamp() at time zone c.time_zone) at time zone c.time_zone)::int as taken_today
            from message_delivery d join community c using (community_id)
            where d.community_id = @Community
            group by d.channel
            """,
            new { request.Community },
            cancellationToken)).ToDictionary(count => count.Channel);
        var money = await session.Connection.RowAsync<Money>(
            """
            select coalesce((select cap_fen from message_cap p where p.community_id = c.community_id), @cap) as cap_fen,
                coalesce((select spent_fen from message_spend s where s.community_id = c.community_id and s.day = (council_now() at time zone c.time_zone)::date), 0) as spent_fen
            from community c where community_id = @Community
            """,
            new { request.Community, cap = channels.DailyCapFen },
            cancellationToken);
        return new ChannelsPage([.. Ways.Select(State)], money!.CapFen, money.SpentFen);

        ChannelState State(string channel)
        {
            var (way, count) = (channels.Way(channel), counts.GetValueOrDefault(channel));
            return new ChannelState(
                channel, way is GatewayOptions gateway ? gateway.Url?.Authority : channels.Email.Host, secrets.Find(channel == "Email" ? "channels.smtp-password" : $"channels.{channel}.key") is not null,
                way.AtOnce, way.PerMinute, way.PriceFen, count?.Waiting ?? 0, count?.Parked ?? 0, count?.TakenToday ?? 0);
        }
    }

    public async Task<Result<Done>> Handle(SetMessageCap request, CancellationToken cancellationToken)
    {
        if (request.CapFen is not (>= 0 and <= LargestCapFen))
        {
            return Refusal.Invalid("contact.cap-invalid", "Cap");
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        await session.Connection.RunAsync(
            "insert into message_cap (community_id, cap_fen) values (@Community, @CapFen) on conflict (community_id) do update set cap_fen = excluded.cap_fen",
            new { request.Community, request.CapFen },
            cancellationToken);
        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(SetMessageCap), $"community:{request.Community.Value}", now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(SendTestMessage request, CancellationToken cancellationToken)
    {
        if (request.Channel is not { } channel || ChannelOptions.ByHand.Contains(channel) || !options.CurrentValue.Carried.Contains(channel))
        {
            return Refusal.Invalid("contact.channel-invalid", "Channel");
        }

        if ((channel == "Email" ? EmailHandler.EmailOf(request.Address) : PhoneNumbers.Mobile(request.Address)) is not { } address)
        {
            return Refusal.Invalid("contact.address-invalid", "Address");
        }

        var answer = await sender.SendAsync( // no connection is held meanwhile
            new Delivery(request.Community, Guid.NewGuid(), channel, 1, time.GetUtcNow()) { Address = address, Facts = [new DeliveredFact("contact.message.test", [], "contact.reason.test", null)] }, cancellationToken);
        await session.OpenAsync(cancellationToken);
        await session.Connection.AuditAsync(
            request.Caller, request.Community, nameof(SendTestMessage), $"channel:{channel}", await session.Connection.CouncilNowAsync(cancellationToken), cancellationToken);
        return answer is DeliveryAnswer.Taken ? Done.Value : Refusal.Conflict("contact.test-failed", ("answer", $"{answer}"));
    }

    private sealed record Count(string Channel, int Waiting, int Parked, int TakenToday);

    private sealed record Money(long CapFen, long SpentFen);
}
