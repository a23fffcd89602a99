using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Workflows.Execution;

/// <summary>The pure transition function: definition, state, event and time in; decision out. No I/O, no clock, no randomness beyond the ids handed in.</summary>
public interface IWorkflowEngine
{
    /// <summary>Starts an instance and runs it until it waits or ends.</summary>
    /// <param name="instanceId">Chosen by the host; ids inside the instance are derived from it, so that a repeated start is the same start.</param>
    /// <param name="input">Workflow inputs by name.</param>
    /// <param name="facts">Pure data for activities, by type; see <see cref="Activities.ActivityContext.Fact{TFact}"/>.</param>
    Transition Start(
        WorkflowDefinition definition,
        string instanceId,
        JsonObject input,
        string? correlationId,
        DateTimeOffset now,
        IReadOnlyCollection<object> facts);

    /// <summary>Resumes one bookmark and runs until the instance waits again or ends. An unknown bookmark changes nothing.</summary>
    Transition Resume(
        WorkflowDefinition definition,
        JsonObject state,
        string bookmarkId,
        JsonNode? input,
        DateTimeOffset now,
        IReadOnlyCollection<object> facts);

    /// <summary>Ends the instance: every open visit is cancelled, every bookmark removed.</summary>
    Transition Cancel(WorkflowDefinition definition, JsonObject state, DateTimeOffset now);

    /// <summary>The bookmarks that a state holds.</summary>
    IReadOnlyList<Bookmark> Bookmarks(JsonObject state);
}
