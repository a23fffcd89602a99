using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Workflows.Execution;

/// <summary>Work that waits its turn in a burst.</summary>
/// <param name="Resumption">Null when the visit is executed for the first time.</param>
internal readonly record struct WorkItem(Visit Visit, Activities.Resumption? Resumption);

/// <summary>An instance in memory, for one burst.</summary>
internal sealed class Instance(string id, CompiledWorkflow workflow)
{
    public string Id => id;

    public CompiledWorkflow Workflow => workflow;

    public WorkflowStatus Status { get; set; } = WorkflowStatus.Running;

    public WorkflowSubStatus SubStatus { get; set; } = WorkflowSubStatus.Pending;

    public string? Name { get; set; }

    public string? CorrelationId { get; set; }

    public JsonObject Output { get; set; } = [];

    /// <summary>Number of the last journal entry.</summary>
    public long JournalSequence { get; set; }

    /// <summary>Number of the last visit.</summary>
    public long VisitSequence { get; set; }

    /// <summary>Number of the last bookmark.</summary>
    public long BookmarkSequence { get; set; }

    /// <summary>The visit of the workflow itself; closed when it is complete.</summary>
    public Visit? Root { get; set; }

    /// <summary>The workflow's variables by id as they were at the end; null while it runs.</summary>
    public JsonObject? FinalVariables { get; set; }

    public Dictionary<string, BookmarkEntry> Bookmarks { get; } = new(StringComparer.Ordinal);

    /// <summary>FIFO, as Elsa's. Not empty between bursts only after a fault has stopped one.</summary>
    public Queue<WorkItem> Queue { get; } = new();

    public Visit NewVisit(ActivityNode node, Visit? parent)
    {
        var visit = new Visit(++VisitSequence, node, parent);
        parent?.Adopt(visit);
        return visit;
    }
}
