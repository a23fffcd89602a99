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
