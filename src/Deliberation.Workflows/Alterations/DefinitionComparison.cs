using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Workflows.Alterations;

public enum DefinitionChangeKind
{
    Added,
    Removed,
    Changed,
}

public enum DefinitionPart
{
    Activity,
    Variable,
    Connection,
}

/// <summary>One difference between two versions of a definition.</summary>
/// <param name="NodeId">Of the activity, or of the container that declares the variable or holds the connection.</param>
/// <param name="Name">Display text of an activity, name of a variable, <c>A:Done-&gt;B:In</c> of a connection.</param>
public sealed record DefinitionChange(DefinitionChangeKind Kind, DefinitionPart Part, string NodeId, string Name);

/// <summary>What differs between two versions: the diff that somebody reads before instances move to the newer one.</summary>
internal static class DefinitionComparison
{
    /// <summary>How an activity looks in the designer; no change of what it does.</summary>
    private static readonly string[] Looks = ["metadata", "nodeId"];

    public static IReadOnlyList<DefinitionChange> Compare(CompiledWorkflow from, CompiledWorkflow to)
    {
        var changes = new List<DefinitionChange>();
        AddTo(changes, DefinitionPart.Activity, Activities(from), Activities(to), (before, after) => SameActivity(before, after), node => node.DisplayText);
        AddTo(changes, DefinitionPart.Variable, Variables(from), Variables(to), (before, after) => SameVariable(before, after), variable => variable.Name);
        AddTo(changes, DefinitionPart.Connection, Connections(from), Connections(to), (_, _) => true, key => key);
        return changes;
    }

    private static void AddTo<T>(
        List<DefinitionChange> changes,
        DefinitionPart part,
        Dictionary<(string NodeId, string Id), T> from,
        Dictionary<(string NodeId, string Id), T> to,
        Func<T, T, bool> isSame,
        Func<T, string> name)
    {
        foreach (var (key, before) in from)
        {
            if (!to.TryGetValue(key, out var after))
            {
                changes.Add(new(DefinitionChangeKind.Removed, part, key.NodeId, name(before)));
            }
            else if (!isSame(before, after))
            {
                changes.Add(new(DefinitionChangeKind.Changed, part, key.NodeId, name(after)));
            }
        }

        changes.AddRange(to.Where(pair => !from.ContainsKey(pair.Key)).Select(pair => new DefinitionChange(DefinitionChangeKind.Added, part, pair.Key.NodeId, name(pair.Value))));
    }

    private static Dictionary<(string, string), ActivityNode> Activities(CompiledWorkflow workflow) =>
        workflow.Nodes.Values.Where(node => node.Parent is not null).ToDictionary(node => (node.NodeId, ""));

    private static Dictionary<(string, string), VariableDeclaration> Variables(CompiledWorkflow workflow) => workflow.Nodes.Values
        .SelectMany(node => node.Variables.DistinctBy(variable => variable.Id).Select(variable => (node.NodeId, variable)))
        .ToDictionary(pair => (pair.NodeId, pair.variable.Id), pair => pair.variable);

    private static Dictionary<(string, string), string> Connections(CompiledWorkflow workflow) => workflow.Nodes.Values
        .SelectMany(node => node.Container is Execution.Containers.FlowchartContainer flowchart ? flowchart.Connections.Select(connection => (node.NodeId, connection.Key)) : [])
        .ToDictionary(pair => pair, pair => pair.Key);

    private static bool SameVariable(VariableDeclaration before, VariableDeclaration after) =>
        (before.Name, before.TypeName, before.IsArray) == (after.Name, after.TypeName, after.IsArray) && JsonNode.DeepEquals(before.Initial, after.Initial);

    /// <summary>Children and connections are compared on their own.</summary>
    private static bool SameActivity(ActivityNode before, ActivityNode after) => JsonNode.DeepEquals(Own(before), Own(after));

    private static JsonObject Own(ActivityNode node)
    {
        var own = new JsonObject();
        foreach (var (name, value) in node.Source)
        {
            var isInside = node.Container is not null && (name is "connections" or "variables" || IsActivity(value) || (value is JsonArray list && list.Any(IsActivity)));
            if (!isInside && !Looks.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                own[name] = value?.DeepClone();
            }
        }

        return own;
    }

    private static bool IsActivity(JsonNode? value) => value is JsonObject node && node.ContainsKey("type") && node.ContainsKey("id");
}
