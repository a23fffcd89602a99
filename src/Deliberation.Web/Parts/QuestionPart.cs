using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Templates;
using Deliberation.Web.Language;

namespace Deliberation.Web.Parts;

/// <summary>Model of <c>_Question</c>: one field of a form that is described by data, a template's input or a task's form.</summary>
/// <param name="Type">text, longtext, number, money, boolean, date, choice, list, photo, checklist, residents, options or needs.</param>
/// <param name="Value">As typed, or the default, in the words of the form.</param>
/// <param name="Items">Value and words of each choice, item of a checklist, or kind of need.</param>
/// <param name="Known">What stands there now: lines of options and needs that keep their words keep their ids.</param>
public sealed record QuestionPart(
    string Name,
    string Type,
    string Label,
    string? Hint,
    string? Value,
    bool IsRequired,
    IReadOnlyList<(string Value, string Text)> Items,
    decimal? Minimum = null,
    decimal? Maximum = null,
    JsonArray? Known = null)
{
    private static readonly string[] NeedKinds = ["Money", "Goods", "Labour", "Space", "Vacate", "Demolish"];

    /// <param name="value">Present value; the template's default when null.</param>
    public static QuestionPart Of(TemplateInput input, ITexts texts, JsonNode? value)
    {
        var type = input.Source["editor"]?.ToString() switch
        {
            "longtext" => "longtext", "money" => "money", "texts" => "list", "items" => "options", "needs" => "needs", "select" => "choice", _ => input.Type,
        };
        IReadOnlyList<(string, string)> items = type == "needs"
            ? [.. NeedKinds.Select(kind => (kind, texts[$"pledge-kind.{kind}"]))]
            : [.. input.Choices.Select(choice => (choice, ChoiceText(input, choice, texts)))];
        return new QuestionPart(
            input.Name, type, Say(input.Label, texts.Language, input.Name), Say(input.Help, texts.Language, null),
            Typed(type, value ?? input.Default, items), false, items, input.Minimum, input.Maximum, (value ?? input.Default) as JsonArray);
    }

    /// <param name="answer">As stored.</param>
    public static QuestionPart Of(JsonObject field, string language, JsonNode? answer)
    {
        var question = Of(field, language, (string?)null);
        return question with { Value = Typed(question.Type, answer, question.Items) };
    }

    public static QuestionPart Of(JsonObject field, string language, string? typed) => new(
        field["name"]!.GetValue<string>(),
        field["type"]?.GetValue<string>() switch { null => "text", "options" when field["items"] is JsonArray { Count: > 0 } => "checklist", var type => type },
        Say(field["label"], language) ?? field["name"]!.GetValue<string>(),
        Say(field["help"], language),
        typed,
        field["required"]?.GetValue<bool>() ?? false,
        [.. (field["items"] as JsonArray ?? []).Select(item => Item(item, language))]);

    /// <summary>The typed words as JSON; null when empty.</summary>
    /// <returns>Or <c>form.malformed</c>, <c>form.not-a-number</c>, <c>form.out-of-bounds</c> at this field.</returns>
    public Result<JsonNode?> Read(IReadOnlyList<string> typed)
    {
        var text = typed.Count > 0 ? typed[0].Trim() : "";
        switch (Type)
        {
            case "boolean":
                return (JsonNode?)JsonValue.Create(text is "true" or "on");
            case "checklist":
                return typed.Count == 0 ? (JsonNode?)null : new JsonArray([.. typed.Select(t => (JsonNode?)JsonValue.Create(t))]);
            case "list":
                return text.Length == 0 ? (JsonNode?)null : ReadList(text);
            case "options":
                return text.Length == 0 ? (JsonNode?)null : ReadOptions(text);
            case "needs":
                return text.Length == 0 ? (JsonNode?)null : ReadNeeds(text);
            case var _ when text.Length == 0:
                return (JsonNode?)null;
            case "number":
                return decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
                    ? number < Minimum || number > Maximum
                        ? Refusal.Invalid("form.out-of-bounds", Name, ("least", Words(Minimum)), ("most", Words(Maximum)))
                        : (JsonNode?)(number == decimal.Truncate(number) ? JsonValue.Create((long)number) : JsonValue.Create(number))
                    : Refusal.Invalid("form.not-a-number", Name);
            case "money":
                return ReadFen(text) is { } fen && fen >= (Minimum ?? 0) && fen <= (Maximum ?? long.MaxValue) ? (JsonNode?)JsonValue.Create(fen) : Refusal.Invalid("form.not-money", Name);
            case "date":
                return DateOnly.TryParseExact(text, "yyyy-MM-dd", out _) ? (JsonNode?)JsonValue.Create(text) : Refusal.Invalid("form.not-a-day", Name);
            default:
                return (JsonNode?)JsonValue.Create(text);
        }
    }

    /// <summary>The reason with the field's name before it: the summary on top stands far from the field.</summary>
    public string Why(ITexts texts, Refusal reason) => texts.Get("form.named", new { field = Label, why = texts.Why(reason) });

    /// <summary>The answer as people read it.</summary>
    public string Said(ITexts texts) => Type switch
    {
        _ when string.IsNullOrEmpty(Value) => "",
        "money" when ReadFen(Value) is { } fen => texts.Format.Money(fen),
        "date" when DateOnly.TryParseExact(Value, "yyyy-MM-dd", out var day) => texts.Format.LongDate(day),
        "boolean" => texts[Value == "true" ? "question.yes" : "question.no"],
        "text" or "longtext" => Value,
        _ => string.Join(texts["format.listSeparator"], Value.Split('\n').Select(value => Items.FirstOrDefault(item => item.Value == value).Text ?? value)),
    };

    /// <summary>Yuan with at most two places, as whole fen; null when it is no such amount.</summary>
    public static long? ReadFen(string text) =>
        decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var yuan)
            && yuan is >= 0 and <= 10_000_000_000m && decimal.Round(yuan, 2) == yuan
            ? (long)(yuan * 100)
            : null;

    private static JsonArray ReadList(string text) =>
        new([.. text.Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? (JsonNode?)JsonValue.Create(whole) : JsonValue.Create(part))]);

    /// <summary>One option a line; behind a bar its cost in yuan.</summary>
    private Result<JsonNode?> ReadOptions(string text)
    {
        var options = new JsonArray();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split('|', 2, StringSplitOptions.TrimEntries);
            var option = new JsonObject { ["id"] = KnownId(parts[0]) ?? $"o{options.Count + 1}", ["text"] = parts[0] };
            if (parts.Length == 2)
            {
                if (ReadFen(parts[1]) is not { } fen)
                {
                    return Refusal.Invalid("form.not-money", Name);
                }

                option["costFen"] = fen;
            }

            options.Add(option);
        }

        return (JsonNode?)options;
    }

    /// <summary>One need a line: kind, words, quantity, with bars between.</summary>
    private Result<JsonNode?> ReadNeeds(string text)
    {
        var needs = new JsonArray();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split('|', StringSplitOptions.TrimEntries);
            var kind = parts.Length == 3 ? Items.FirstOrDefault(item => item.Text == parts[0] || item.Value == parts[0]).Value : null;
            long? quantity = kind is null ? null
                : kind == "Money" ? ReadFen(parts[2])
                : long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole : null;
            if (quantity is not > 0)
            {
                return Refusal.Invalid("form.not-a-need", Name, ("line", line));
            }

            needs.Add(new JsonObject { ["id"] = KnownId(parts[1]) ?? $"n{needs.Count + 1}", ["kind"] = kind, ["text"] = parts[1], ["quantity"] = quantity });
        }

        return (JsonNode?)needs;
    }

    private string? KnownId(string words) =>
        Known?.OfType<JsonObject>().FirstOrDefault(item => item["text"]?.ToString() == words)?["id"]?.ToString();

    private static string? Typed(string type, JsonNode? value, IReadOnlyList<(string Value, string Text)> items) => value switch
    {
        null => null,
        JsonArray list when type is "list" or "checklist" or "residents" => string.Join('\n', list.Select(item => item?.ToString())),
        JsonArray list when type == "options" => string.Join('\n', list.OfType<JsonObject>().Select(item =>
            item["costFen"] is { } cost ? $"{item["text"]} | {Yuan((long)cost)}" : $"{item["text"]}")),
        JsonArray list when type == "needs" => string.Join('\n', list.OfType<JsonObject>().Select(need =>
            $"{items.FirstOrDefault(item => item.Value == need["kind"]?.ToString()).Text} | {need["text"]} | {(need["kind"]?.ToString() == "Money" ? Yuan((long)need["quantity"]!) : need["quantity"])}")),
        JsonValue fen when type == "money" && fen.TryGetValue<long>(out var amount) => Yuan(amount),
        JsonValue flag when type == "boolean" => flag.ToString().ToLowerInvariant(),
        _ => value.ToString(),
    };

    private static (string, string) Item(JsonNode? item, string language) => item switch
    {
        JsonObject named when (named["value"] ?? named["name"] ?? named["id"])?.ToString() is { } value => (value, Say(named["label"] ?? named["text"], language) ?? value),
        null => ("", ""),
        _ => (item.ToString(), item.ToString()),
    };

    private static string Yuan(long fen) => (fen / 100m).ToString("0.##", CultureInfo.InvariantCulture);

    private static string? Words(decimal? bound) => bound?.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Say(IReadOnlyDictionary<string, string> texts, string language, string? without) =>
        texts.GetValueOrDefault(language) ?? texts.GetValueOrDefault("zh-Hans") ?? without ?? "";

    private static string? Say(JsonNode? text, string language) => text switch
    {
        JsonObject byLanguage => (byLanguage[language] ?? byLanguage["zh-Hans"])?.ToString(),
        _ => text?.ToString(),
    };

    /// <summary>The template's own words for a choice, else ours, else the choice itself.</summary>
    private static string ChoiceText(TemplateInput input, string choice, ITexts texts)
    {
        var own = (input.Source["options"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(o => o["value"]?.ToString() == choice);
        return Say(own?["label"] ?? own?["text"], texts.Language) ?? (texts.Has($"choice.{choice}") ? texts[$"choice.{choice}"] : choice);
    }
}
