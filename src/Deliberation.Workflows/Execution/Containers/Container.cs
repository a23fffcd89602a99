using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Activities.BuiltIn;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Workflows.Execution.Containers;

/// <summary>How an activity with children runs them. One object for a node, shared by all instances: what changes is in the visit.</summary>
internal abstract class Container
{
    /// <summary>First visit: schedule children, or complete.</summary>
    public abstract void Execute(Burst burst, Visit visit);

    /// <summary>A child completed and is already released.</summary>
    public abstract void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes);

    /// <summary>A bookmark of the container itself was resumed.</summary>
    public virtual void Resume(Burst burst, Visit visit, Resumption resumption) => burst.Complete(visit);

    /// <summary>True for loops, where a Break ends.</summary>
    public virtual bool IsLoop => false;

    /// <summary>True for what a Break inside ends with the child that completes next.</summary>
    public virtual bool EndsOnBreak => IsLoop;

    /// <summary>True for a child that ends a sequence or flowchart.</summary>
    protected static bool IsTerminal(Visit child) => child.Node.Activity is End or Break or Finish or Complete;
}

/// <summary>A kind of container: what the designer sees, and how to read it.</summary>
internal sealed record ContainerKind(ActivityDescriptor Descriptor, Func<WorkflowCompiler.NodeReader, Container> Read)
{
    public static ContainerKind Of(
        string typeName,
        string category,
        string description,
        Func<WorkflowCompiler.NodeReader, Container> read,
        string[] ports,
        InputDescriptor[]? inputs = null,
        string[]? outcomes = null,
        string[]? outputs = null) => new(
            new ActivityDescriptor(typeName, category, inputs ?? [], outcomes ?? ["Done"], outputs ?? [], ports) { Description = description },
            read);
}
