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

    /// <summary>加签: have somebody sign as well.</summary>
    public const string Sign = nameof(Sign);

    /// <summary>退回: send back to an earlier step.</summary>
    public const string SendBack = nameof(SendBack);

    /// <summary>撤回: take back what one has just done.</summary>
    public const string Recall = nameof(Recall);

    public static IReadOnlyList<string> All { get; } = [Transfer, Urge, Copy, Sign, SendBack, Recall];

    /// <summary>The verbs of a task: those that its form names, else all.</summary>
    public static IReadOnlyList<string> Of(JsonObject form) =>
        form["verbs"] is JsonArray named ? [.. All.Where(verb => named.Any(name => name?.ToString() == verb))] : All;

    /// <summary>Whether the task's period is fixed by law (filing for the record, or a form that says <c>"legal": true</c>): nobody extends it.</summary>
    public static bool IsLegalPeriod(string kind, JsonObject form) =>
        kind == "Filing" || (form["legal"] is JsonValue legal && legal.TryGetValue(out bool isLegal) && isLegal);
}
