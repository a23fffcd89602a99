using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Domain;

namespace Deliberation.Features.Tasks;

/// <summary>Checks what a person filled in against what the form asks.</summary>
internal static class TaskForm
{
    private const int MaxText = 4000;

    /// <returns>The first fault, with its field; null when there is none.</returns>
    public static Refusal? Check(JsonObject form, JsonObject data)
    {
        var fields = (form["fields"] as JsonArray ?? []).OfType<JsonObject>().ToDictionary(field => field["name"]!.ToString());
        foreach (var (name, _) in data)
        {
            if (!fields.ContainsKey(name))
            {
                return Refusal.Invalid("task.field-unknown", name, ("field", name));
            }
        }

        foreach (var (name, field) in fields)
        {
            var value = data[name];
            if (IsEmpty(value))
            {
                if (field["required"]?.GetValue<bool>() is true)
                {
                    return Refusal.Invalid("task.field-required", name, ("field", name));
                }
            }
            else if (!IsValid(field, value!))
            {
                return Refusal.Invalid("task.field-invalid", name, ("field", name));
            }
        }

        return null;
    }

    /// <summary>The same form with nothing required.</summary>
    public static JsonObject Relaxed(JsonObject form)
    {
        var relaxed = form.DeepClone().AsObject();
        foreach (var field in (relaxed["fields"] as JsonArray ?? []).OfType<JsonObject>())
        {
            field["required"] = false;
        }

        return relaxed;
    }

    private static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonArray list => list.Count == 0,
        JsonValue text when text.GetValueKind() == JsonValueKind.String => string.IsNullOrWhiteSpace(text.GetValue<string>()),
        _ => false,
    };

    private static bool IsValid(JsonObject field, JsonNode value) => field["type"]?.ToString() switch
    {
        "number" => Number(value) is not null,
        "money" => Number(value) is { } fen && fen >= 0 && fen == decimal.Truncate(fen), // whole fen
        "date" => DateOnly.TryParseExact(value.ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "checklist" => IsChecklist(field, value),
        "residents" => value is JsonArray residents && residents.All(id => Guid.TryParse(id?.ToString(), out _)),
        "options" => IsOption(field, value),
        _ => value is JsonValue or JsonArray && value.ToJsonString().Length <= MaxText,
    };

    private static decimal? Number(JsonNode value) =>
        decimal.TryParse(value.ToString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A required checklist is done only with every item ticked.</summary>
    private static bool IsChecklist(JsonObject field, JsonNode value) =>
        value is JsonArray ticked
        && ticked.All(item => Items(field).Contains(item?.ToString() ?? ""))
        && (field["required"]?.GetValue<bool>() is not true || Items(field).All(item => ticked.Any(t => t?.ToString() == item)));

    /// <summary>Without items the person writes the options: <c>[{"id","text","costFen"}]</c>.</summary>
    private static bool IsOption(JsonObject field, JsonNode value)
    {
        var items = Items(field);
        return items.Count == 0
            ? value is JsonArray written && written.All(option => option is JsonObject o && !IsEmpty(o["id"]) && !IsEmpty(o["text"]))
            : value is JsonArray chosen ? chosen.All(option => items.Contains(option?.ToString() ?? "")) : items.Contains(value.ToString());
    }

    private static HashSet<string> Items(JsonObject field) =>
        [.. (field["items"] as JsonArray ?? []).Select(item => item is JsonObject o ? (o["id"] ?? o["name"])?.ToString() ?? "" : item?.ToString() ?? "")];
}
