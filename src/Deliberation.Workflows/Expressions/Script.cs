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

    /// <summary>Lists and objects in each other. Below the 64 that .NET reads unless told, so that a result can travel as an event.</summary>
    public const int MaxNesting = 50;

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
    public JsonNode? Evaluate(IExpressionScope scope) => Evaluate(Evaluation(scope));

    public Evaluation Evaluation(IExpressionScope scope) => new(scope, source);

    public JsonNode? Evaluate(Evaluation evaluation)
    {
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
    private long copied;
    private bool isCut;

    public IExpressionScope Scope => scope;

    /// <summary>Used so far.</summary>
    public int Steps => steps;

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

    /// <summary>The value of a chain of members; undefined from where it is cut.</summary>
    public Value Chain(Node last)
    {
        var value = last.Evaluate(this);
        isCut = false;
        return value;
    }

    /// <summary>Whether a chain ends at a member of nothing: at a <c>?.</c>, and behind one that ended it.</summary>
    public bool Cuts(bool isOptional) => isCut |= isOptional;

    public void ChargeItems(int count, int start) => Step(count / 100, start);

    /// <summary>Items that are made cost more than items that are looked at.</summary>
    public void ChargeNewItems(long count, int start) => Step((int)Math.Min(count / 10, Script.MaxSteps), start);

    /// <summary>A node that may be given a parent: the node itself when it has none, else a copy, charged for before it is made.</summary>
    public JsonNode? Copied(JsonNode? node, int start)
    {
        if (node?.Parent is null)
        {
            return node;
        }

        var (items, characters) = Measured(node, start);
        copied += characters;
        if (copied > Script.MaxText)
        {
            throw Problem($"The lists and objects are larger than {Script.MaxText} characters.", start);
        }

        ChargeNewItems(items, start);
        return node.DeepClone();
    }

    /// <summary>The number of a value, charged for: to read a long text, or to write a list, takes its time.</summary>
    public double NumberOf(Value value, int start) => Primitive(value, start) is { Kind: ValueKind.String } text ? NumberOf(text.Text, start) : value.ToNumber();

    /// <summary>A list or object as text, charged for; anything else as it is.</summary>
    public Value Primitive(Value value, int start) => value.Kind == ValueKind.Node ? TextOf(value, start) : value;

    private double NumberOf(string text, int start)
    {
        ChargeText(text.Length, start);
        return ((Value)text).ToNumber();
    }

    /// <summary>Bounds a list or object, in size and in depth, and charges for the look.</summary>
    public void RequireSize(JsonNode node, int start) => Measured(node, start);

    private (long Items, long Characters) Measured(JsonNode node, int start)
    {
        var (items, size, depth) = (0L, 0L, 0);
        Measure(node);
        Step((int)(items / 100 + size / 1000), start);
        return (items, size);

        void Measure(JsonNode? item)
        {
            items++;
            size += item switch
            {
                JsonValue value when value.TryGetValue(out string? text) => text.Length + 2,
                _ => 4,
            };
            if (size > Script.MaxText)
            {
                throw Problem($"The result is larger than {Script.MaxText} characters.", start);
            }

            if (item is not (JsonArray or JsonObject))
            {
                return;
            }

            if (++depth > Script.MaxNesting)
            {
                throw Problem($"The lists and objects are nested deeper than {Script.MaxNesting} levels.", start);
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

            depth--;
        }
    }

    public ExpressionException Problem(string message, int start) => new Lexer(source, 0, source.Length).Problem(message, start);
}
