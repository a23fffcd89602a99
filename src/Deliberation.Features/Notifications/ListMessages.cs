using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notifications;

/// <summary>A message as it was written.</summary>
/// <param name="Recipient">Masked name; null for prints.</param>
/// <param name="NotBefore">Council time before which it is held back (quiet hours); null = at once.</param>
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
