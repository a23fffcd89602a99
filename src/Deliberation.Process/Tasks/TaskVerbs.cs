using System.Text.Json.Nodes;

namespace Deliberation.Process.Tasks;

/// <summary>What people may do with a task besides doing it. A template's step may narrow it: its form's <c>"verbs": ["Transfer", "Urge"]</c>.</summary>
public static class TaskVerbs
{
    /// <summary>转办: hand on.</summary>
    public const string Transfer = nameof(Transfer);

    /// <summary>催办: ask to hurry.</summary>
    public const string Urge = nameof(Urge);

    /// <summary>抄送: keep a colleague informed.</summary>
    public const string Copy = nameof(Copy);

    public static IReadOnlyList<string> All { get; } = [Transfer, Urge, Copy];

    /// <summary>The verbs of a task: those that its form names, else all.</summary>
    public static IReadOnlyList<string> Of(JsonObject form) =>
        form["verbs"] is JsonArray named ? [.. All.Where(verb => named.Any(name => name?.ToString() == verb))] : All;

    /// <summary>Whether the task's period is fixed by law (filing for the record, or a form that says <c>"legal": true</c>): nobody extends it.</summary>
    public static bool IsLegalPeriod(string kind, JsonObject form) =>
        kind == "Filing" || (form["legal"] is JsonValue legal && legal.TryGetValue(out bool isLegal) && isLegal);
}
