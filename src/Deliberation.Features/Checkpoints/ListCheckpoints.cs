using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Checkpoints;

/// <summary>A checkpoint of the works.</summary>
/// <param name="State">Unsigned, Passed or Defects.</param>
/// <param name="Task">The task that asks for the signature.</param>
public sealed record CheckpointLine(string Code, string Title, string State, int Round, DateTimeOffset? SignedAt, string? SignedBy, JsonObject? Record, TaskId? Task);

/// <summary>Checkpoints of a project in order of their first task. Signed by completing their task.</summary>
public sealed record ListCheckpoints(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<IReadOnlyList<CheckpointLine>>
{
    public Audience Audience => Audience.Everyone;
}
