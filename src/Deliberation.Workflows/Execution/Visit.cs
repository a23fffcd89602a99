using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution.Containers;

namespace Deliberation.Workflows.Execution;

internal enum VisitStatus
{
    Scheduled,
    Running,
    Faulted,

    /// <summary>Completed or cancelled; no longer part of the instance.</summary>
    Closed,
}

/// <summary>One visit of an activity while it is open. Elsa's activity execution context.</summary>
internal sealed class Visit(long number, ActivityNode node, Visit? parent)
{
    private List<Visit>? children;
    private int index;

    public long Number => number;

    public ActivityNode Node => node;

    public Visit? Parent => parent;

    public VisitStatus Status { get; set; }

    public IReadOnlyList<Visit> Children => children is null ? [] : children;

    public bool HasChildren => children is { Count: > 0 };

    /// <summary>Values of the variables that the node declares, in their order.</summary>
    public JsonNode?[] Variables { get; } = node.Variables.Count == 0 ? [] : [.. node.Variables.Select(variable => variable.Initial)];

    /// <summary>CurrentValue and CurrentIndex of a loop's body; null for others.</summary>
    public Local[]? Locals { get; set; }

    /// <summary>What the activity remembers.</summary>
    public JsonObject? State { get; set; }

    /// <summary>Where a container is: the next child, or the turn of a loop.</summary>
    public long Cursor { get; set; }

    /// <summary>What a loop goes over.</summary>
    public JsonArray? Items { get; set; }

    /// <summary>Set when the container ends with the child that completes now.</summary>
    public bool IsEnding { get; set; }

    /// <summary>True for what was scheduled when its container ended: it still runs, and nobody waits for it. Within one burst only.</summary>
    public bool IsOrphan { get; set; }

    /// <summary>True when a backward connection of a flowchart led here.</summary>
    public bool CameBack { get; set; }

    /// <summary>What a flowchart counts; null for others.</summary>
    public FlowScope? Flow { get; set; }

    /// <summary>Inputs of a workflow; null for others.</summary>
    public JsonObject? Inputs { get; set; }

    /// <summary>Outputs that a workflow used as an activity has set; null for others.</summary>
    public JsonObject? WorkflowOutputs { get; set; }

    /// <summary>Outcomes that a Complete chose for the workflow.</summary>
    public IReadOnlyList<string>? Outcomes { get; set; }

    /// <summary>Last outputs of the activities inside, by accessor name.</summary>
    public Dictionary<string, JsonObject>? ChildOutputs { get; set; }

    public List<BookmarkEntry>? Bookmarks { get; set; }

    /// <summary>What the visit was asked to do when it faulted, for a retry; null when it was executed.</summary>
    public Activities.Resumption? FaultedOn { get; set; }

    /// <summary>True when a container faulted over a child that had completed: doing it again would do more than what faulted.</summary>
    public bool IsBeyondRetry { get; set; }

    public void Adopt(Visit child)
    {
        children ??= [];
        child.index = children.Count;
        children.Add(child);
    }

    public void Release(Visit child)
    {
        var last = children![^1];
        children[child.index] = last;
        last.index = child.index;
        children.RemoveAt(children.Count - 1);
    }
}

/// <summary>A value that a loop brings to its body.</summary>
internal record struct Local(string Name, JsonNode? Value);

/// <summary>A bookmark and the visit that waits.</summary>
internal sealed record BookmarkEntry(Bookmark Bookmark, Visit Visit, long Number, bool IsNew);
