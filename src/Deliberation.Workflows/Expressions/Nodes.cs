using System.Text;
using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Expressions;

/// <summary>A part of a script.</summary>
/// <param name="start">Offset in the source.</param>
/// <param name="depth">Height of the tree below; bounded by the parser, so that evaluation cannot run out of stack.</param>
internal abstract class Node(int start, int depth)
{
    public int Start => start;

    public int Depth => depth;

    public Value Evaluate(Evaluation evaluation)
    {
        evaluation.Step(1, start);
        return Compute(evaluation);
    }

    protected abstract Value Compute(Evaluation evaluation);
}

internal sealed class ConstantNode(Value value, int start) : Node(start, 1)
{
    public Value Constant => value;

    protected override Value Compute(Evaluation evaluation) => value;
}

internal sealed class NameNode(ScriptName name, int start) : Node(start, 1)
{
    protected override Value Compute(Evaluation evaluation)
    {
        var scope = evaluation.Scope;
        switch (name.Kind)
        {
            case ScriptNameKind.Variable:
                return scope.TryGetVariable(name.Name, out var variable) ? Value.From(variable) : Value.Null;
            case ScriptNameKind.Member:
                return scope.TryGetVariable(name.Name, out var member) ? Value.From(member) : Value.Undefined;
            case ScriptNameKind.Input:
                return scope.TryGetInput(name.Name, out var input) ? Value.From(input) : Value.Null;
            case ScriptNameKind.Accessor when scope.TryGetVariable(name.Name, out var value) || scope.TryGetInput(name.Name, out value):
                return Value.From(value);
            case ScriptNameKind.Output:
                break;
            default:
                throw evaluation.Problem($"get{name.Name} is not defined: there is no variable or input '{name.Name}' here.", Start);
        }

        // An output name may itself contain "From": try each cut.
        for (var cut = name.Name.IndexOf("From", StringComparison.Ordinal); cut >= 0; cut = name.Name.IndexOf("From", cut + 1, StringComparison.Ordinal))
        {
            if (scope.TryGetOutput(name.Name[..cut], name.Name[(cut + 4)..], out var output))
            {
                return Value.From(output);
            }
        }

        return scope.TryGetVariable(name.Name, out var other) || scope.TryGetInput(name.Name, out other) ? Value.From(other) : Value.Null;
    }
}

internal sealed class InstanceNode(Func<IExpressionScope, Value> read, int start) : Node(start, 1)
{
    protected override Value Compute(Evaluation evaluation) => read(evaluation.Scope);
}

internal sealed class TemplateNode(IReadOnlyList<(string Text, Node? Value)> parts, int start, int depth) : Node(start, depth)
{
    protected override Value Compute(Evaluation evaluation)
    {
        var text = new StringBuilder();
        foreach (var (piece, value) in parts)
        {
            text.Append(piece);
            if (value is not null)
            {
                text.Append(evaluation.TextOf(value.Evaluate(evaluation), value.Start));
            }

            evaluation.ChargeText(text.Length, Start);
        }

        return text.ToString();
    }
}

internal sealed class ArrayNode(IReadOnlyList<Node> items, int start, int depth) : Node(start, depth)
{
    protected override Value Compute(Evaluation evaluation)
    {
        var array = new JsonArray();
        foreach (var item in items)
        {
            array.Add(evaluation.Copied(item.Evaluate(evaluation).ToNode(), item.Start));
        }

        return Value.From(array);
    }
}

internal sealed class ObjectNode(IReadOnlyList<(string Key, Node Value)> members, int start, int depth) : Node(start, depth)
{
    protected override Value Compute(Evaluation evaluation)
    {
        var result = new JsonObject();
        foreach (var (key, value) in members)
        {
            result[key] = evaluation.Copied(value.Evaluate(evaluation).ToNode(), value.Start);
        }

        return Value.From(result);
    }
}

internal sealed class ConditionalNode(Node condition, Node yes, Node no, int depth) : Node(condition.Start, depth)
{
    protected override Value Compute(Evaluation evaluation) =>
        (condition.Evaluate(evaluation).ToBoolean() ? yes : no).Evaluate(evaluation);
}

