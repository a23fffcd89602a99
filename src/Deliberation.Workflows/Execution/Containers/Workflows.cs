using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Workflows.Execution.Containers;

/// <summary>The workflow above its root activity: scope of variables, inputs and outputs.</summary>
internal sealed class WorkflowContainer(IReadOnlyList<InputDeclaration> inputs, IReadOnlySet<string> outputNames) : Container
{
    public ActivityNode? Root { get; set; }

    public IReadOnlyList<InputDeclaration> Inputs => inputs;

    public IReadOnlySet<string> OutputNames => outputNames;

    public InputDeclaration? FindInput(string name)
    {
        foreach (var input in inputs)
        {
            if (string.Equals(input.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(input.AccessorName, name, StringComparison.OrdinalIgnoreCase))
            {
                return input;
            }
        }

        return null;
    }

    public override void Execute(Burst burst, Visit visit)
    {
        if (Root is null)
        {
            burst.Complete(visit);
        }
        else
        {
            burst.Schedule(visit, Root);
        }
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes) => burst.Complete(visit);
}

/// <summary>A workflow used as an activity of another one.</summary>
internal sealed class WorkflowActivityContainer : Container
{
    private readonly ActivityNode workflow;
    private readonly IReadOnlyList<(string Name, Input<JsonNode> Value)> inputs;

    public WorkflowActivityContainer(ActivityNode workflow, WorkflowDefinition definition, WorkflowCompiler.NodeReader reader)
    {
        this.workflow = workflow;
        inputs = [.. ((WorkflowContainer)workflow.Container!).Inputs.Select(input => (input.Name, reader.Input<JsonNode>(ActivityRegistry.CamelCase(input.Name))))];
        DefinitionId = definition.DefinitionId;
    }

    public string DefinitionId { get; }

    public override void Execute(Burst burst, Visit visit)
    {
        var given = new JsonObject();
        foreach (var (name, value) in inputs)
        {
            if (value.Value is not null)
            {
                given[name] = Expressions.Json.Detached(burst.Evaluate(visit, value));
            }
        }

        var child = burst.Schedule(visit, workflow);
        child.Inputs = Burst.WithDefaults((WorkflowContainer)workflow.Container!, given);
        child.WorkflowOutputs = [];
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes)
    {
        foreach (var (name, value) in child.WorkflowOutputs ?? [])
        {
            burst.SetActivityOutput(visit, Naming.Pascal(name), value);
        }

        burst.Complete(visit, child.Outcomes ?? outcomes);
    }
}
