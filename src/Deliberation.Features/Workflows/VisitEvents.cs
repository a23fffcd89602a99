using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;

namespace Deliberation.Features.Workflows;

/// <summary>What people answer to a waiting visit. The event commits with the answer; the pump is woken after that.</summary>
internal sealed class VisitEvents(CouncilSession session, IPumpSignal pump)
{
    /// <param name="bookmark">Name of the wait that it resumes.</param>
    public async Task SendAsync(
        CommunityId community, Guid instanceId, string visitId, string bookmark, JsonObject payload, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await session.Connection.AddWorkflowEventAsync(
            new WorkflowEvent(community, instanceId, Guid.CreateVersion7(), visitId, bookmark, null, payload, now), cancellationToken);
        session.AfterCommit(pump.Wake);
    }
}
