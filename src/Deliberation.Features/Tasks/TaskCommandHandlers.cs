using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Agendas;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Features.Workflows;
using Deliberation.Process.Lint;
using Deliberation.Process.Tasks;

namespace Deliberation.Features.Tasks;

/// <summary>Puts work into the inbox of a post. A vacant post's work climbs at once, with that reason.</summary>
internal sealed class CreateTaskHandler : IWorkflowCommandHandler<CreateTaskCommand>
{
    private static readonly char[] Colons = [':', '\uFF1A'];

    public async Task<IReadOnlyList<StepEvent>> HandleAsync(CreateTaskCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var task = new WorkTaskRow(
            TaskId.New(), step.Project, step.InstanceId, step.VisitId, command.Kind, command.Title, command.Round, [.. command.Outcomes],
            command.Form, command.Post, command.Post, AssignedTo: null, Rung: 0, step.Now, command.DueAt, "Open");
        await step.Connection.RunAsync(
            """
            insert into work_task (community_id, task_id, project_id, instance_id, visit_id, kind, title, instruction, round, outcomes, form, first_post, post_code, created_at, due_at, term_unit, term_amount, term_from)
            values (@community, @taskId, @projectId, @instanceId, @visitId, @kind, @title, @instruction, @round, @outcomes, @form, @firstPost, @postCode, @createdAt, @dueAt, @termUnit, @termAmount, @termFrom)
            """,
            new
            {
                community = step.Community,
                task.TaskId,
                task.ProjectId,
                task.InstanceId,
                task.VisitId,
                task.Kind,
                task.Title,
                command.Instruction,
                task.Round,
                task.Outcomes,
                task.Form,
                task.FirstPost,
                task.PostCode,
                task.CreatedAt,
                task.DueAt,
                termUnit = command.Term?.Unit.ToString(),
                termAmount = command.Term?.Amount,
                termFrom = command.Term?.From,
            },
            cancellationToken);
        await step.Connection.AddTaskEventAsync(step.Community, task.TaskId, step.Now, "Created", cancellationToken, toPost: command.Post);
        if (command.Kind == "Checkpoint")
        {
            await AskForSignatureAsync(step, task, cancellationToken);
        }

        var holder = await step.Connection.AccountableAsync(step.Community, command.Post, null, step.Now, cancellationToken);
        if (holder is null)
        {
            (task, holder) = await ClimbFromVacancyAsync(step, task, cancellationToken);
        }

        await step.Connection.TellAboutTaskAsync(
            step.Community, task, holder, "task.message.assigned", task.PostCode == command.Post ? "task.reason.post" : "task.reason.vacant", "assigned", step.Now, cancellationToken);
        await InformAsync(step, task, cancellationToken);
        await step.TimelineAsync(
            "Task", "task.timeline.created", new JsonObject { ["task"] = command.Title, ["post"] = command.Post, ["dueAt"] = command.DueAt }, task.Link, cancellationToken);
        await step.AuditAsync("CreateTask", $"task:{task.TaskId}", cancellationToken);
        return [];
    }

    /// <summary>Posts that the step names as to be informed (知会) are told once, when it begins.</summary>
    private static async Task InformAsync(StepContext step, WorkTaskRow task, CancellationToken cancellationToken)
    {
        foreach (var post in DivisionOfWork.Named(task.Form, "inform"))
        {
            var to = await step.Connection.AccountableAsync(step.Community, post, null, step.Now, cancellationToken);
            await step.Connection.TellAboutTaskAsync(step.Community, task, to, "task.message.inform", "task.reason.inform", $"inform:{post}", step.Now, cancellationToken);
        }
    }

    private static async Task<(WorkTaskRow Task, StaffId? Holder)> ClimbFromVacancyAsync(StepContext step, WorkTaskRow task, CancellationToken cancellationToken)
    {
        var acting = await step.Connection.ActingHoldersAsync(step.Community, step.Now, cancellationToken);
        var above = await step.Connection.PostsAboveAsync(step.Community, task.PostCode, cancellationToken);
        if (above.FirstOrDefault(post => acting.Any(holder => holder.PostCode == post)) is not { } post)
        {
            return (task, null); // nobody anywhere: it stays with its post and shows as vacant in the community's inbox
        }

        await step.Connection.RunAsync(
            "update work_task set post_code = @post where community_id = @community and task_id = @task",
            new { post, community = step.Community, task = task.TaskId },
            cancellationToken);
        await step.Connection.AddTaskEventAsync(
            step.Community, task.TaskId, step.Now, "Escalated", cancellationToken, rung: 0, fromPost: task.PostCode, toPost: post, reason: "task.why.vacant");
        await step.TimelineAsync(
            "Task", "task.timeline.vacant", new JsonObject { ["task"] = task.Title, ["post"] = task.PostCode, ["toPost"] = post }, task.Link, cancellationToken);
        return (task with { PostCode = post }, acting.First(holder => holder.PostCode == post).StaffId);
    }

