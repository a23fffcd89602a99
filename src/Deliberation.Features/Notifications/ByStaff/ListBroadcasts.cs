using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notifications.ByStaff;

/// <summary>A message that staff sent.</summary>
/// <param name="Words">By language.</param>
/// <param name="Told">How many got it.</param>
public sealed record StaffBroadcast(Guid Id, string Audience, string AudienceName, JsonObject Words, string? Basis, int Told, DateTimeOffset SentAt, string SentBy);

/// <summary>How a way out stands.</summary>
public sealed record BroadcastWay(string Channel, int Taken, int Waiting, int Parked);

/// <param name="Held">Waits for the end of the quiet hours.</param>
/// <param name="Read">Opened among the messages here.</param>
public sealed record BroadcastLog(StaffBroadcast Broadcast, int Held, int Read, IReadOnlyList<BroadcastWay> Ways);

/// <summary>Messages that staff sent, newest first.</summary>
public sealed record ListBroadcasts(Caller Caller, CommunityId Community, PageRequest Page) : IQuery<Paged<StaffBroadcast>>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>One of them and what became of it, in numbers: who read it is nobody's matter.</summary>
public sealed record GetBroadcast(Caller Caller, CommunityId Community, Guid Broadcast) : IQuery<BroadcastLog>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class ListBroadcastsHandler(CouncilSession session) : IRequestHandler<ListBroadcasts, Result<Paged<StaffBroadcast>>>, IRequestHandler<GetBroadcast, Result<BroadcastLog>>
{
    private const string Select =
        """
        select b.broadcast_id as id, b.audience, b.audience_name, b.texts as words, b.basis, b.told, b.sent_at, s.display_name as sent_by
        from staff_broadcast b join staff s on s.staff_id = b.sent_by where b.community_id = @Community
        """;

    /// <summary>Its messages: their keys begin with its id.</summary>
    private const string Messages = "m.community_id = @Community and m.dedup_key >= 'broadcast:' || @Broadcast::uuid || ':' and m.dedup_key < 'broadcast:' || @Broadcast::uuid || ';'";

    public async Task<Result<Paged<StaffBroadcast>>> Handle(ListBroadcasts request, CancellationToken cancellationToken) =>
        await session.Connection.PageAsync<StaffBroadcast, StaffBroadcast>(Select, "sent_at desc, id", new { request.Community }, request.Page, row => row, cancellationToken);

    public async Task<Result<BroadcastLog>> Handle(GetBroadcast request, CancellationToken cancellationToken)
    {
        var values = new { request.Community, request.Broadcast };
        if (await session.Connection.RowAsync<StaffBroadcast>($"{Select} and b.broadcast_id = @Broadcast", values, cancellationToken) is not { } broadcast)
        {
            return AccessRefusals.NotFound;
        }

        var counts = (await session.Connection.RowAsync<Counts>(
            $"select count(*) filter (where m.sent_at is null)::int as held, count(m.read_at)::int as read from outbox_message m where {Messages}", values, cancellationToken))!;
        var ways = await session.Connection.RowsAsync<BroadcastWay>(
            $"""
            select d.channel, count(d.taken_at)::int as taken, count(*) filter (where d.taken_at is null and d.parked_at is null)::int as waiting, count(d.parked_at)::int as parked
            from outbox_message m join message_delivery d on d.community_id = m.community_id and d.message_ids @> array[m.message_id]
            where {Messages}
            group by d.channel order by d.channel
            """,
            values,
            cancellationToken);
        return new BroadcastLog(broadcast, counts.Held, counts.Read, ways);
    }

    private sealed record Counts(int Held, int Read);
}
