using System.Text.Json.Nodes;
using Deliberation.Process.Tasks;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Projects;

/// <summary>Asks the granting body for its decision (以奖代补). Output <c>Data</c>: what its form holds, such as the amount.</summary>
[Activity("Deliberation.ApplyForGrant", Description = "Applies to an office for a grant.", Outcomes = ["Granted", "Refused", "MoreInformation"], Outputs = ["Data"], Category = "Build")]
public sealed record ApplyForGrantActivity(
    Input<string> Post,
    Input<string> Title,
    Input<string> Instruction,
    Input<JsonObject> Form,
    Input<int> DueDays,
    Input<int> DueWorkingDays,
    Input<int> DueWorkingHours,
    Input<int> Round) : IActivity
{
    private static readonly string[] Outcomes = ["Granted", "Refused", "MoreInformation"];

    public ActivityResult Execute(ActivityContext context) =>
        TaskFlow.Open(context, new TaskInputs(Post, Title, Instruction, Form, DueDays, DueWorkingDays, DueWorkingHours, Round), "Grant", Outcomes, "Subdistrict");

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        TaskFlow.Resume(context, resumption, Outcomes);
}
