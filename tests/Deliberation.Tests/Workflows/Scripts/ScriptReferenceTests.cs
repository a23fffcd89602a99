using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Expressions;
using FsCheck;
using FsCheck.Fluent;

namespace Deliberation.Tests.Workflows.Scripts;

/// <summary>Made-up expressions whose value is worked out beside them, by <see cref="JavaScript"/> and not by the engine.</summary>
public sealed class ScriptReferenceTests
{
    private static readonly BigScope Scope = new();

    private static readonly string[] Keys = ["a", "b", "c", "key"];

    private static readonly Gen<Sample> Leaves = Gen.OneOf(
        from halves in Gen.Choose(-40, 40) select new Sample(Signed(halves / 2.0), halves / 2.0),
        from text in Gen.Elements("", "a", "b", "12", " 7 ", "0.5", "-3", "x1", "中", "true", "null") select new Sample($"'{text}'", text),
        Gen.Elements(
            new Sample("true", true), new Sample("false", false), new Sample("null", null), new Sample("undefined", JavaScript.Undefined), new Sample("NaN", double.NaN), new Sample("Infinity", double.PositiveInfinity),
            new Sample("variables.n", 3.0), new Sample("getInput('s')", "lamps"), new Sample("getVariable('none')", null), new Sample("getVariable('yes')", true)));

    [Fact]
    public void The_value_is_the_one_that_JavaScript_gives() =>
        Prop.ForAll(Of(5).ToArbitrary(), sample =>
        {
            var expected = JavaScript.Node(sample.Value);
            var actual = Script.Parse(sample.Text).Evaluate(Scope);
            Assert.True(IsSame(expected, actual), $"{sample.Text}\nis {actual?.ToJsonString() ?? "null"} and should be {expected?.ToJsonString() ?? "null"}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    private static Gen<Sample> Of(int depth)
    {
        if (depth == 0)
        {
            return Leaves;
        }

        var inner = Of(depth - 1);
        var many = from count in Gen.Choose(0, 3) from items in Gen.ArrayOf(inner, count) select items;
        return Gen.Frequency(
            (2, Leaves),
            (5, from left in inner from right in inner from mark in Gen.Elements("+", "+", "-", "*", "/", "%") select Arithmetic(left, mark, right)),
            (4, from left in inner from right in inner from mark in Gen.Elements("==", "!=", "===", "!==", "<", "<=", ">", ">=") select Comparison(left, mark, right)),
            (4, from left in inner from right in inner from mark in Gen.Elements("&&", "||", "??") select Logic(left, mark, right)),
            (2, from one in inner from mark in Gen.Elements("!", "-", "+", "typeof ") select Unary(mark, one)),
            (2, from condition in inner from yes in inner from no in inner select new Sample($"({condition.Text} ? {yes.Text} : {no.Text})", JavaScript.IsTrue(condition.Value) ? yes.Value : no.Value)),
            (2, from one in inner from two in inner select new Sample($"`-${{{one.Text}}}中${{ {two.Text} }}`", $"-{JavaScript.Text(one.Value)}中{JavaScript.Text(two.Value)}")),
            (2, from items in many select new Sample($"[{string.Join(", ", items.Select(item => item.Text))}]", List(items))),
            (1, from items in many select new Sample($"({{{string.Join(", ", items.Select((item, index) => $"{Keys[index]}: {item.Text}"))}}})", Map(items))),
            (1, from items in many from at in Gen.Choose(0, 3) select new Sample($"[{string.Join(",", items.Select(item => item.Text))}][{at}]", at < items.Length ? JavaScript.Item(items[at].Value) : JavaScript.Undefined)),
            (1, from items in many from at in Gen.Choose(0, 3) select new Sample($"({{{string.Join(",", items.Select((item, index) => $"'{Keys[index]}': {item.Text}"))}}})?.{Keys[at]}", at < items.Length ? JavaScript.Item(items[at].Value) : JavaScript.Undefined)),
            (1, from items in many select new Sample($"[{string.Join(",", items.Select(item => item.Text))}].length", (double)items.Length)));
    }

    private static Sample Arithmetic(Sample left, string mark, Sample right)
    {
        var (one, two) = (JavaScript.Number(left.Value), JavaScript.Number(right.Value));
        object value = mark switch
        {
            "+" => JavaScript.Add(left.Value, right.Value),
            "-" => one - two,
            "*" => one * two,
            "/" => one / two,
            _ => one % two,
        };
        return Plain(new Sample($"({left.Text} {mark} {right.Text})", value));
    }

    private static Sample Comparison(Sample left, string mark, Sample right) => new($"({left.Text} {mark} {right.Text})", mark switch
    {
        "==" => JavaScript.Equal(left.Value, right.Value),
        "!=" => !JavaScript.Equal(left.Value, right.Value),
        "===" => JavaScript.Same(left.Value, right.Value),
        "!==" => !JavaScript.Same(left.Value, right.Value),
        "<" => JavaScript.Less(left.Value, right.Value),
        "<=" => JavaScript.AtMost(left.Value, right.Value),
        ">" => JavaScript.Less(right.Value, left.Value),
        _ => JavaScript.AtMost(right.Value, left.Value),
    });

    private static Sample Logic(Sample left, string mark, Sample right) => new($"({left.Text} {mark} {right.Text})", mark switch
    {
        "&&" => JavaScript.IsTrue(left.Value) ? right.Value : left.Value,
        "||" => JavaScript.IsTrue(left.Value) ? left.Value : right.Value,
        _ => left.Value is null || left.Value == JavaScript.Undefined ? right.Value : left.Value,
    });

    private static Sample Unary(string mark, Sample one) => new($"({mark}({one.Text}))", mark switch
    {
        "!" => !JavaScript.IsTrue(one.Value),
        "-" => -JavaScript.Number(one.Value),
        "+" => JavaScript.Number(one.Value),
        _ => JavaScript.TypeOf(one.Value),
    });

    /// <summary>Numbers that only an exponent can write are another test's matter.</summary>
    private static Sample Plain(Sample sample) =>
        sample.Value is double number && double.IsFinite(number) && number != 0 && Math.Abs(number) is < 1e-5 or >= 1e15 ? new Sample("1", 1.0) : sample;

    private static List<object?> List(Sample[] items) => [.. items.Select(item => JavaScript.Item(item.Value))];

    private static Dictionary<string, object?> Map(Sample[] items) =>
        items.Select((item, index) => (Key: Keys[index], item.Value)).ToDictionary(member => member.Key, member => JavaScript.Item(member.Value));

    private static string Signed(double number) => number < 0 ? $"({number.ToString(CultureInfo.InvariantCulture)})" : number.ToString(CultureInfo.InvariantCulture);

    private static bool IsSame(JsonNode? one, JsonNode? two) => (one, two) switch
    {
        (null, _) or (_, null) => one is null && two is null,
        (JsonArray first, JsonArray second) => first.Count == second.Count && first.Zip(second).All(pair => IsSame(pair.First, pair.Second)),
        (JsonObject first, JsonObject second) => first.Select(member => member.Key).SequenceEqual(second.Select(member => member.Key)) && first.All(member => IsSame(member.Value, second[member.Key])),
        (JsonValue first, JsonValue second) when first.GetValueKind() == second.GetValueKind() => first.GetValueKind() == System.Text.Json.JsonValueKind.Number ? Json.Number(first) == Json.Number(second) : first.ToJsonString() == second.ToJsonString(),
        _ => false,
    };

    private sealed record Sample(string Text, object? Value);
}
