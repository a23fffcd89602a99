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
            array.Add(Json.Detached(item.Evaluate(evaluation).ToNode()));
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
            result[key] = Json.Detached(value.Evaluate(evaluation).ToNode());
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
            "-" => -value.ToNumber(),
            "+" => value.ToNumber(),
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
            "-" => first.ToNumber() - second.ToNumber(),
            "*" => first.ToNumber() * second.ToNumber(),
            "/" => first.ToNumber() / second.ToNumber(),
            "%" => first.ToNumber() % second.ToNumber(),
            "**" => Math.Pow(first.ToNumber(), second.ToNumber()),
            "===" => Value.StrictEquals(first, second),
            "!==" => !Value.StrictEquals(first, second),
            "==" => Value.LooseEquals(first, second),
            "!=" => !Value.LooseEquals(first, second),
            "<" => Compare(first, second) is < 0,
            "<=" => Compare(first, second) is <= 0,
            ">" => Compare(first, second) is > 0,
            _ => Compare(first, second) is >= 0,
        };
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
    private static int? Compare(Value first, Value second)
    {
        if (first.Kind == ValueKind.String && second.Kind == ValueKind.String)
        {
            return string.CompareOrdinal(first.Text, second.Text);
        }

        var (one, two) = (first.ToNumber(), second.ToNumber());
        return double.IsNaN(one) || double.IsNaN(two) ? null : one.CompareTo(two);
    }
}

internal sealed class MemberNode(Node target, string? name, Node? index, bool isOptional, int start)
    : Node(start, Math.Max(target.Depth, index?.Depth ?? 0) + 1)
{
    protected override Value Compute(Evaluation evaluation)
    {
        var value = target.Evaluate(evaluation);
        if (value.IsNullish)
        {
            return isOptional ? Value.Undefined : throw evaluation.Problem($"Cannot read '{name ?? "[…]"}' of {value.ToText()}.", Start);
        }

        var key = name is null ? index!.Evaluate(evaluation) : name;
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
            ValueKind.String when name == "length" => value.Text.Length,
            ValueKind.Node when value.Node is JsonArray array => name == "length" ? array.Count : Element(value, key.ToNumber()),
            ValueKind.Node => Own((JsonObject)value.Node, name),
            _ => Value.Undefined,
        };
    }

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
            return isOptional ? Value.Undefined : throw evaluation.Problem($"Cannot call '{function.Name}' of {self.ToText()}.", Start);
        }

        var values = new Value[arguments.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = arguments[index].Evaluate(evaluation);
        }

        return function.Invoke(new Call(evaluation, self, values, Start, function.Name));
    }
}
