using System.Globalization;
using System.Text.Json.Nodes;
using AngleSharp.Html.Dom;

namespace Deliberation.Testing;

/// <summary>Fills a task's form with plausible answers, by the kind of each field.</summary>
internal static class TaskFilling
{
    /// <param name="fields">The form's fields as stored with the task: name, type, items.</param>
    /// <param name="own">What a test wants in a field, as typed; null = whatever is plausible.</param>
    /// <param name="nominees">Lines of door and name, for a field that asks for people.</param>
    public static void FillIn(IHtmlFormElement form, string fields, DateTimeOffset now, Func<string, string[]?> own, string nominees)
    {
        foreach (var field in (JsonNode.Parse(fields)!["fields"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var name = field["name"]!.ToString();
            if ((own(name) ?? Plausible(form, field, now, nominees)) is { } typed)
            {
                form.Fill(name, typed);
            }
        }
    }

    /// <returns>Null where the page's own suggestion stands.</returns>
    private static string[]? Plausible(IHtmlFormElement form, JsonObject field, DateTimeOffset now, string nominees)
    {
        var boxes = form.Controls(field["name"]!.ToString()).OfType<IHtmlInputElement>().Where(control => control.Type == "checkbox").ToList();
        return field["type"]!.ToString() switch
        {
            "residents" when boxes.Count > 0 => null, // those who were named before are ticked already
            _ when boxes.Count > 0 => [.. boxes.Select(box => box.Value)],
            "residents" => [nominees],
            "number" => ["3"],
            "money" => ["1000"],
            "date" => [now.AddDays(90).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)],
            "options" => ["Lamps | 5000\nRamp | 3000"],
            "choice" => null,
            "boolean" => ["true"],
            _ => ["ok"],
        };
    }
}
