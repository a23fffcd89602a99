using System.Numerics;
using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Cli.Counting;

/// <summary>Results as JSON. A whole number is a number; a fraction is text such as <c>13/2</c>, so that nothing is rounded.</summary>
internal static class Json
{
    public static JsonNode Number(Fraction value) => value.Denominator.IsOne && BigInteger.Abs(value.Numerator) <= long.MaxValue
        ? JsonValue.Create((long)value.Numerator)
        : JsonValue.Create(value.ToString());

    /// <summary>An amount of fen in currency units.</summary>
    public static JsonNode Units(long fen) => fen % 100 == 0 ? JsonValue.Create(fen / 100) : JsonValue.Create(fen / 100m);

    public static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)JsonValue.Create(t))];

    public static JsonArray List(IEnumerable<int> numbers) => [.. numbers.Select(n => (JsonNode)JsonValue.Create(n))];

    public static JsonArray Tiers(CountOrder order) => [.. order.Tiers.Select(t => (JsonNode)List(t))];

    public static JsonObject Map<T>(IEnumerable<KeyValuePair<string, T>> values, Func<T, JsonNode?> value)
    {
        var map = new JsonObject();
        foreach (var (key, item) in values) map[key] = value(item);
        return map;
    }

    public static JsonObject Totals(IEnumerable<KeyValuePair<string, Fraction>> totals) => Map(totals, v => Number(v));

    /// <summary><c>{"North&gt;Canal": 42}</c>, every ordered pair.</summary>
    public static JsonObject Pairs(IReadOnlyList<string> options, IReadOnlyList<IReadOnlyList<long>> pairs)
    {
        var map = new JsonObject();
        for (var x = 0; x < options.Count; x++)
            for (var y = 0; y < options.Count; y++)
                if (x != y) map[$"{options[x]}>{options[y]}"] = pairs[x][y];
        return map;
    }

    public static JsonArray Ties(IEnumerable<CountTie> ties) =>
    [
        .. ties.Select(t => (JsonNode)new JsonObject
        {
            ["purpose"] = t.Purpose,
            ["tied"] = List(t.Tied),
            ["chosen"] = t.Chosen,
            ["byLot"] = t.ByLot,
        }),
    ];
}