internal sealed class UnaryNode(string mark, Node operand, int start) : Node(start, operand.Depth + 1)
{
    protected override Value Compute(Evaluation evaluation)
    {
        var value = operand.Evaluate(evaluation);
        return mark switch
        {
            "!" => !value.ToBoolean(),
            "-" => -evaluation.NumberOf(value, Start),
            "+" => evaluation.NumberOf(value, Start),
            _ => value.Kind switch
            {
                ValueKind.Undefined => "undefined",
                ValueKind.Boolean => "boolean",
                ValueKind.Number => "number",
                ValueKind.String => "string",
                _ => "object",
            },
        };
    }
}

internal sealed class BinaryNode(string mark, Node left, Node right, int start) : Node(start, Math.Max(left.Depth, right.Depth) + 1)
{
    protected override Value Compute(Evaluation evaluation)
    {
        var first = left.Evaluate(evaluation);
        switch (mark)
        {
            case "&&":
                return first.ToBoolean() ? right.Evaluate(evaluation) : first;
            case "||":
                return first.ToBoolean() ? first : right.Evaluate(evaluation);
            case "??":
                return first.IsNullish ? right.Evaluate(evaluation) : first;
        }

        var second = right.Evaluate(evaluation);
        return mark switch
        {
            "+" => Add(first, second, evaluation),
            "-" => evaluation.NumberOf(first, Start) - evaluation.NumberOf(second, Start),
            "*" => evaluation.NumberOf(first, Start) * evaluation.NumberOf(second, Start),
            "/" => evaluation.NumberOf(first, Start) / evaluation.NumberOf(second, Start),
            "%" => evaluation.NumberOf(first, Start) % evaluation.NumberOf(second, Start),
            "**" => Functions.Power(evaluation.NumberOf(first, Start), evaluation.NumberOf(second, Start)),
            "===" => IsSame(first, second, evaluation),
            "!==" => !IsSame(first, second, evaluation),
            "==" => IsEqual(first, second, evaluation),
            "!=" => !IsEqual(first, second, evaluation),
            "<" => Compare(first, second, evaluation) is < 0,
            "<=" => Compare(first, second, evaluation) is <= 0,
            ">" => Compare(first, second, evaluation) is > 0,
            _ => Compare(first, second, evaluation) is >= 0,
        };
    }

    private bool IsSame(Value first, Value second, Evaluation evaluation)
    {
        if (first.Kind == ValueKind.String && second.Kind == ValueKind.String)
        {
            evaluation.ChargeText(Math.Min(first.Text.Length, second.Text.Length), Start);
        }

        return Value.StrictEquals(first, second);
    }

    /// <summary>A list or object and something plain are compared as texts or numbers.</summary>
    private bool IsEqual(Value first, Value second, Evaluation evaluation)
    {
        if (first.Kind == second.Kind || first.IsNullish || second.IsNullish)
        {
            return first.Kind == second.Kind ? IsSame(first, second, evaluation) : first.IsNullish && second.IsNullish;
        }

        var (one, two) = (evaluation.Primitive(first, Start), evaluation.Primitive(second, Start));
        return one.Kind == ValueKind.String && two.Kind == ValueKind.String
            ? IsSame(one, two, evaluation)
            : evaluation.NumberOf(one, Start) == evaluation.NumberOf(two, Start);
    }

    private Value Add(Value first, Value second, Evaluation evaluation)
    {
        if (first.Kind is not (ValueKind.String or ValueKind.Node) && second.Kind is not (ValueKind.String or ValueKind.Node))
        {
            return first.ToNumber() + second.ToNumber();
        }

        var (one, two) = (evaluation.TextOf(first, Start), evaluation.TextOf(second, Start));
        evaluation.ChargeText((long)one.Length + two.Length, Start);
        return one + two;
    }

    /// <returns>Null when one of them is no number: every comparison is then false.</returns>
    private int? Compare(Value left, Value right, Evaluation evaluation)
    {
        var (first, second) = (evaluation.Primitive(left, Start), evaluation.Primitive(right, Start));
        if (first.Kind == ValueKind.String && second.Kind == ValueKind.String)
        {
            evaluation.ChargeText(Math.Min(first.Text.Length, second.Text.Length), Start);
            return string.CompareOrdinal(first.Text, second.Text);
        }

        var (one, two) = (evaluation.NumberOf(first, Start), evaluation.NumberOf(second, Start));
        return double.IsNaN(one) || double.IsNaN(two) ? null : one.CompareTo(two);
    }
}

