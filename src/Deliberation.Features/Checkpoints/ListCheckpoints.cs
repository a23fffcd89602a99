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

internal sealed class ListCheckpointsHandler(CouncilSession session) : IRequestHandler<ListCheckpoints, Result<IReadOnlyList<CheckpointLine>>>
{
    public async Task<Result<IReadOnlyList<CheckpointLine>>> Handle(ListCheckpoints request, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.RowsAsync<CheckpointLine>(
            """
            select c.checkpoint_code as code, c.title, c.state, c.round, c.signed_at, s.display_name as signed_by, c.record, c.task_id as task
            from checkpoint c
            left join work_task t using (community_id, task_id)
            left join staff s on s.staff_id = c.signed_by
            where c.community_id = @community and c.project_id = @project
            order by t.created_at, c.checkpoint_code
            """,
            new { request.Community, request.Project },
            cancellationToken);
        return new Result<IReadOnlyList<CheckpointLine>>.Accepted(rows);
    }
}
