using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Tasks;

/// <summary>A checkpoint of the works that a resident inspector signs (居民质量监督员签字). The form carries checklist and photos.</summary>
[Activity("Deliberation.Checkpoint", Description = "Has a step of the works checked.", Outcomes = ["Passed", "Defects"], Outputs = ["Data"], Category = "Build")]
public sealed record CheckpointActivity(
    Input<string> Post,
    Input<string> Title,
    Input<string> Instruction,
    Input<JsonObject> Form,
    Input<int> DueDays,
    Input<int> DueWorkingDays,
    Input<int> DueWorkingHours,
    Input<int> Round) : IActivity
{
    private static readonly string[] Outcomes = ["Passed", "Defects"];

    public ActivityResult Execute(ActivityContext context) =>
        TaskFlow.Open(context, new TaskInputs(Post, Title, Instruction, Form, DueDays, DueWorkingDays, DueWorkingHours, Round), "Checkpoint", Outcomes, "Inspector");

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        TaskFlow.Resume(context, resumption, Outcomes);
}
