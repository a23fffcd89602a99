using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Tasks;

/// <summary>Work for the holder of a post (待办).</summary>
/// <param name="Kind">Which form the page shows: Task, Nominations, OutcomeStory or Payment; Task when left out.</param>
/// <param name="ExpiresWhenDue">True: the task is taken back at its due instant and leaves by <c>Expired</c>; false: it stays, and climbs the ladder.</param>
[Activity("Deliberation.AssignTask", Description = "Gives somebody a task.", Outcomes = ["Done", "Declined", "Expired"], Outputs = ["Data"], Category = "Project")]
public sealed record AssignTaskActivity(
    Input<string> Kind,
    Input<string> Post,
    Input<string> Title,
    Input<string> Instruction,
    Input<JsonObject> Form,
    Input<int> DueDays,
    Input<int> DueWorkingDays,
    Input<int> DueWorkingHours,
    Input<bool> ExpiresWhenDue,
    Input<int> Round) : IActivity
{
    private static readonly string[] Choices = ["Done", "Declined"];

    public ActivityResult Execute(ActivityContext context)
    {
        var inputs = new TaskInputs(Post, Title, Instruction, Form, DueDays, DueWorkingDays, DueWorkingHours, Round);
        var opened = TaskFlow.Open(context, inputs, context.Text(Kind, "Task"), Choices, "Community");
        return context.Evaluate(ExpiresWhenDue)
            ? opened.WithBookmark(new BookmarkRequest("expire", DueAt: opened.Commands.OfType<CreateTaskCommand>().Single().DueAt))
            : opened;
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption)
    {
        if (resumption.Name is "expire")
        {
            return ActivityResult.Complete("Expired").WithCommand(new WithdrawTaskCommand("task.expired"));
        }

        var answered = TaskFlow.Resume(context, resumption, Choices);
        return resumption.Name is "rescheduled" && context.Evaluate(ExpiresWhenDue)
            ? answered.Burn("expire").WithBookmark(new BookmarkRequest("expire", DueAt: TaskFlow.DueOf(answered.State!)))
            : answered;
    }
}
