using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Execution.Containers;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Definitions;

/// <summary>Finds names in expressions that nothing declares, before they fault at midnight.</summary>
internal static class NameLint
{
    public static void Check(CompiledWorkflow workflow, LintSink sink)
    {
        var accessors = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var own = workflow.Nodes.Values.Where(node => WorkflowOf(node) == workflow.Root).ToList();
        foreach (var node in own)
        {
            accessors.Add(node.AccessorName);
        }

        foreach (var node in own.Where(node => node != workflow.Root))
        {
            foreach (var (property, expression) in Expressions(node.Source))
            {
                CheckExpression(node, $"{node.Path}.{property}", expression, accessors, sink);
            }

            foreach (var output in node.Outputs.Where(output => !IsVariable(node, output.Reference, byId: true) && !Workflow(node).OutputNames.Contains(output.Reference)))
            {
                sink.Warning(node.Path, "output.unbound", $"The output '{output.Output}' goes to '{output.Reference}', which is no variable or output here.");
            }
        }
    }

    private static void CheckExpression(ActivityNode node, string path, PreparedExpression expression, HashSet<string> accessors, LintSink sink)
    {
        if (expression.VariableName is { } variable && !IsVariable(node, variable, byId: true))
        {
            sink.Error(path, "variable.unknown", $"There is no variable '{variable}' here.");
        }

        foreach (var name in expression.Names)
        {
            var isKnown = name.Kind switch
            {
                ScriptNameKind.Variable or ScriptNameKind.Member => IsVariable(node, name.Name),
                ScriptNameKind.Input => IsInput(node, name.Name),
                ScriptNameKind.Output => IsOutput(name.Name, accessors) || IsVariable(node, name.Name) || IsInput(node, name.Name),
                _ => IsVariable(node, name.Name) || IsInput(node, name.Name),
            };
            if (!isKnown && name.Kind == ScriptNameKind.Input)
            {
                // Who starts the workflow may give it more than it declares.
                sink.Warning(path, "expression.input-undeclared", $"The workflow declares no input '{name.Name}' (line {name.Line}, column {name.Column} of the expression)");
            }
            else if (!isKnown)
            {
                sink.Error(path, "expression.name-unknown", $"'{name.Name}' is no variable, input or output here (line {name.Line}, column {name.Column} of the expression)");
            }
        }
    }

    private static bool IsOutput(string name, HashSet<string> accessors)
    {
        for (var cut = name.IndexOf("From", StringComparison.Ordinal); cut >= 0; cut = name.IndexOf("From", cut + 1, StringComparison.Ordinal))
        {
            if (accessors.Contains(name[(cut + 4)..]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsVariable(ActivityNode node, string name, bool byId = false)
    {
        // Loops bring these two; whether one is around is known when it runs.
        if (name is "CurrentValue" or "CurrentIndex")
        {
            return true;
        }

        for (var current = node; current is not null; current = current.IsWorkflow ? null : current.Parent)
        {
            if (current.Variables.Any(variable => variable.HasName(name) || byId && variable.Id == name))
            {
                return true;
            }
        }

        return false;
    }

    // The parent's id is an input that the engine itself gives to a called workflow.
    private static bool IsInput(ActivityNode node, string name) => name == "ParentInstanceId" || Workflow(node).FindInput(name) is not null;

    private static WorkflowContainer Workflow(ActivityNode node) => (WorkflowContainer)WorkflowOf(node).Container!;

    private static ActivityNode WorkflowOf(ActivityNode node)
    {
        while (!node.IsWorkflow)
        {
            node = node.Parent!;
        }

        return node;
    }

    /// <summary>The expressions of an activity that parse; the others are reported where they are bound.</summary>
    private static IEnumerable<(string Property, PreparedExpression Expression)> Expressions(JsonObject source)
    {
        foreach (var (property, value) in source)
        {
            if (value is JsonObject wrapper && wrapper["expression"] is JsonObject expression)
            {
                if (Prepare(expression) is { } prepared)
                {
                    yield return (property, prepared);
                }
            }
            else if (property == "cases" && value is JsonArray cases)
            {
                for (var index = 0; index < cases.Count; index++)
                {
                    if (cases[index] is JsonObject item && item["condition"] is JsonObject condition && Prepare(condition) is { } prepared)
                    {
                        yield return ($"cases[{index}].condition", prepared);
                    }
                }
            }
        }
    }

    private static PreparedExpression? Prepare(JsonObject expression)
    {
        try
        {
            return PreparedExpression.Of(WorkflowCompiler.Text(expression["type"]) ?? "Literal", expression["value"]);
        }
        catch (ExpressionException)
        {
            return null;
        }
    }
}
