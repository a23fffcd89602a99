using Dapper;
using Deliberation.Workflows.Execution;

namespace Deliberation.Features.Workflows;

/// <summary>A named event (Elsa: PublishEvent) for the running workflows of its project. One that waits only later finds it then: nothing is lost because it came early.</summary>
/// <remarks>It lies in the inbox of each until taken, or until that workflow ends; then the journal says that it was not. When nobody waits yet, it is kept for workflows of the project that start later, until one takes it.</remarks>
internal sealed class PublishEventHandler : IWorkflowCommandHandler<PublishEventCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(PublishEventCommand command, StepContext step, CancellationToken cancellationToken)
    {
        await step.Connection.ExecuteAsync(new CommandDefinition(
            """
            select pg_advisory_xact_lock(hashtextextended('workflow-events:' || @project, 0)); -- an instance of the project that starts meanwhile waits for this, or this for it
            insert into workflow_early_event (community_id, event_id, project_id, name, key, correlation_id, payload, created_at)
            select @community, @eventId, @project, @name, @EventName, @CorrelationId, @payload::jsonb, @Now
            where not @IsLocal and not exists (
                select from workflow_instance i
                join workflow_bookmark b using (community_id, instance_id)
                where i.community_id = @community and i.project_id = @project and i.status = 'Running' and b.name = @name and b.key = @EventName
                    and (@CorrelationId::text is null or i.correlation_id = @CorrelationId));
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
