using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution.Containers;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Execution;

/// <summary>What the visit at hand sees. One object for a burst, pointed at one visit after the other.</summary>
internal sealed class VisitContext(Instance instance, DateTimeOffset now, IReadOnlyCollection<object> facts) : ActivityContext, IExpressionScope
{
    private DateTimeOffset? occasion;
    private Visit visit = null!;
    private Visit? named;
    private string name = "";

    public override DateTimeOffset Now => now;

    public override DateTimeOffset Occasion => occasion ?? now;

    /// <summary>What follows stands for an instant that has passed.</summary>
    public void Recall(DateTimeOffset due) => occasion = due < now ? due : null;

    public override string InstanceId => instance.Id;

    public override string ActivityId => visit.Node.Id;

    public override string VisitId => IdOf(visit);

    public override string DisplayText => visit.Node.DisplayText;

    public override JsonObject State => visit.State ??= [];

    public string? CorrelationId => instance.CorrelationId;

    public JsonObject Definition => instance.Workflow.Root.Source;

    public string? InstanceName => instance.Name;

    public VisitContext Of(Visit other)
    {
        visit = other;
        return this;
    }

    public string IdOf(Visit other)
    {
        if (named != other)
        {
            named = other;
            name = string.Create(CultureInfo.InvariantCulture, $"{instance.Id}:{other.Number}");
        }

        return name;
    }

    /// <remarks>JSON is handed out as a copy: the activity may put it into what it makes, and neither definition nor state can be changed through it.</remarks>
    public override T? Evaluate<T>(Input<T> input)
        where T : default => input.Evaluate(this) is var value && value is JsonNode { Parent: not null } node ? (T)(object)node.DeepClone() : value;

    internal override bool Knows(string definitionId)
    {
        foreach (var fact in facts)
        {
            if (fact is KnownWorkflows known)
            {
                return known.Has(definitionId);
            }
        }

        return true;
    }

    public override TFact Fact<TFact>()
    {
        foreach (var fact in facts)
        {
            if (fact is TFact found)
            {
                return found;
            }
        }

        throw new InvalidOperationException($"The host gave no {typeof(TFact).Name}.");
    }

    public bool TryGetVariable(string name, out JsonNode? value) => TryFind(name, byId: false, out value);

    public bool TryGetVariableById(string id, out JsonNode? value) => TryFind(id, byId: true, out value) || TryFind(id, byId: false, out value);

    public bool TryGetInput(string name, out JsonNode? value)
    {
        value = null;
        var workflow = Workflow();
        if (workflow?.Inputs is not { } inputs)
        {
            return false;
        }

        if (inputs.TryGetPropertyValue(name, out value))
        {
            return true;
        }

        if (((WorkflowContainer)workflow.Node.Container!).FindInput(name) is { } declared)
        {
            inputs.TryGetPropertyValue(declared.Name, out value);
            return true;
        }

        return false;
    }

    public bool TryGetOutput(string output, string activity, out JsonNode? value)
    {
        for (var above = visit.Parent; above is not null; above = above.Node.IsWorkflow ? null : above.Parent)
        {
            if (above.ChildOutputs is { } outputs && outputs.TryGetValue(activity, out var found))
            {
                foreach (var (name, node) in found)
                {
                    if (string.Equals(name, output, StringComparison.OrdinalIgnoreCase))
                    {
                        value = node;
                        return true;
                    }
                }
            }
        }

        value = null;
        return false;
    }

    /// <summary>Assigns the nearest variable with an id, else with a name.</summary>
    public bool TrySetVariable(string reference, JsonNode? value) => TrySet(reference, value, byId: true) || TrySet(reference, value, byId: false);

    private bool TrySet(string reference, JsonNode? value, bool byId)
    {
        for (var holder = visit; holder is not null; holder = holder.Node.IsWorkflow ? null : holder.Parent)
        {
            if (!byId && LocalOf(holder, reference) is var local and >= 0)
            {
                holder.Locals![local].Value = value;
                return true;
            }

            if (IndexOf(holder.Node, reference, byId) is var index and >= 0)
            {
                var declaration = holder.Node.Variables[index];
                holder.Variables[index] = ValueConverter.CoerceOrDefault(value, declaration.TypeName, declaration.IsArray);
                return true;
            }
        }

        return false;
    }

    private bool TryFind(string reference, bool byId, out JsonNode? value)
    {
        for (var holder = visit; holder is not null; holder = holder.Node.IsWorkflow ? null : holder.Parent)
        {
            if (!byId && LocalOf(holder, reference) is var local and >= 0)
            {
                value = holder.Locals![local].Value;
                return true;
            }

            if (IndexOf(holder.Node, reference, byId) is var index and >= 0)
            {
                value = holder.Variables[index];
                return true;
            }
        }

        value = null;
        return false;
    }

    private static int LocalOf(Visit holder, string name) => holder.Locals is { } locals ? Array.FindIndex(locals, local => local.Name == name) : -1;

    private static int IndexOf(ActivityNode node, string reference, bool byId)
    {
        for (var index = 0; index < node.Variables.Count; index++)
        {
            if (byId ? node.Variables[index].Id == reference : node.Variables[index].HasName(reference))
            {
                return index;
            }
        }

        return -1;
    }

    private Visit? Workflow()
    {
        for (var holder = visit; holder is not null; holder = holder.Parent)
        {
            if (holder.Node.IsWorkflow)
            {
                return holder;
            }
        }

        return null;
    }
}
