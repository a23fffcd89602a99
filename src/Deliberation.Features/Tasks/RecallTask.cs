using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Process.Tasks;
using Deliberation.Workflows.Alterations;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Takes back what the caller has just done (撤回), while nobody after him has acted: his task comes again with what he had written.</summary>
/// <remarks>Refused with <c>task.not-done</c>, <c>task.not-done-by-you</c>, <c>task.verb-not-allowed</c>, and <c>task.recall-too-late</c> once anybody after him acted or anything public began.</remarks>
public sealed record RecallTask(Caller Caller, CommunityId Community, TaskId Task, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class RecallTaskHandler(CouncilSession session, InstanceRepair repair, IPumpSignal pump) : IRequestHandler<RecallTask, Result<Done>>
{
    /// <summary>What was paid, signed for the works or adopted is not taken back by its doer alone.</summary>
    public static bool IsFinal(string kind) => kind is "Payment" or "Checkpoint" or "Covenant" or "PaperCount";

    public async Task<Result<Done>> Handle(RecallTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.PlaceOfAsync(request.Community, request.Task, cancellationToken) is not { } place
            || await repair.LockAsync(connection, request.Community, place.InstanceId, cancellationToken) is not { } instance)
        {
            return AccessRefusals.NotFound;
        }

        var task = (await connection.LockTaskAsync(request.Community, request.Task, cancellationToken))!;
        var fault = task.State != "Done" ? Refusal.Conflict("task.not-done")
            : await DoerAsync(request, cancellationToken) != request.Caller.Staff?.Value ? Refusal.Forbidden("task.not-done-by-you")
            : IsFinal(task.Kind) || !TaskVerbs.Of(task.Form).Contains(TaskVerbs.Recall) ? TaskRefusals.VerbNotAllowed
            : TaskActs.ReasonFault(request.Reason);
        if (fault is not null)
        {
            return fault;
        }

        if (await connection.IsPausedAsync(request.Community, place.InstanceId, cancellationToken))
        {
            return Refusal.Conflict("project.not-running");
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.AddTaskEventAsync(request.Community, task.TaskId, now, "Recalled", cancellationToken, actor: request.Caller.Staff, reason: request.Reason);
        if (!await UnhearAsync(request, task, cancellationToken))
        {
            if (await RewindAsync(request, place, instance, now, cancellationToken) is { } tooLate)
            {
                return tooLate;
            }
        }

        await connection.TimelineAsync(
            request.Caller, request.Community, task.ProjectId, now, "Task", "task.timeline.recalled",
            new JsonObject { ["task"] = task.Title, ["reason"] = request.Reason }, task.Link, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(RecallTask), $"task:{task.TaskId}", now, cancellationToken, request.Reason);
        session.AfterCommit(pump.Wake);
        return Done.Value;
    }

    private Task<Guid?> DoerAsync(RecallTask request, CancellationToken cancellationToken) => session.Connection.ScalarAsync<Guid?>(
        "select completed_by from work_task where community_id = @Community and task_id = @Task", new { request.Community, request.Task }, cancellationToken);

    /// <summary>The workflow has not heard of it yet: the task is simply open again.</summary>
    private async Task<bool> UnhearAsync(RecallTask request, WorkTaskRow task, CancellationToken cancellationToken)
    {
        var unheard = await session.Connection.RunAsync(
            "delete from workflow_inbox where community_id = @Community and instance_id = @InstanceId and visit_id = @VisitId and name = @Bookmark",
            new { request.Community, task.InstanceId, task.VisitId, task.Bookmark },
            cancellationToken);
        return unheard > 0 && await session.Connection.RunAsync(
            "update work_task set state = 'Open', outcome = null, completed_at = null, completed_by = null where community_id = @Community and task_id = @Task",
            new { request.Community, request.Task },
            cancellationToken) > 0;
    }

    /// <summary>What the workflow began when it heard is taken out, if nobody has touched it; the task's step comes again.</summary>
    private async Task<Refusal?> RewindAsync(RecallTask request, TaskPlace place, RepairedInstance instance, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What one step began stands in the journal between the end of the task and whatever moved the workflow next.
        var begun = await session.Connection.RowsAsync<Begun>(
            """
            with mine as (
                select max(sequence) as sequence from workflow_journal
                where community_id = @Community and instance_id = @InstanceId and visit_id = @VisitId and event = 'Completed'),
            next as (
                select coalesce(min(j.sequence), 9223372036854775807) as sequence from workflow_journal j, mine
                where j.community_id = @Community and j.instance_id = @InstanceId and j.sequence > mine.sequence and j.event = 'Resumed')
            select j.activity_id, j.activity_type like 'Deliberation.%' as is_ours,
                exists (select from workflow_bookmark b where b.community_id = @Community and b.instance_id = @InstanceId and b.visit_id = j.visit_id) as is_open,
                exists (
                    select from work_task t
                    where t.community_id = @Community and t.instance_id = @InstanceId and t.visit_id = j.visit_id and t.state = 'Open' and not exists (
                        select from work_task_event e where e.community_id = t.community_id and e.task_id = t.task_id and e.actor_id is not null)) as is_untouched
            from workflow_journal j, mine, next
            where j.community_id = @Community and j.instance_id = @InstanceId and j.event = 'Started' and j.sequence > mine.sequence and j.sequence < next.sequence
            """,
            new { request.Community, place.InstanceId, place.VisitId },
            cancellationToken);
        var open = begun.Where(step => step.IsOpen).ToList();
        if (open.Count == 0 || begun.Any(step => step.IsOurs && !step.IsUntouched))
        {
            return Refusal.Conflict("task.recall-too-late");
        }

        IReadOnlyList<Alteration> alterations =
            [new Alteration.ScheduleActivity(place.Activity), .. open.Select(step => step.ActivityId).Distinct().Select(activity => new Alteration.CancelActivity(activity))];
        if (!repair.CanAlter(instance, alterations, await session.Connection.FactsAsync(request.Community, cancellationToken)))
        {
            return TaskRefusals.VerbNotAllowed; // only a flowchart goes back
        }

        await repair.AlterAsync(session.Connection, instance, alterations, cancellationToken);
        await session.Connection.TellOfRewindAsync(request.Caller, request.Community, place.InstanceId, place.Activity, "Recalled", request.Reason, now, cancellationToken);
        await session.Connection.RunAsync(
            """
            update work_task again set data = old.data from work_task old
            where old.community_id = @Community and old.task_id = @Task and again.community_id = @Community and again.instance_id = @InstanceId and again.state = 'Open'
              and again.kind = old.kind and again.created_at >= @now and again.title = old.title
            """,
            new { request.Community, request.Task, place.InstanceId, now },
            cancellationToken);
        return null;
    }

    private sealed record Begun(string ActivityId, bool IsOurs, bool IsOpen, bool IsUntouched);
}
