using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Tasks;

/// <summary>Puts work into the inbox of a post. One task a visit. Its completion resumes bookmark <c>completed</c> with <c>{"outcome":"…","data":{…}}</c>.</summary>
/// <param name="Kind">Which form the page shows: Task, Build, Checkpoint, Inspection, Grant, Filing, Covenant, OutcomeStory, Nominations, Payment.</param>
/// <param name="Post">Post code that owns it.</param>
/// <param name="Outcomes">Outcomes the person may choose, in order; the first is the good one.</param>
/// <param name="Form">What the form asks: <c>{"fields":[{"name","type":"text|longtext|number|money|date|photo|checklist|residents|options","label":{"zh-Hans","zh-Hant","en"},"required":true,"items":[…]}]}</c>.</param>
/// <param name="Round">1, 2, … in a loop.</param>
public sealed record CreateTaskCommand(
    string Kind,
    string Post,
    string Title,
    string Instruction,
    IReadOnlyList<string> Outcomes,
    JsonObject Form,
    int Round,
    DateTimeOffset DueAt) : IWorkflowCommand
{
    /// <summary>How <see cref="DueAt"/> was counted; null = a day that somebody set.</summary>
    public TaskTerm? Term { get; init; }
}

/// <summary>Tells the post's holder that the visit's task is due soon or due now.</summary>
public sealed record RemindTaskCommand(string Point) : IWorkflowCommand;

/// <summary>The visit's task was not done: it climbs to the next post of the ladder. Logged once a rung; one message up, one down.</summary>
/// <param name="Rung">1 = first step after the due instant.</param>
/// <param name="Post">Post now accountable.</param>
public sealed record EscalateTaskCommand(int Rung, string Post) : IWorkflowCommand;

/// <summary>Takes the visit's task back: the workflow no longer waits for it.</summary>
public sealed record WithdrawTaskCommand(string Reason) : IWorkflowCommand;