/// <summary>A chain with <c>?.</c>: what follows a <c>?.</c> that found nothing is not asked.</summary>
internal sealed class ChainNode(Node last) : Node(last.Start, last.Depth + 1)
{
    protected override Value Compute(Evaluation evaluation) => evaluation.Chain(last);
}

internal sealed class MemberNode(Node target, string? name, Node? index, bool isOptional, int start)
    : Node(start, Math.Max(target.Depth, index?.Depth ?? 0) + 1)
{
    protected override Value Compute(Evaluation evaluation)
    {
        var value = target.Evaluate(evaluation);
        if (value.IsNullish)
        {
            return evaluation.Cuts(isOptional) ? Value.Undefined : throw evaluation.Problem($"Cannot read '{name ?? "[…]"}' of {value.ToText()}.", Start);
        }

        var key = name is null ? evaluation.Primitive(index!.Evaluate(evaluation), index.Start) : name;
        if (key.Kind == ValueKind.String)
        {
            evaluation.ChargeText(key.Text.Length, Start);
        }

        return Read(value, key);
    }

    private static Value Read(Value value, Value key)
    {
        if (key.Kind == ValueKind.Number)
        {
            return Element(value, key.ToNumber());
        }

        var name = key.ToText();
        return value.Kind switch
        {
            ValueKind.String => name == "length" ? value.Text.Length : Element(value, IndexOf(name)),
            ValueKind.Node when value.Node is JsonArray array => name == "length" ? array.Count : Element(value, IndexOf(name)),
            ValueKind.Node => Own((JsonObject)value.Node, name),
            _ => Value.Undefined,
        };
    }

    /// <summary>The index that a text is; NaN when JavaScript would not write it so.</summary>
    private static double IndexOf(string name) =>
        name.Length is > 0 and < 11 && (name[0] != '0' || name.Length == 1) && !name.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? double.Parse(name, System.Globalization.CultureInfo.InvariantCulture)
            : double.NaN;

    private static Value Element(Value value, double index) => value.Kind switch
    {
        _ when !(index >= 0 && index < int.MaxValue && index == Math.Truncate(index)) => Value.Undefined,
        ValueKind.String => index < value.Text.Length ? value.Text[(int)index].ToString() : Value.Undefined,
        ValueKind.Node when value.Node is JsonArray array => index < array.Count ? Value.From(array[(int)index]) : Value.Undefined,
        ValueKind.Node => Own((JsonObject)value.Node, NumberText.Of(index)),
        _ => Value.Undefined,
    };

    private static Value Own(JsonObject value, string name)
    {
        if (value.TryGetPropertyValue(name, out var member))
        {
            return Value.From(member);
        }

        if (name.Length == 0)
        {
            return Value.Undefined;
        }

        var first = char.IsUpper(name[0]) ? char.ToLowerInvariant(name[0]) : char.ToUpperInvariant(name[0]);
        return value.TryGetPropertyValue(first + name[1..], out member) ? Value.From(member) : Value.Undefined;
    }
}

/// <summary>A call of one of the functions of <see cref="Functions"/>; nothing else can be called.</summary>
internal sealed class CallNode(Function function, Node? target, bool isOptional, IReadOnlyList<Node> arguments, int start, int depth) : Node(start, depth)
{
    protected override Value Compute(Evaluation evaluation)
    {
        var self = target?.Evaluate(evaluation) ?? Value.Undefined;
        if (target is not null && self.IsNullish)
        {
            return evaluation.Cuts(isOptional) ? Value.Undefined : throw evaluation.Problem($"Cannot call '{function.Name}' of {self.ToText()}.", Start);
        }

        var values = new Value[arguments.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = arguments[index].Evaluate(evaluation);
        }

        return function.Invoke(new Call(evaluation, self, values, Start, function.Name));
    }
}
