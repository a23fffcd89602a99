using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Expressions;

/// <summary>What an expression can see: values by name, nothing else.</summary>
internal interface IExpressionScope
{
    string InstanceId { get; }

    string? CorrelationId { get; }

    string? InstanceName { get; }

    /// <summary>The JSON of the definition, for its id and version.</summary>
    JsonObject Definition => [];

    /// <summary>A variable by name, the nearest scope first.</summary>
    bool TryGetVariable(string name, out JsonNode? value);

    /// <summary>A variable by id or, failing that, by name.</summary>
    bool TryGetVariableById(string id, out JsonNode? value);

    /// <summary>An input of the nearest workflow.</summary>
    bool TryGetInput(string name, out JsonNode? value);

    /// <summary>The last output of an activity, by output and activity name.</summary>
    bool TryGetOutput(string output, string activity, out JsonNode? value);
}

/// <summary>An expression as a definition carries it, parsed once.</summary>
internal sealed class PreparedExpression
{
    private enum Kind
    {
        Constant,
        Variable,
        Input,
        Script,
    }

    private readonly Kind kind;
    private readonly string name = "";
    private readonly Script? script;

    private PreparedExpression(Kind kind, JsonNode? constant = null, string name = "", Script? script = null)
    {
        this.kind = kind;
        Constant = Json.Held(constant);
        this.name = name;
        this.script = script;
    }

    /// <summary>Marks a constant that the input has already converted.</summary>
    public static PreparedExpression Converted { get; } = new(Kind.Constant);

    public bool IsConstant => kind == Kind.Constant;

    public JsonNode? Constant { get; }

    /// <summary>Names that a script reads, for the linter; empty for other kinds.</summary>
    public IReadOnlyList<ScriptName> Names => script?.Names ?? [];

    /// <summary>The variable that it names; null for other kinds.</summary>
    public string? VariableName => kind == Kind.Variable ? name : null;

    /// <exception cref="ExpressionException">Unknown type, or text that does not parse.</exception>
    public static PreparedExpression Of(string type, JsonNode? value) => type switch
    {
        "Literal" or "" => new(Kind.Constant, value),
        "Object" or "Json" => new(Kind.Constant, ParseJson(value)),
        "Variable" => new(Kind.Variable, name: ReferencedName(value)),
        "Input" => new(Kind.Input, name: ReferencedName(value)),
        "JavaScript" => new(Kind.Script, script: Script.Parse(Text(value))),
        _ => throw new ExpressionException($"Expressions of type '{type}' are not supported; use Literal, Object, Json, Variable, Input or JavaScript."),
    };

    /// <exception cref="ExpressionException">A name is unknown or a limit is passed.</exception>
    public JsonNode? Evaluate(IExpressionScope scope) => kind switch
    {
        Kind.Constant => Constant,
        Kind.Variable => scope.TryGetVariableById(name, out var variable) ? variable : throw new ExpressionException($"There is no variable '{name}' here."),
        Kind.Input => scope.TryGetInput(name, out var input) ? input : null,
        _ => script!.Evaluate(scope),
    };

    private static string Text(JsonNode? value) => value is JsonValue text && text.TryGetValue(out string? source) ? source : value?.ToJsonString() ?? "";

    private static JsonNode? ParseJson(JsonNode? value)
    {
        if (value is not JsonValue node || !node.TryGetValue(out string? text))
        {
            return value;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text, documentOptions: Json.DocumentOptions);
        }
        catch (System.Text.Json.JsonException exception)
        {
            throw new ExpressionException($"This is no JSON: {exception.Message}", (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1);
        }
    }

    // Elsa writes the whole variable or input, {"id","name",…}; a bare name is read too.
    private static string ReferencedName(JsonNode? value) => value switch
    {
        JsonObject reference => (string?)reference["id"] ?? (string?)reference["name"] ?? throw new ExpressionException("The reference has no name."),
        JsonValue text when text.TryGetValue(out string? name) => name,
        _ => throw new ExpressionException("The reference has no name."),
    };
}
