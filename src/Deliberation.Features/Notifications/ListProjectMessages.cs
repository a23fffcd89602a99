using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notifications;

/// <summary>One kind of message of a project at one time, with how many it went to.</summary>
public sealed record MessageBatch(string TextKey, string ReasonKey, JsonObject Values, DateTimeOffset At, string Channel, int Recipients, int Read);

/// <summary>What a project sent, grouped, newest first.</summary>
public sealed record ListProjectMessages(Caller Caller, CommunityId Community, ProjectId Project, PageRequest Page) : IQuery<Paged<MessageBatch>>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListProjectMessagesHandler(CouncilSession session) : IRequestHandler<ListProjectMessages, Result<Paged<MessageBatch>>>
{
    public async Task<Result<Paged<MessageBatch>>> Handle(ListProjectMessages request, CancellationToken cancellationToken) =>
        await session.Connection.PageAsync<MessageBatch, MessageBatch>(
            """
            select text_key, reason_key, values, council_at as at, channel, count(*)::int as recipients, count(read_at)::int as read
            from outbox_message
            where community_id = @community and project_id = @project
            group by text_key, reason_key, values, council_at, channel
            """,
            "at desc, text_key",
            new { request.Community, request.Project },
            request.Page,
            batch => batch,
            cancellationToken);
}
