using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Tasks;

/// <summary>Acceptance of finished works by the acceptance group (验收).</summary>
[Activity("Deliberation.Inspect", Description = "Has works inspected.", Outcomes = ["Accepted", "Defects", "Failed"], Outputs = ["Data"], Category = "Build")]
public sealed record InspectActivity(
    Input<string> Post,
    Input<string> Title,
    Input<string> Instruction,
    Input<JsonObject> Form,
    Input<int> DueDays,
    Input<int> DueWorkingDays,
    Input<int> DueWorkingHours,
    Input<int> Round) : IActivity
{
    private static readonly string[] Outcomes = ["Accepted", "Defects", "Failed"];

    public ActivityResult Execute(ActivityContext context) =>
        TaskFlow.Open(context, new TaskInputs(Post, Title, Instruction, Form, DueDays, DueWorkingDays, DueWorkingHours, Round), "Inspection", Outcomes, "Inspector");

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        TaskFlow.Resume(context, resumption, Outcomes);
}
