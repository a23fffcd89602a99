using System.Text.Json.Nodes;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Process.Tasks;
using Deliberation.Workflows.Execution;

namespace Deliberation.Features.Tasks;

/// <summary>Elsa's RunTask as work in an inbox. What the form holds is its result. It has no reminders and no ladder: <c>Deliberation.AssignTask</c> has.</summary>
/// <remarks>The payload may be an object with <c>post</c> (Community unless said), <c>instruction</c>, <c>form</c>, <c>dueWorkingHours</c> or <c>dueWorkingDays</c> (3 unless said); anything else is kept as the instruction.</remarks>
internal sealed class RunTaskHandler(IWorkflowCommandHandler<CreateTaskCommand> tasks) : IWorkflowCommandHandler<RunTaskCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(RunTaskCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var payload = command.Payload as JsonObject ?? (command.Payload is null ? [] : new JsonObject { ["instruction"] = command.Payload.ToString() });
        var term = Whole("dueWorkingHours") is { } hours
            ? new TaskTerm(TermUnit.WorkingHours, hours, step.Now)
            : new TaskTerm(TermUnit.WorkingDays, Whole("dueWorkingDays") ?? TaskTerm.DefaultWorkingDays, step.Now);
        var calendar = await step.Connection.CalendarAsync(step.Community, cancellationToken);
        await tasks.HandleAsync(
            new CreateTaskCommand(
                "Task",
                payload["post"]?.ToString() ?? "Community",
                command.TaskName.Length > 0 ? command.TaskName : command.TaskId,
                payload["instruction"]?.ToString() ?? "",
                ["Done"],
                payload["form"]?.DeepClone() as JsonObject ?? [],
                1,
                term.DueAt(calendar))
            {
                Term = term,
            },
            step,
            cancellationToken);
        await step.Connection.RunAsync(
            "update work_task set bookmark = @Bookmark where community_id = @community and instance_id = @InstanceId and visit_id = @VisitId",
            new { RunTaskCommand.Bookmark, community = step.Community, step.InstanceId, step.VisitId },
            cancellationToken);
        return [];

        int? Whole(string name) => payload[name] is JsonValue value && value.TryGetValue(out int given) && given > 0 ? given : null;
    }
}
