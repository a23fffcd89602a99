using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;
using Deliberation.Process.Tasks;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Covenants;

/// <summary>Drafts a covenant with a comment window (公约起草); a task for a post, ended on the covenant's page or in the inbox.</summary>
/// <param name="Kind">Residents, VillageRules or OwnersManagement; Residents when left out.</param>
/// <param name="CommentDays">Whole days; 7 when left out.</param>
[Activity("Deliberation.DraftCovenant", Description = "Has a covenant drafted and adopted.", Outcomes = ["Adopted", "Withdrawn"], Outputs = ["Version"], Category = "Manage")]
public sealed record DraftCovenantActivity(
    Input<string> Kind,
    Input<int> CommentDays,
    Input<string> Post,
    Input<string> Title,
    Input<string> Instruction,
    Input<JsonObject> Form,
    Input<int> DueDays,
    Input<int> DueWorkingDays,
    Input<int> DueWorkingHours,
    Input<int> Round) : IActivity
{
    private const int DefaultCommentDays = 7;

    private static readonly string[] Outcomes = ["Adopted", "Withdrawn"];

    public ActivityResult Execute(ActivityContext context)
    {
        var inputs = new TaskInputs(Post, Title, Instruction, Form, DueDays, DueWorkingDays, DueWorkingHours, Round);
        var opened = TaskFlow.Open(context, inputs, "Covenant", Outcomes, "CommitteeChair");
        var task = opened.Commands.OfType<CreateTaskCommand>().Single();
        var comments = Window.OfDays(context.Calendar(), context.Now, context.Positive(CommentDays, DefaultCommentDays));
        return opened.WithCommand(new DraftCovenantCommand(context.Text(Kind, "Residents"), task.Title, comments.ClosesAt, task.DueAt));
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption)
    {
        var result = TaskFlow.Resume(context, resumption, Outcomes);
        if (!result.IsCompleted || resumption.Input?["version"] is not { } version)
        {
            return result;
        }

        // Ended on the covenant's own page: the task in the inbox has nothing left to ask.
        return result.WithOutput("Version", version.DeepClone()).WithCommand(new WithdrawTaskCommand("covenant.ended"));
    }
}
