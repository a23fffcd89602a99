using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Process.Tasks;
using Deliberation.Workflows.Alterations;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>A step that a task can be sent back to, and what that means.</summary>
/// <param name="Activity">Id of the step in its workflow.</param>
/// <param name="DoneAt">When it was done last.</param>
/// <param name="Again">Titles of the tasks that were done since and come again, the step's own first.</param>
/// <param name="Kept">Kinds of what happened since and is not undone: Ballot, Notice, Payment, Pledge, Evaluation.</param>
public sealed record EarlierStep(string Activity, string Title, DateTimeOffset DoneAt, IReadOnlyList<string> Again, IReadOnlyList<string> Kept);

/// <summary>Where a task can be sent back to, the latest first; empty when nowhere.</summary>
public sealed record ListEarlierSteps(Caller Caller, CommunityId Community, TaskId Task) : IQuery<IReadOnlyList<EarlierStep>>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Sends the matter back to an earlier step of the same workflow (退回). The task is taken back, the step comes again, and what follows it as well.</summary>
/// <remarks>Ballots that were held, notices that were published and payments stay as they are; steps beside which something was begun since are not offered.</remarks>
/// <param name="Activity">One of <see cref="ListEarlierSteps"/>, else <c>task.no-such-step</c>.</param>
public sealed record SendBackTask(Caller Caller, CommunityId Community, TaskId Task, string Activity, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class SendBackTaskHandlers(CouncilSession session, InstanceRepair repair, IPumpSignal pump) :
    IRequestHandler<ListEarlierSteps, Result<IReadOnlyList<EarlierStep>>>, IRequestHandler<SendBackTask, Result<Done>>
{
    public async Task<Result<IReadOnlyList<EarlierStep>>> Handle(ListEarlierSteps request, CancellationToken cancellationToken)
    {
        var place = await session.Connection.PlaceOfAsync(request.Community, request.Task, cancellationToken);
        return place is null || await repair.FindAsync(session.Connection, request.Community, place.InstanceId, cancellationToken) is not { } instance
            ? AccessRefusals.NotFound
            : new Result<IReadOnlyList<EarlierStep>>.Accepted(await StepsAsync(request.Community, place, instance, cancellationToken));
    }

    public async Task<Result<Done>> Handle(SendBackTask request, CancellationToken cancellationToken)
    {
        // The instance first, then its task, as every step does.
        var connection = session.Connection;
        if (await connection.PlaceOfAsync(request.Community, request.Task, cancellationToken) is not { } place
            || await repair.LockAsync(connection, request.Community, place.InstanceId, cancellationToken) is not { } instance)
        {
            return AccessRefusals.NotFound;
        }

        var found = await connection.OpenOwnTaskAsync(request.Caller, request.Community, request.Task, TaskVerbs.SendBack, request.Reason, cancellationToken);
        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var (task, now) = found.Require();
        if (await connection.IsPausedAsync(request.Community, place.InstanceId, cancellationToken))
        {
            return Refusal.Conflict("project.not-running");
        }

        if ((await StepsAsync(request.Community, place, instance, cancellationToken)).FirstOrDefault(step => step.Activity == request.Activity) is not { } step)
        {
            return Refusal.Invalid("task.no-such-step", "Activity");
        }

        await connection.RunAsync(
            "update work_task set state = 'Withdrawn', withdrawn_reason = @Reason where community_id = @Community and task_id = @Task",
            new { request.Reason, request.Community, request.Task },
            cancellationToken);
        await connection.AddTaskEventAsync(request.Community, task.TaskId, now, "SentBack", cancellationToken, actor: request.Caller.Staff, reason: request.Reason);
        await connection.SettleOrdersAsync(request.Community, task.TaskId, request.Caller.Staff, isDone: false, now, cancellationToken);
        if (await repair.AlterAsync(connection, instance, Rewind(place.Activity, step.Activity), cancellationToken) is { } problem)
        {
            return problem;
        }

        await connection.TellOfRewindAsync(request.Caller, request.Community, place.InstanceId, step.Activity, "SentBack", request.Reason, now, cancellationToken);
        await connection.TimelineAsync(
            request.Caller, request.Community, task.ProjectId, now, "Task", "task.timeline.sent-back",
            new JsonObject { ["task"] = task.Title, ["step"] = step.Title, ["reason"] = request.Reason }, task.Link, cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(SendBackTask), $"task:{task.TaskId}", now, cancellationToken, request.Reason, new JsonObject { ["activity"] = step.Activity });
        session.AfterCommit(pump.Wake);
        return Done.Value;
    }

    /// <summary>First the earlier step is called, then the present one taken out: the flowchart never stands empty between.</summary>
    private static Alteration[] Rewind(string from, string to) => [new Alteration.ScheduleActivity(to), new Alteration.CancelActivity(from)];

    private async Task<IReadOnlyList<EarlierStep>> StepsAsync(CommunityId community, TaskPlace place, RepairedInstance instance, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.RowsAsync<Row>(
            """
            with done as (
                select distinct on (j.activity_id) j.activity_id, j.sequence, t.title, t.completed_at
                from work_task t
                join workflow_journal j on j.community_id = t.community_id and j.instance_id = t.instance_id and j.visit_id = t.visit_id and j.event = 'Completed'
                where t.community_id = @community and t.instance_id = @InstanceId and t.state = 'Done' and j.activity_id <> @Activity
                order by j.activity_id, j.sequence desc)
            select d.activity_id, d.title, d.completed_at as done_at,
                array(
                    select o.title from done o where o.sequence >= d.sequence order by o.sequence) as again,
                array(
                    select distinct case j.activity_type when 'Deliberation.PublishNotice' then 'Notice' when 'Deliberation.CollectPledges' then 'Pledge'
                        when 'Deliberation.CollectEvaluations' then 'Evaluation' else 'Ballot' end
                    from workflow_journal j
                    where j.community_id = @community and j.instance_id = @InstanceId and j.sequence > d.sequence and j.event = 'Started'
                      and j.activity_type in ('Deliberation.PublishNotice', 'Deliberation.OpenBallot', 'Deliberation.RunElection', 'Deliberation.CollectPledges', 'Deliberation.CollectEvaluations')
                    union
                    select 'Payment' from work_task t
                    where t.community_id = @community and t.instance_id = @InstanceId and t.kind = 'Payment' and t.state = 'Done' and t.completed_at >= d.completed_at) as kept
            from done d
            where not exists ( -- begun since, and open beside: it would be begun a second time
                select from workflow_bookmark b
                join workflow_journal j on j.community_id = b.community_id and j.instance_id = b.instance_id and j.visit_id = b.visit_id and j.event = 'Started'
                where b.community_id = @community and b.instance_id = @InstanceId and b.visit_id <> @VisitId and j.sequence > d.sequence)
            order by d.sequence desc
            """,
            new { community, place.InstanceId, place.VisitId, place.Activity },
            cancellationToken);
        var facts = await session.Connection.FactsAsync(community, cancellationToken);
        return
        [
            .. rows.Where(row => repair.CanAlter(instance, Rewind(place.Activity, row.ActivityId), facts))
                .Select(row => new EarlierStep(row.ActivityId, row.Title, row.DoneAt, row.Again, row.Kept)),
        ];
    }

    private sealed record Row(string ActivityId, string Title, DateTimeOffset DoneAt, string[] Again, string[] Kept);
}
