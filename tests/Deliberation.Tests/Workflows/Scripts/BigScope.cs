using System.Text.Json.Nodes;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Tests.Workflows.Scripts;

/// <summary>Variables of every kind and of the largest size that a workflow can hold; counts what is read.</summary>
internal sealed class BigScope : IExpressionScope
{
    private readonly JsonObject _values = new()
    {
        ["n"] = 3,
        ["s"] = "lamps",
        ["half"] = "\ud83d",
        ["none"] = null,
        ["yes"] = true,
        ["list"] = new JsonArray(1, "b", null, new JsonArray(2, 3), new JsonObject { ["a"] = 1 }),
        ["o"] = new JsonObject { ["a"] = 1, ["b"] = new JsonArray(1, 2) },
        ["long"] = new string('x', 900_000),
        ["digits"] = new string('7', 900_000),
        ["many"] = new JsonArray([.. Enumerable.Range(0, 100_000).Select(number => JsonValue.Create(number))]),
        ["wide"] = new JsonObject(Enumerable.Range(0, 50_000).Select(number => KeyValuePair.Create($"k{number}", (JsonNode?)number))),
        ["deep"] = Deep(45),
    };

    public int Reads { get; private set; }

    public string InstanceId => "i";

    public string? CorrelationId => null;

    public string? InstanceName => null;

    /// <summary>All values as text, to see that none has changed.</summary>
    public string Whole => _values.ToJsonString();

    public IEnumerable<string> Names => _values.Select(value => value.Key);

    public bool TryGetVariable(string name, out JsonNode? value)
    {
        Reads++;
        return _values.TryGetPropertyValue(name, out value);
    }

    public bool TryGetVariableById(string id, out JsonNode? value) => TryGetVariable(id, out value);

    public bool TryGetInput(string name, out JsonNode? value) => TryGetVariable(name, out value);

    public bool TryGetOutput(string output, string activity, out JsonNode? value) => TryGetVariable(output, out value);

    private static JsonArray Deep(int levels)
    {
        var deep = new JsonArray();
        for (var level = 1; level < levels; level++)
        {
            deep = [deep];
        }

        return deep;
    }
}
