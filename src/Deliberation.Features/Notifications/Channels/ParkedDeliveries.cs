using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>A delivery that was given up.</summary>
/// <param name="Recipient">Masked name; null for a reminder of a vote, which would say who has not voted.</param>
/// <param name="Answer">Name of a <c>DeliveryAnswer</c>.</param>
public sealed record ParkedDelivery(Guid Id, string Channel, string? Recipient, string TextKey, System.Text.Json.Nodes.JsonObject Values, int Attempts, string Answer, DateTimeOffset ParkedAt);

/// <summary>What did not arrive, newest first.</summary>
public sealed record ListParkedDeliveries(Caller Caller, CommunityId Community, PageRequest Page) : IQuery<Paged<ParkedDelivery>>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Sends a parked delivery again, with eight new tries and its old id. Refused with <c>contact.not-parked</c>.</summary>
public sealed record ResendDelivery(Caller Caller, CommunityId Community, Guid Delivery) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class ParkedDeliveriesHandler(CouncilSession session) : IRequestHandler<ListParkedDeliveries, Result<Paged<ParkedDelivery>>>, IRequestHandler<ResendDelivery, Result<Done>>
{
    public async Task<Result<Paged<ParkedDelivery>>> Handle(ListParkedDeliveries request, CancellationToken cancellationToken) =>
        await session.Connection.PageAsync<ParkedDelivery, ParkedDelivery>(
            $"""
            select d.delivery_id as id, d.channel, case when m.text_key not in {MessageTopics.TellWhoHasNotVoted} then coalesce(r.full_name, s.display_name) end as recipient,
                m.text_key, m.values, d.attempts, d.last_answer as answer, d.parked_at
            from message_delivery d
            join outbox_message m on m.community_id = d.community_id and m.message_id = d.message_ids[1]
            left join resident r on r.community_id = d.community_id and r.resident_id = d.resident_id
            left join staff s on s.staff_id = d.staff_id
            where d.community_id = @Community and d.parked_at is not null
            """,
            "parked_at desc, id",
            new { request.Community },
            request.Page,
            line => line with { Recipient = line.Recipient is { } name ? Names.Mask(name) : null, Values = WithoutCode(line.Values) },
            cancellationToken);

    public async Task<Result<Done>> Handle(ResendDelivery request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        if (await session.Connection.RunAsync(
            "update message_delivery set parked_at = null, retry_at = null, attempts = 0 where community_id = @Community and delivery_id = @Delivery and parked_at is not null",
            new { request.Community, request.Delivery },
            cancellationToken) == 0)
        {
            return Refusal.Conflict("contact.not-parked");
        }

        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(ResendDelivery), $"delivery:{request.Delivery}", now, cancellationToken);
        return Done.Value;
    }

    private static System.Text.Json.Nodes.JsonObject WithoutCode(System.Text.Json.Nodes.JsonObject values)
    {
        var shown = values.DeepClone().AsObject();
        if (shown.ContainsKey("code"))
        {
            shown["code"] = "••••••";
        }

        return shown;
    }
}
