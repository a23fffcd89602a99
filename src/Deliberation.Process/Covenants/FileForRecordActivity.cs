using System.Text.Json.Nodes;
using Deliberation.Process.Tasks;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Covenants;

/// <summary>Files an adopted text with the authority (备案), which may order corrections.</summary>
[Activity("Deliberation.FileForRecord", Description = "Files a paper with an office.", Outcomes = ["Filed", "CorrectionOrdered"], Outputs = ["Data"], Category = "Manage")]
public sealed record FileForRecordActivity(
    Input<string> Post,
    Input<string> Title,
    Input<string> Instruction,
    Input<JsonObject> Form,
    Input<int> DueDays,
    Input<int> DueWorkingDays,
    Input<int> DueWorkingHours,
    Input<int> Round) : IActivity
{
    private static readonly string[] Outcomes = ["Filed", "CorrectionOrdered"];

    public ActivityResult Execute(ActivityContext context) =>
        TaskFlow.Open(context, new TaskInputs(Post, Title, Instruction, Form, DueDays, DueWorkingDays, DueWorkingHours, Round), "Filing", Outcomes, "Subdistrict");

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        TaskFlow.Resume(context, resumption, Outcomes);
}
