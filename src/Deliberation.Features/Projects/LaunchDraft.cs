using System.Text.Json.Nodes;

namespace Deliberation.Features.Projects;

/// <summary>The six parts of the launch wizard, in order. The name of a part is its key in the draft.</summary>
public static class LaunchParts
{
    /// <summary><c>{"templateId"}</c></summary>
    public const string Template = "template";

    /// <summary><c>{"title","summary","site","whoBenefits"}</c></summary>
    public const string What = "what";

    /// <summary><c>{"rollScope"}</c> and inputs about the roll.</summary>
    public const string Roll = "roll";

    /// <summary>Inputs about rules, by input name.</summary>
    public const string Rules = "rules";

    /// <summary><c>{"startsOn"}</c> and inputs about durations.</summary>
    public const string Calendar = "calendar";

    /// <summary>Confirmation that posts are filled: <c>{"confirmed":true}</c>.</summary>
    public const string People = "people";

    public static IReadOnlyList<string> All { get; } = [Template, What, Roll, Rules, Calendar, People];
}

/// <summary>A launch that is being prepared.</summary>
/// <param name="Parts">Answers by part.</param>
/// <param name="Version">Counts saves; send it back with the next one.</param>
public sealed record LaunchDraft(
    Guid DraftId,
    string? TemplateId,
    IReadOnlyDictionary<string, JsonObject> Parts,
    int Version,
    DateTimeOffset SavedAt,
    Guid? LaunchedProjectId)
{
    public bool IsComplete => LaunchParts.All.All(Parts.ContainsKey);

    public LaunchForm ToForm() => LaunchForm.FromParts(TemplateId ?? "", Parts);
}

/// <summary>All that a launch needs.</summary>
/// <param name="Inputs">Workflow inputs by name; inputs left out take the template's defaults.</param>
/// <param name="StartsOn">First day, in the community's time zone; null = today.</param>
public sealed record LaunchForm(
    string TemplateId,
    string Title,
    string Summary,
    string Site,
    string WhoBenefits,
    JsonObject Inputs,
    DateOnly? StartsOn)
{
    private static readonly HashSet<string> OwnFields = ["templateId", "title", "summary", "site", "whoBenefits", "startsOn", "confirmed"];

    /// <summary>Everything in the parts that is not a field of the form itself is a workflow input.</summary>
    public static LaunchForm FromParts(string templateId, IReadOnlyDictionary<string, JsonObject> parts)
    {
        var inputs = new JsonObject();
        foreach (var (name, value) in parts.Values.SelectMany(part => part))
        {
            if (!OwnFields.Contains(name))
            {
                inputs[name] = value?.DeepClone();
            }
        }

        string Text(string part, string name) => parts.GetValueOrDefault(part)?[name]?.ToString() ?? "";
        return new LaunchForm(
            templateId,
            Text(LaunchParts.What, "title"),
            Text(LaunchParts.What, "summary"),
            Text(LaunchParts.What, "site"),
            Text(LaunchParts.What, "whoBenefits"),
            inputs,
            DateOnly.TryParseExact(Text(LaunchParts.Calendar, "startsOn"), "yyyy-MM-dd", out var day) ? day : null);
    }
}
