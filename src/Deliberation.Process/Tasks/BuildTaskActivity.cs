using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Tasks;

/// <summary>Works by the contractor or volunteers; reported after the due instant it leaves by <c>Late</c>.</summary>
[Activity("Deliberation.BuildTask", Description = "Has a part of the works built.", Outcomes = ["Done", "Late"], Outputs = ["Data"], Category = "Build")]
public sealed record BuildTaskActivity(
    Input<string> Post,
    Input<string> Title,
    Input<string> Instruction,
    Input<JsonObject> Form,
    Input<int> DueDays,
    Input<int> DueWorkingDays,
    Input<int> DueWorkingHours,
    Input<int> Round) : IActivity
{
    private static readonly string[] Outcomes = ["Done", "Late"];
    private static readonly string[] Choices = ["Done"]; // nobody reports himself late: the clock does

    public ActivityResult Execute(ActivityContext context) =>
        TaskFlow.Open(context, new TaskInputs(Post, Title, Instruction, Form, DueDays, DueWorkingDays, DueWorkingHours, Round), "Build", Choices, "Contractor");

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        TaskFlow.Resume(context, resumption, Outcomes, chosen => TaskFlow.IsLate(context) ? "Late" : chosen);
}