    /// <summary>The checkpoint's code stands in the form; else it is what follows the colon of the title.</summary>
    private static Task<int> AskForSignatureAsync(StepContext step, WorkTaskRow task, CancellationToken cancellationToken) =>
        step.Connection.RunAsync(
            """
            insert into checkpoint (community_id, project_id, checkpoint_code, title, task_id, round)
            values (@community, @project, @code, @title, @task, @round)
            on conflict (community_id, project_id, checkpoint_code) do update
            set task_id = excluded.task_id, round = excluded.round, state = 'Unsigned', signed_at = null, signed_by = null, record = null
            """,
            new
            {
                community = step.Community,
                project = step.Project,
                code = task.Form["checkpoint"]?.ToString() ?? task.Title[(task.Title.LastIndexOfAny(Colons) + 1)..].Trim(),
                task.Title,
                task = task.TaskId,
                task.Round,
            },
            cancellationToken);
}

/// <summary>Reminds whoever is accountable.</summary>
internal sealed class RemindTaskHandler : IWorkflowCommandHandler<RemindTaskCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(RemindTaskCommand command, StepContext step, CancellationToken cancellationToken)
    {
        if (await step.LockOpenTaskAsync(cancellationToken) is not { } task)
        {
            return [];
        }

        var to = await step.Connection.AccountableAsync(step.Community, task.PostCode, task.AssignedTo, step.Now, cancellationToken);
        await step.Connection.TellAboutTaskAsync(
            step.Community, task, to, "task.message.reminder", "task.reason.post", $"reminder:{command.Point}:{task.DueAt.UtcTicks}", step.Now, cancellationToken);
        await step.Connection.AddTaskEventAsync(step.Community, task.TaskId, step.Now, "Reminded", cancellationToken, toStaff: to, reason: command.Point);
        return [];
    }
}

/// <summary>One rung: the next post becomes accountable; one message up, one down, one line each. A vacant post is passed over, with that reason.</summary>
internal sealed class EscalateTaskHandler : IWorkflowCommandHandler<EscalateTaskCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(EscalateTaskCommand command, StepContext step, CancellationToken cancellationToken)
    {
        if (await step.LockOpenTaskAsync(cancellationToken) is not { } task || task.Rung >= command.Rung || task.DueAt > step.Now)
        {
            return []; // done, climbed before, or given more time that the workflow has not heard of yet
        }

        var acting = await step.Connection.ActingHoldersAsync(step.Community, step.Now, cancellationToken);
        List<string> ladder = [command.Post, .. await step.Connection.PostsAboveAsync(step.Community, command.Post, cancellationToken)];
        var post = ladder.Find(candidate => acting.Any(holder => holder.PostCode == candidate)) ?? command.Post;
        var up = acting.FirstOrDefault(holder => holder.PostCode == post)?.StaffId;
        var down = await step.Connection.AccountableAsync(step.Community, task.PostCode, task.AssignedTo, step.Now, cancellationToken);
        await step.Connection.RunAsync(
            "update work_task set post_code = @post, assigned_to = null, rung = @rung where community_id = @community and task_id = @task",
            new { post, rung = command.Rung, community = step.Community, task = task.TaskId },
            cancellationToken);
        await step.Connection.AddTaskEventAsync(
            step.Community, task.TaskId, step.Now, "Escalated", cancellationToken,
            rung: command.Rung, fromPost: task.PostCode, toPost: post, toStaff: up, reason: post == command.Post ? "task.why.overdue" : "task.why.overdue-vacant");

        JsonObject values = new() { ["fromPost"] = task.PostCode, ["toPost"] = post, ["rung"] = command.Rung };
        var climbed = task with { PostCode = post };
        await step.Connection.TellAboutTaskAsync(
            step.Community, climbed, up, "task.message.escalated-up", "task.reason.ladder", $"rung:{command.Rung}:up", step.Now, cancellationToken, values);
        await step.Connection.TellAboutTaskAsync(
            step.Community, climbed, down, "task.message.escalated-down", "task.reason.was-yours", $"rung:{command.Rung}:down", step.Now, cancellationToken, values);
        values["task"] = task.Title;
        await step.TimelineAsync("Task", "task.timeline.escalated", values, task.Link, cancellationToken);
        await step.AuditAsync("EscalateTask", $"task:{task.TaskId}", cancellationToken, details: new JsonObject { ["rung"] = command.Rung, ["post"] = post });
        await step.Connection.ReachTopAsync(step.Community, climbed, step.Now, cancellationToken);
        return [];
    }
}

/// <summary>Takes the visit's task back. A task that is done already stays as it is.</summary>
internal sealed class WithdrawTaskHandler : IWorkflowCommandHandler<WithdrawTaskCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(WithdrawTaskCommand command, StepContext step, CancellationToken cancellationToken)
    {
        if (await step.LockOpenTaskAsync(cancellationToken) is not { } task)
        {
            return [];
        }

        await step.Connection.RunAsync(
            "update work_task set state = 'Withdrawn', withdrawn_reason = @reason where community_id = @community and task_id = @task",
            new { command.Reason, community = step.Community, task = task.TaskId },
            cancellationToken);
        await step.Connection.AddTaskEventAsync(step.Community, task.TaskId, step.Now, "Withdrawn", cancellationToken, reason: command.Reason);
        await step.Connection.SettleOrdersAsync(step.Community, task.TaskId, null, isDone: false, step.Now, cancellationToken);
        await step.TimelineAsync("Task", "task.timeline.withdrawn", new JsonObject { ["task"] = task.Title }, task.Link, cancellationToken);
        await step.AuditAsync("WithdrawTask", $"task:{task.TaskId}", cancellationToken, command.Reason);
        return [];
    }
}
