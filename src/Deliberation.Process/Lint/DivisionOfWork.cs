using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Process.Templates;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Process.Lint;

/// <summary>Who does what in a task (责任分工).</summary>
/// <param name="Task">Title of the step.</param>
/// <param name="Responsible">The one post that answers for it; null when an expression names it.</param>
/// <param name="Support">Posts that help: the task stands among those of their post.</param>
/// <param name="Inform">Posts that are told when it begins.</param>
public sealed record WorkShare(string Task, string? Responsible, IReadOnlyList<string> Support, IReadOnlyList<string> Inform);

/// <summary>
/// The responsibility matrix of a template: each human task names exactly one responsible post in <c>post</c>; its form may name <c>"support"</c> and <c>"inform"</c>, lists of posts.
/// No definition is published without it.
/// </summary>
public static class DivisionOfWork
{
    private static readonly HashSet<string> Human =
    [
        "Deliberation.AssignTask", "Deliberation.BuildTask", "Deliberation.Checkpoint", "Deliberation.Inspect",
        "Deliberation.ApplyForGrant", "Deliberation.FileForRecord", "Deliberation.DraftCovenant",
    ];

    /// <summary>Whether somebody does it.</summary>
    public static bool IsHuman(string type) => Human.Contains(type);

    /// <summary>Posts that a task's form names under <c>support</c> or <c>inform</c>; none when it names none.</summary>
    public static IReadOnlyList<string> Named(JsonObject? form, string role) =>
        form?[role] is JsonArray posts ? [.. posts.Select(post => post?.ToString() ?? "")] : [];

    /// <summary>One line a human task, in the order of the drawing.</summary>
    public static IReadOnlyList<WorkShare> Matrix(JsonNode? root) =>
        [.. Tasks(root).Select(task => new WorkShare(TitleOf(task.Activity), PostOf(task.Activity), Named(FormOf(task.Activity), "support"), Named(FormOf(task.Activity), "inform")))];

    /// <summary>Errors that name the task: no responsible post, several, a post in two roles, a list that is none.</summary>
    public static IReadOnlyList<LintMessage> Check(WorkflowDefinition definition) => [.. Tasks(definition.Source["root"]).SelectMany(task => Faults(task.Activity, task.Path))];

    /// <summary>Title of the first task whose roles are wrong; null when none is.</summary>
    public static string? FirstFault(JsonNode? root) =>
        Tasks(root).Where(task => Faults(task.Activity, task.Path).Any()).Select(task => TitleOf(task.Activity)).FirstOrDefault();

    private static IEnumerable<LintMessage> Faults(JsonObject activity, string path)
    {
        var (title, post) = (TitleOf(activity), PostOf(activity));
        if (post is null && !IsComputed(activity["post"]))
        {
            yield return Error(path + ".post", "task.post-missing", $"The task '{title}' names no post: exactly one answers for it.");
        }
        else if (post is not null && !post.All(char.IsAsciiLetterOrDigit))
        {
            yield return Error(path + ".post", "task.post-several", $"The task '{title}' names '{post}' as responsible: exactly one post answers for it; others support it or are informed.");
        }

        var form = FormOf(activity);
        foreach (var role in new[] { "support", "inform" })
        {
            if (form?[role] is { } named && (named is not JsonArray || Named(form, role).Any(other => other.Length == 0 || !other.All(char.IsAsciiLetterOrDigit))))
            {
                yield return Error($"{path}.form.{role}", "task.role-invalid", $"The task '{title}' must name its '{role}' as a list of posts.");
            }
        }

        foreach (var twice in Named(form, "support").Concat(Named(form, "inform")).Append(post ?? "").Where(other => other.Length > 0).GroupBy(other => other).Where(group => group.Count() > 1))
        {
            yield return Error(path + ".form", "task.role-twice", $"The task '{title}' names '{twice.Key}' twice: a post has one role.");
        }
    }

    private static IEnumerable<(JsonObject Activity, string Path)> Tasks(JsonNode? root, string path = "$.root")
    {
        if (root is not JsonObject activity)
        {
            yield break;
        }

        if (IsHuman(activity["type"]?.ToString() ?? ""))
        {
            yield return (activity, path);
        }

        foreach (var (name, value) in activity)
        {
            var children = value switch
            {
                JsonArray list => list.Select((child, index) => (Child: child, At: FormattableString.Invariant($"{path}.{name}[{index}]"))),
                JsonObject { } inner when inner["type"] is JsonValue => [(inner, $"{path}.{name}")],
                _ => [],
            };
            foreach (var found in children.SelectMany(child => Tasks(child.Child, child.At)))
            {
                yield return found;
            }
        }
    }

    private static string TitleOf(JsonObject activity) =>
        Written(activity["title"]) ?? activity["metadata"]?["displayText"]?.ToString() ?? activity["id"]?.ToString() ?? "";

    private static string? PostOf(JsonObject activity) => Written(activity["post"]);

    /// <summary>What an input says that is written out: a plain value, or a literal.</summary>
    private static string? Written(JsonNode? input) => input switch
    {
        JsonValue plain when !string.IsNullOrWhiteSpace(plain.ToString()) => plain.ToString(),
        JsonArray several => string.Join(", ", several.Select(one => one?.ToString())),
        JsonObject wrapper when wrapper["expression"] is JsonObject expression && !IsComputed(input) => Written(expression["value"]),
        _ => null,
    };

    private static bool IsComputed(JsonNode? input) =>
        (input as JsonObject)?["expression"] is JsonObject expression && expression["type"]?.ToString() is not (null or "Literal" or "Object" or "Json")
        && !string.IsNullOrWhiteSpace(expression["value"]?.ToString());

    private static JsonObject? FormOf(JsonObject activity)
    {
        try
        {
            return activity["form"] switch
            {
                JsonObject plain when plain["expression"] is null => plain,
                JsonObject wrapper when !IsComputed(wrapper) => wrapper["expression"]!["value"] switch
                {
                    JsonObject form => form,
                    JsonValue text when text.TryGetValue<string>(out var json) => JsonNode.Parse(json) as JsonObject,
                    _ => null,
                },
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null; // the reader has said so
        }
    }

    private static LintMessage Error(string path, string code, string message) => new(path, 1, 1, code, message, LintSeverity.Error);
}
