using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Alterations;

/// <summary>A change that a person makes to one instance while it waits. Elsa's alterations, with its names.</summary>
public abstract record Alteration
{
    private Alteration()
    {
    }

    /// <summary>Gives a variable another value.</summary>
    /// <param name="Variable">Id, else name; the workflow's own first, then those of open containers from the outside in.</param>
    /// <param name="Value">Converted to the variable's type, as a SetVariable would.</param>
    public sealed record ModifyVariable(string Variable, JsonNode? Value) : Alteration;

    /// <summary>Runs an activity out of turn, once more if it has run. What comes after it follows as usual.</summary>
    /// <param name="ActivityId">An activity of a flowchart that is open. Other containers keep their own order.</param>
    public sealed record ScheduleActivity(string ActivityId) : Alteration;

    /// <summary>Takes an activity that waits, or has faulted, out of the instance. Its container goes on as if it had ended without an outcome.</summary>
    /// <param name="ActivityId">All its open visits are cancelled.</param>
    public sealed record CancelActivity(string ActivityId) : Alteration;
}

/// <summary>Why an alteration cannot be made.</summary>
/// <param name="Index">Place of the alteration in the request, from 0.</param>
/// <param name="Code"><c>instance.over</c>, <c>variable.unknown</c>, <c>variable.type</c>, <c>activity.unknown</c>, <c>activity.not-open</c>, <c>activity.not-in-flowchart</c>, <c>activity.container-closed</c>.</param>
/// <param name="Subject">The variable or activity it names; empty when it names none.</param>
public sealed record AlterationProblem(int Index, string Code, string Subject);
