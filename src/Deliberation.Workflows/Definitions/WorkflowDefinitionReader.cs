using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Definitions;

/// <summary>Reads Elsa 3 definitions. Unknown properties stay in <see cref="WorkflowDefinition.Source"/>.</summary>
public static class WorkflowDefinitionReader
{
    /// <summary>Longest text that is read, in UTF-16 units: some 1,700 activities with their places in the designer.</summary>
    public const int MaxLength = 1 << 20;

    private const int MostMessages = 200; // nobody reads more, and a hostile text would have one for each of its characters

    /// <summary>Reads and checks a definition. Whatever the text is, this ends in less than a second.</summary>
    /// <param name="resolver">Finds workflows used as activities; without it such activities are unknown types.</param>
    /// <returns>The definition, null when the text is no workflow definition at all; and everything wrong with it, in the order of the text.</returns>
    public static (WorkflowDefinition? Definition, IReadOnlyList<LintMessage> Messages) Read(string json, ActivityRegistry registry, WorkflowResolver? resolver = null)
    {
        if (json.Length > MaxLength)
        {
            return (null, [new LintMessage("$", 1, 1, "definition.too-large", $"The definition has {json.Length} characters; at most {MaxLength} are read.", LintSeverity.Error)]);
        }

        var text = json.TrimStart('\uFEFF');
        JsonNode? parsed;
        try
        {
            parsed = JsonNode.Parse(text, documentOptions: Json.DocumentOptions);
        }
        catch (JsonException exception)
        {
            return (null, [new LintMessage(exception.Path ?? "$", (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1, "json.invalid", exception.Message, LintSeverity.Error)]);
        }

        if (HasNoText(text))
        {
            return (null, [new LintMessage("$", 1, 1, "json.invalid", "A text of the definition has half a character (a lone surrogate) or a null character.", LintSeverity.Error)]);
        }

        if (parsed is not JsonObject source || source["root"] is not JsonObject)
        {
            return (null, [new LintMessage("$", 1, 1, "definition.invalid", "This is no workflow definition: it has no root activity.", LintSeverity.Error)]);
        }

        var definition = Describe(source);
        var sink = new LintSink();
        var compiled = WorkflowCompiler.Compile(definition, registry, resolver, sink);
        if (resolver is null)
        {
            definition.Keep(compiled); // with others at hand it is put together when it runs: more of them may be known by then
        }

        NameLint.Check(compiled, sink);
        if (sink.Found.Count == 0)
        {
            return (definition, []);
        }

        var places = new JsonPlaces(text);
        return (definition,
        [
            .. sink.Found.OrderBy(found => !found.Code.StartsWith("definition.", StringComparison.Ordinal)).Take(MostMessages)
                .Select(found => (found, place: places.Of(found.Path)))
                .Select(item => new LintMessage(item.found.Path, item.place.Line, item.place.Column, item.found.Code, item.found.Message, item.found.Severity))
                .OrderBy(message => message.Line).ThenBy(message => message.Column),
        ]);
    }

    /// <summary>A definition from JSON that is stored already; not checked again.</summary>
    public static WorkflowDefinition FromSource(JsonObject source) => Describe(source);

    /// <summary>JSON allows <c>\ud800</c> and <c>\u0000</c>; no text that people read has them. Whoever reads the first as one throws, and so does PostgreSQL for the second.</summary>
    private static bool HasNoText(string text)
    {
        if (!text.Contains("\\ud", StringComparison.OrdinalIgnoreCase) && !text.Contains("\\u0000", StringComparison.Ordinal))
        {
            return false;
        }

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), Json.ReaderOptions);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.GetString()!.Contains('\0', StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static WorkflowDefinition Describe(JsonObject source)
    {
        var definitionId = WorkflowCompiler.Text(source["definitionId"]) ?? WorkflowCompiler.Text(source["id"]) ?? "";
        return new WorkflowDefinition
        {
            Id = WorkflowCompiler.Text(source["id"]) ?? definitionId,
            DefinitionId = definitionId,
            Name = WorkflowCompiler.Text(source["name"]) ?? definitionId,
            Version = source["version"] is JsonValue version && version.TryGetValue(out int number) ? number : 1,
            Source = source,
        };
    }
}
