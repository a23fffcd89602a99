using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Domain;

namespace Deliberation.Features.Templates;

/// <summary>Reads and checks the inputs that a definition describes under <c>customProperties.deliberation.inputs</c>.</summary>
internal static class TemplateInputs
{
    private const int MaxText = 4000;

    /// <summary>In the order of the definition's own list of inputs: an object keeps none in the database.</summary>
    public static IReadOnlyList<TemplateInput> Of(JsonObject definition)
    {
        var order = (definition["inputs"] as JsonArray ?? []).Select(input => input?["name"]?.ToString()).ToList();
        return
        [
            .. (Deliberation(definition)?["inputs"] as JsonObject ?? []).Where(input => input.Value is JsonObject)
                .OrderBy(input => order.IndexOf(input.Key) is >= 0 and var place ? place : int.MaxValue)
                .Select(input => Read(input.Key, input.Value!.AsObject())),
        ];
    }

    public static string Description(JsonObject definition) =>
        Deliberation(definition)?["description"] is JsonObject texts ? texts["zh-Hans"]?.ToString() ?? "" : definition["description"]?.ToString() ?? "";

    /// <summary>Stages that the definition itself enters; all five when it leaves that to the workflows it calls.</summary>
    public static IReadOnlyList<Stage> Stages(JsonObject definition)
    {
        var entered = Activities(definition["root"])
            .Where(activity => activity["type"]?.ToString() == "Deliberation.EnterStage")
            .Select(activity => activity["stage"]?["expression"]?["value"]?.ToString())
            .Select(name => Enum.TryParse<Stage>(name, out var stage) ? stage : (Stage?)null)
            .OfType<Stage>().Distinct().Order().ToList();
        return entered.Count > 0 ? entered : Enum.GetValues<Stage>();
    }

    /// <summary>The values of a start: those given, checked, and the template's defaults for the rest.</summary>
    public static Result<JsonObject> Complete(IReadOnlyList<TemplateInput> inputs, JsonObject given)
    {
        JsonObject values = [];
        foreach (var (name, _) in given)
        {
            if (inputs.All(input => input.Name != name))
            {
                return Refusal.Invalid("template.input-unknown", name, ("input", name));
            }
        }

        foreach (var input in inputs)
        {
            var value = given[input.Name] ?? input.Default;
            if (Check(input, value) is { } fault)
            {
                return fault;
            }

            values[input.Name] = value?.DeepClone();
        }

        return values;
    }

    /// <returns>What is wrong with a value, naming the input; null when nothing is.</returns>
    public static Refusal? Check(TemplateInput input, JsonNode? value)
    {
        if (value is null)
        {
            return input.Source["required"]?.GetValueKind() == JsonValueKind.False ? null : Invalid(input);
        }

        switch (input.Type)
        {
            case "number" or "money":
                return CheckNumber(input, value);
            case "select":
                return input.Choices.Contains(value.ToString()) ? null : Invalid(input);
            case "texts":
                return value is JsonArray texts && texts.Count > 0 && texts.All(text => text?.ToString() is { Length: > 0 and <= 200 }) ? null : Invalid(input);
            case "items" or "needs":
                return value is JsonArray items && items.All(item => item is JsonObject o && o["id"] is not null && o["text"] is not null) ? null : Invalid(input);
            default:
                return value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length <= MaxText ? null : Invalid(input);
        }
    }

    private static Refusal? CheckNumber(TemplateInput input, JsonNode value)
    {
        if (!decimal.TryParse(value.ToString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number != decimal.Truncate(number)
            || value.GetValueKind() != JsonValueKind.Number)
        {
            return Invalid(input);
        }

        if (number < input.Minimum && input.Source["legalMinimum"] is not null)
        {
            return Refusal.Invalid("template.below-legal-minimum", input.Name, ("input", input.Name), ("minimum", (long)input.Minimum));
        }

        if (number < input.Minimum || number > input.Maximum)
        {
            return Refusal.Invalid("template.input-range", input.Name, ("input", input.Name), ("minimum", (long?)input.Minimum), ("maximum", (long?)input.Maximum));
        }

        return input.Source["odd"]?.GetValueKind() == JsonValueKind.True && number % 2 == 0
            ? Refusal.Invalid("template.input-odd", input.Name, ("input", input.Name))
            : null;
    }

    private static Refusal Invalid(TemplateInput input) => Refusal.Invalid("template.input-invalid", input.Name, ("input", input.Name));

    private static TemplateInput Read(string name, JsonObject source) => new(
        name,
        source["editor"]?.ToString() ?? "text",
        source["default"]?.DeepClone(),
        Number(source["min"]),
        Number(source["max"]),
        [.. (source["options"] as JsonArray ?? []).Select(option => option?.ToString() ?? "")],
        Texts(source["label"]),
        Texts(source["help"]),
        source.DeepClone().AsObject());

    private static decimal? Number(JsonNode? node) =>
        decimal.TryParse(node?.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Dictionary<string, string> Texts(JsonNode? node) =>
        (node as JsonObject ?? []).ToDictionary(text => text.Key, text => text.Value?.ToString() ?? "");

    private static JsonObject? Deliberation(JsonObject definition) => definition["customProperties"]?["deliberation"] as JsonObject;

    private static IEnumerable<JsonObject> Activities(JsonNode? node) => node switch
    {
        JsonObject o => Activities(o["activities"]).Prepend(o).Concat(o.Where(p => p.Key != "activities").SelectMany(p => p.Value is JsonObject { } child && child["type"] is not null ? Activities(child) : [])),
        JsonArray list => list.SelectMany(Activities),
        _ => [],
    };
}
