using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Expressions;

internal enum ScriptNameKind
{
    Variable,

    /// <summary><c>variables.x</c>: undefined and not null when there is none.</summary>
    Member,

    Input,

    /// <summary><c>getX()</c>: a variable or an input.</summary>
    Accessor,

    /// <summary><c>getOutputFromActivity()</c>; the text is what stands behind <c>get</c>.</summary>
    Output,
}

/// <summary>A name that a script reads.</summary>
internal sealed record ScriptName(ScriptNameKind Kind, string Name, int Line, int Column);

/// <summary>A parsed script of the subset; see README.md of this folder. Immutable, safe from any thread.</summary>
internal sealed class Script
{
    public const int MaxLength = 100_000;
    public const int MaxText = 1_000_000;
    public const int MaxSteps = 10_000;

    private readonly Node root;
    private readonly string source;

    private Script(string source, Node root, IReadOnlyList<ScriptName> names)
    {
        this.source = source;
        this.root = root;
        Names = names;
    }

    public IReadOnlyList<ScriptName> Names { get; }

    /// <exception cref="ExpressionException">The text is not in the subset, with its place.</exception>
    public static Script Parse(string source)
    {
        if (source.Length > MaxLength)
        {
            throw new ExpressionException($"The script is longer than {MaxLength} characters.");
        }

        var parser = new Parser(source);
        return new Script(source, parser.ParseScript(), parser.Names);
    }

    /// <exception cref="ExpressionException">A name is unknown, a value has no such member, or a limit is passed.</exception>
    public JsonNode? Evaluate(IExpressionScope scope)
    {
        var evaluation = new Evaluation(scope, source);
        var result = root.Evaluate(evaluation).ToNode();
        if (result is JsonArray or JsonObject)
        {
            evaluation.RequireSize(result, root.Start);
        }

        return result;
    }
}

/// <summary>One evaluation: what it sees and how much of its allowance is used.</summary>
internal sealed class Evaluation(IExpressionScope scope, string source)
{
    private int steps;

    public IExpressionScope Scope => scope;

    public void Step(int count, int start)
    {
        steps += count;
        if (steps > Script.MaxSteps)
        {
            throw Problem($"The expression takes more than {Script.MaxSteps} steps.", start);
        }
    }

    /// <summary>Charges for a text and bounds it, before it is made.</summary>
    public void ChargeText(long length, int start)
    {
        if (length > Script.MaxText)
        {
            throw Problem($"The text is longer than {Script.MaxText} characters.", start);
        }

        Step((int)(length / 1000), start);
    }

    /// <summary>The text of a value, charged for: a list or object may be long.</summary>
    public string TextOf(Value value, int start)
    {
        if (value.Kind == ValueKind.Node)
        {
            RequireSize(value.Node, start);
        }

        var text = value.ToText();
        ChargeText(text.Length, start);
        return text;
    }

    public void ChargeItems(int count, int start) => Step(count / 100, start);

    public void RequireSize(JsonNode node, int start)
    {
        long size = 0;
        Measure(node);

        void Measure(JsonNode? item)
        {
            size += item switch
            {
                JsonValue value when value.TryGetValue(out string? text) => text.Length + 2,
                _ => 4,
            };
            if (size > Script.MaxText)
            {
                throw Problem($"The result is larger than {Script.MaxText} characters.", start);
            }

            if (item is JsonArray array)
            {
                foreach (var element in array)
                {
                    Measure(element);
                }
            }
            else if (item is JsonObject members)
            {
                foreach (var (key, member) in members)
                {
                    size += key.Length + 3;
                    Measure(member);
                }
            }
        }
    }

    public ExpressionException Problem(string message, int start) => new Lexer(source, 0, source.Length).Problem(message, start);
}
