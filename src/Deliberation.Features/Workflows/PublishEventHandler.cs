using Dapper;
using Deliberation.Workflows.Execution;

namespace Deliberation.Features.Workflows;

/// <summary>A named event (Elsa: PublishEvent) for the running workflows of its project. One that waits only later finds it then: nothing is lost because it came early.</summary>
/// <remarks>It lies in the inbox of each until taken, or until that workflow ends.</remarks>
internal sealed class PublishEventHandler : IWorkflowCommandHandler<PublishEventCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(PublishEventCommand command, StepContext step, CancellationToken cancellationToken)
    {
        await step.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into workflow_inbox (community_id, instance_id, event_id, name, key, payload, created_at)
            select community_id, instance_id, @eventId, @name, @EventName, @payload::jsonb, @Now
            from workflow_instance
            where community_id = @community and project_id = @project and status = 'Running'
                and (not @IsLocal or instance_id = @InstanceId) and (@CorrelationId::text is null or correlation_id = @CorrelationId)
            """,
            new
            {
                community = step.Community,
                project = step.Project,
                step.InstanceId,
                step.Now,
                eventId = Guid.CreateVersion7(),
                name = Stimulus.EventBookmark,
                command.EventName,
                command.IsLocal,
                command.CorrelationId,
                payload = command.Payload?.ToJsonString(),
            },
            cancellationToken: cancellationToken));
        return [];
    }
}
