using System.Text.Json;
using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Activities;

/// <summary>Elsa's short names of types, as they stand in <c>typeName</c>.</summary>
internal static class TypeAliases
{
    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(string)] = "String",
        [typeof(bool)] = "Boolean",
        [typeof(short)] = "Int16",
        [typeof(int)] = "Int32",
        [typeof(long)] = "Int64",
        [typeof(float)] = "Single",
        [typeof(double)] = "Double",
        [typeof(decimal)] = "Decimal",
        [typeof(Guid)] = "Guid",
        [typeof(DateTime)] = "DateTime",
        [typeof(DateTimeOffset)] = "DateTimeOffset",
        [typeof(TimeSpan)] = "TimeSpan",
        [typeof(JsonElement)] = "JsonElement",
        [typeof(JsonNode)] = "JsonNode",
        [typeof(JsonObject)] = "JsonObject",
        [typeof(JsonArray)] = "JsonArray",
    };

    private static readonly Dictionary<string, Type> Types = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.OrdinalIgnoreCase);

    public static string Of(Type type) =>
        Names.GetValueOrDefault(Nullable.GetUnderlyingType(type) ?? type)
        ?? (ElementOf(type) is { } element && Names.TryGetValue(element, out var name) ? name + "[]" : "Object");

    /// <summary>The type behind an alias; null for aliases that keep a value as it is (<c>Object</c>, <c>JSON</c>, unknown ones).</summary>
    public static Type? Find(string? alias) => alias is null ? null : Types.GetValueOrDefault(alias);

    /// <summary>The alias behind a name of .NET, with or without its assembly: <c>System.Int32, System.Private.CoreLib</c> is <c>Int32</c>. Aliases stay as they are.</summary>
    public static string? Normal(string? name)
    {
        if (name is null || !name.StartsWith("System.", StringComparison.Ordinal))
        {
            return name == "Long" ? "Int64" : name;
        }

        if (name.IndexOf("[[", StringComparison.Ordinal) is var start and > 0)
        {
            var elements = name[(start + 2)..].Split("],[").Select(element => Normal(element.TrimEnd(']'))).ToList();
            return elements is [var only] ? only + "[]" : elements is ["String", "String"] ? "StringDictionary" : "ObjectDictionary";
        }

        var full = name.Split(',')[0].Trim();
        return full == "System.Dynamic.ExpandoObject" ? "JSON" : full[(full.LastIndexOf('.') + 1)..];
    }

    private static Type? ElementOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericArguments() is [var element] ? element
        : null;
}
