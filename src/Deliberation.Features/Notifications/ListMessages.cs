using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notifications;

/// <summary>A message as it was written.</summary>
/// <param name="Recipient">Masked name; null for prints.</param>
/// <param name="NotBefore">Council time, still ahead, before which it is held back (quiet hours); null = not or no longer.</param>
public sealed record MessageLine(
    Guid Id,
    string Channel,
    string? Recipient,
    ProjectId? Project,
    string? ProjectTitle,
    string TextKey,
    JsonObject Values,
    string ReasonKey,
    string? Link,
    DateTimeOffset At,
    DateTimeOffset? NotBefore,
    DateTimeOffset? SentAt,
    DateTimeOffset? ReadAt,
    string Locale);

/// <summary>Messages of a community, newest first: the staff's messages page and the outbox of the demo.</summary>
/// <param name="Project">Only of this project; null = all.</param>
/// <param name="Channel">Only this channel; null = all.</param>
public sealed record ListMessages(Caller Caller, CommunityId Community, ProjectId? Project, string? Channel, PageRequest Page) : IQuery<Paged<MessageLine>>
{
    public Audience Audience => Audience.Workers | Audience.Supervisor;
}

/// <summary>Messages to the caller, newest first: residents and staff alike.</summary>
public sealed record ListMyMessages(Caller Caller, CommunityId Community, PageRequest Page) : IQuery<Paged<MessageLine>>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}

/// <summary>The caller has read the message.</summary>
public sealed record MarkMessageRead(Caller Caller, CommunityId Community, Guid Message) : ICommand<Done>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}

internal static class MessageRows
{
    public const string Select =
        """
        select m.message_id as id, m.channel, coalesce(r.full_name, s.display_name) as recipient, m.project_id as project, p.title as project_title, m.text_key, m.values,
            m.reason_key, m.link, m.council_at as at, case when m.not_before > council_now() then m.not_before end as not_before, m.sent_at, m.read_at, coalesce(r.locale, 'zh-Hans') as locale
        from outbox_message m
        left join resident r on r.community_id = m.community_id and r.resident_id = m.resident_id
        left join staff s on s.staff_id = m.staff_id
        left join project p on p.community_id = m.community_id and p.project_id = m.project_id
        where m.community_id = @community
        """;

    public const string NewestFirst = "at desc, id desc";
}

internal sealed class ListMessagesHandler(CouncilSession session) : IRequestHandler<ListMessages, Result<Paged<MessageLine>>>
{
    public async Task<Result<Paged<MessageLine>>> Handle(ListMessages request, CancellationToken cancellationToken) =>
        await session.Connection.PageAsync<MessageLine, MessageLine>(
            $"{MessageRows.Select} and (@project::uuid is null or m.project_id = @project::uuid) and (@channel::text is null or m.channel = @channel)",
            MessageRows.NewestFirst,
            new { request.Community, project = request.Project?.Value, request.Channel },
            request.Page,
            line => line with { Recipient = line.Recipient is { } name ? Names.Mask(name) : null },
            cancellationToken);
}

internal sealed class ListMyMessagesHandler(CouncilSession session) : IRequestHandler<ListMyMessages, Result<Paged<MessageLine>>>
{
    public async Task<Result<Paged<MessageLine>>> Handle(ListMyMessages request, CancellationToken cancellationToken) =>
        await session.Connection.PageAsync<MessageLine, MessageLine>(
            $"{MessageRows.Select} and (m.staff_id = @staff::uuid or m.resident_id = @resident::uuid)",
            MessageRows.NewestFirst,
            new { request.Community, staff = request.Caller.Staff?.Value, resident = request.Caller.Resident?.Value },
            request.Page,
            line => line,
            cancellationToken);
}

internal sealed class MarkMessageReadHandler(CouncilSession session) : IRequestHandler<MarkMessageRead, Result<Done>>
{
    public async Task<Result<Done>> Handle(MarkMessageRead request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var read = await session.Connection.RunAsync(
            """
            update outbox_message set read_at = coalesce(read_at, @now)
            where community_id = @community and message_id = @message and (staff_id = @staff::uuid or resident_id = @resident::uuid)
            """,
            new { now, request.Community, request.Message, staff = request.Caller.Staff?.Value, resident = request.Caller.Resident?.Value },
            cancellationToken);
        if (read == 0)
        {
            return AccessRefusals.NotFound;
        }

        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(MarkMessageRead), $"message:{request.Message}", now, cancellationToken);
        return Done.Value;
    }
}
