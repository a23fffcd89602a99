using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Process.Templates;

/// <summary>A parameter of a template that an administrator may change; stands in <c>customProperties.deliberation.inputs</c> of the definition.</summary>
/// <param name="Editor">number, money, text, longtext, select, texts, items or needs.</param>
/// <param name="Group">Stage it belongs to: plan, election, decide, build, manage, evaluate or share.</param>
/// <param name="Min">Inclusive; null = no lower bound. The same for <paramref name="Max"/>.</param>
/// <param name="IsOdd">The number must be odd.</param>
/// <param name="Options">What a select offers; empty otherwise.</param>
/// <param name="Label">By language.</param>
/// <param name="Help">By language.</param>
public sealed record TemplateInput(
    string Name,
    string Editor,
    string Group,
    JsonNode? Default,
    long? Min,
    long? Max,
    bool IsRequired,
    bool IsOdd,
    IReadOnlyList<string> Options,
    IReadOnlyDictionary<string, string> Label,
    IReadOnlyDictionary<string, string> Help)
{
    /// <summary>The parameters of a definition, in their order; empty when it declares none.</summary>
    public static IReadOnlyList<TemplateInput> Of(WorkflowDefinition definition) =>
        definition.Source["customProperties"]?["deliberation"]?["inputs"] is JsonObject inputs
            ? [.. inputs.Where(input => input.Value is JsonObject).Select(input => Read(input.Key, (JsonObject)input.Value!))]
            : [];

    /// <summary>The defaults of a definition, with the given values in their place.</summary>
    public static JsonObject WithDefaults(WorkflowDefinition definition, JsonObject? values = null)
    {
        var result = new JsonObject();
        foreach (var input in Of(definition))
        {
            result[input.Name] = input.Default?.DeepClone();
        }

        foreach (var (name, value) in values ?? [])
        {
            result[name] = value?.DeepClone();
        }

        return result;
    }

    private static TemplateInput Read(string name, JsonObject input) => new(
        name,
        input["editor"]?.GetValue<string>() ?? "text",
        input["group"]?.GetValue<string>() ?? "",
        input["default"]?.DeepClone(),
        input["min"].AsWhole(),
        input["max"].AsWhole(),
        input["required"]?.GetValue<bool>() ?? true,
        input["odd"]?.GetValue<bool>() ?? false,
        [.. (input["options"] as JsonArray ?? []).Select(option => option!.ToString())],
        Words(input["label"]),
        Words(input["help"]));

    private static Dictionary<string, string> Words(JsonNode? texts) =>
        (texts as JsonObject ?? []).ToDictionary(text => text.Key, text => text.Value?.ToString() ?? "");
}
