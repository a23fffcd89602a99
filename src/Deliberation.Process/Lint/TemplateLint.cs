using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deliberation.Domain.Ballots;
using Deliberation.Process.Tasks;
using Deliberation.Process.Templates;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Process.Lint;

/// <summary>What is wrong with a template beyond the format: ways that lead nowhere, work without a post, parameters without words.</summary>
public static partial class TemplateLint
{
    /// <summary>Bounds of windows in days, inclusive, where a definition writes a number (domain: timers).</summary>
    private static readonly Dictionary<string, (int Least, int Most)> Windows = new()
    {
        ["Deliberation.PublishNotice"] = (3, 60),
        ["Deliberation.OpenBallot"] = (1, 60),
        ["Deliberation.RunElection"] = (1, 60),
        ["Deliberation.CollectPledges"] = (3, 60),
        ["Deliberation.CollectEvaluations"] = (3, 30),
    };

    /// <summary>Everything found; the place is the JSON path, line and column are 1 where the text is not at hand.</summary>
    public static IReadOnlyList<LintMessage> Check(WorkflowDefinition definition, ActivityRegistry registry)
    {
        var found = new List<LintMessage>();
        if (!IsOurs(definition))
        {
            return found;
        }

        foreach (var (chart, path) in TemplateGraph.Flowcharts(definition))
        {
            CheckChart(chart, path, registry, found);
        }

        found.AddRange(DivisionOfWork.Check(definition));
        CheckInputs(definition, found);
        return found;
    }

    /// <summary>A definition of another product keeps its own manners.</summary>
    private static bool IsOurs(WorkflowDefinition definition) =>
        definition.Source["customProperties"]?["deliberation"] is not null
        || TemplateGraph.Activities(definition).Any(activity => activity["type"]?.ToString().StartsWith("Deliberation.", StringComparison.Ordinal) == true);

    private static void CheckChart(JsonObject chart, string path, ActivityRegistry registry, List<LintMessage> found)
    {
        var connections = TemplateGraph.Connections(chart).ToList();
        var activities = TemplateGraph.Children(chart).Select((activity, index) => (
            Activity: activity,
            Id: activity["id"]?.ToString() ?? "",
            Type: activity["type"]?.ToString() ?? "",
            Path: FormattableString.Invariant($"{path}.activities[{index}]"))).ToList();
        var reached = Reach(activities.Select(item => item.Id).ToList(), connections, chart["start"]?.ToString());

        foreach (var (activity, id, type, place) in activities)
        {
            if (!reached.Contains(id))
            {
                found.Add(Error(place, "activity.unreachable", $"No way leads from the start to '{id}'."));
            }

            if (registry.Find(type) is not { } descriptor)
            {
                continue; // the reader has said so
            }

            if (type is "Elsa.FlowJoin" && activity["mode"]?["expression"]?["value"]?.ToString() is "WaitAll")
            {
                // WaitAll wants every way followed, and an activity leaves by one port only.
                found.AddRange(connections.Where(connection => connection.Target == id).GroupBy(connection => connection.Source)
                    .Where(ways => ways.Count() > 1 && registry.Find(TypeOf(activities, ways.Key)) is { Outcomes.Count: > 1 })
                    .Select(ways => Error(place, "join.never", $"'{id}' waits for every port of '{ways.Key}', which leaves by one; use WaitAllActive.")));
            }

            CheckPorts(activity, id, descriptor, connections, place, found);
            CheckWork(activity, id, type, place, found);
            CheckRule(activity, id, type, place, found);
        }
    }

    /// <summary>A rule written out is checked whole; of one that an expression makes, its name. A ballot checks its rule again when it opens.</summary>
    private static void CheckRule(JsonObject activity, string id, string type, string place, List<LintMessage> found)
    {
        if (type is not ("Deliberation.OpenBallot" or "Deliberation.RunElection"))
        {
            found.AddRange(RuleNames(activity["input"]).Select(name => Error(place + ".input", "ballot.rule-unknown", $"'{id}' hands on the rule '{name}', which nobody knows.")));
            return;
        }

        found.AddRange(RuleNames(activity["rule"]).Select(name => Error(place + ".rule", "ballot.rule-unknown", $"'{id}' counts by '{name}', which nobody knows.")));
        if (Literal(activity["rule"]) is not { } rule)
        {
            return;
        }

        rule = rule.DeepClone().AsObject();
        if (type is "Deliberation.RunElection")
        {
            rule["rule"] ??= nameof(RuleKind.OfficeElection);
            rule["election"] = true;
            rule["seats"] ??= Math.Max(1, rule["reservedSeats"].AsWhole() ?? 1); // the activity's own input says how many
        }

        found.AddRange(BallotRule.Check(rule).Select(problem => Error($"{place}.rule.{problem.Setting}", "ballot.rule-invalid", $"Setting '{problem.Setting}' of the rule of '{id}' {problem.Message}.")));
        found.AddRange(BallotRule.UnknownSettings(rule).Where(name => type is not "Deliberation.RunElection" || name is not ("seats" or "mode"))
            .Select(name => new LintMessage($"{place}.rule.{name}", 1, 1, "ballot.rule-setting-unknown", $"The rule of '{id}' has no setting '{name}'.", LintSeverity.Warning)));
    }

    private static JsonObject? Literal(JsonNode? input)
    {
        try
        {
            return input is not JsonObject wrapper ? null
                : wrapper["expression"] is not JsonObject expression ? wrapper["rule"] is null ? null : wrapper
                : expression["type"]?.ToString() is not ("Literal" or "Object" or "Json") ? null
                : expression["value"] switch
                {
                    JsonObject rule => rule,
                    JsonValue text when text.TryGetValue<string>(out var json) => JsonNode.Parse(json) as JsonObject,
                    _ => null,
                };
        }
        catch (JsonException)
        {
            return null; // the reader has said so
        }
    }

    /// <summary>Names of rules in the text of an expression that are no rule's.</summary>
    private static IEnumerable<string> RuleNames(JsonNode? input) =>
        ((input as JsonObject)?["expression"] as JsonObject)?["value"] is JsonValue text && text.TryGetValue<string>(out var expression)
            ? RuleName().Matches(expression).Select(match => match.Groups["name"].Value).Where(name => !Enum.TryParse<RuleKind>(name, out var kind) || kind.ToString() != name)
            : [];

    [GeneratedRegex("""\{\s*"?rule"?\s*:\s*"(?<name>\w*)\W""")]
    private static partial Regex RuleName();

    private static string TypeOf(List<(JsonObject Activity, string Id, string Type, string Path)> activities, string id) =>
        activities.Find(item => item.Id == id).Type ?? "";

    private static void CheckPorts(
        JsonObject activity,
        string id,
        ActivityDescriptor descriptor,
        List<(string Source, string Port, string Target)> connections,
        string place,
        List<LintMessage> found)
    {
        var used = connections.Where(connection => connection.Source == id).Select(connection => connection.Port).ToHashSet();
        if (!descriptor.HasDynamicOutcomes)
        {
            found.AddRange(used.Except(descriptor.Outcomes).Select(port =>
                Error(place, "outcome.unknown", $"'{id}' has no outcome '{port}'; it has {string.Join(", ", descriptor.Outcomes)}.")));
        }

        // A person or a rule may leave by any port: each must lead somewhere, if only to an end.
        if (descriptor.TypeName.StartsWith("Deliberation.", StringComparison.Ordinal) && descriptor.Outcomes.Count > 1)
        {
            found.AddRange(descriptor.Outcomes.Except(used)
                .Where(port => port != "Expired" || activity["expiresWhenDue"] is not null)
                .Select(port => Error(place, "outcome.unconnected", $"Nothing follows '{id}' when it leaves by '{port}'.")));
        }
    }

    private static void CheckWork(JsonObject activity, string id, string type, string place, List<LintMessage> found)
    {
        if (DivisionOfWork.IsHuman(type))
        {
            if (activity["dueDays"] is null && activity["dueWorkingDays"] is null && activity["dueWorkingHours"] is null)
            {
                found.Add(Error(place, "task.deadline-missing", $"The task '{id}' has no deadline: give dueDays, dueWorkingDays or dueWorkingHours."));
            }

            found.AddRange((Literal(activity["form"])?["verbs"] as JsonArray ?? []).Select(verb => verb?.ToString() ?? "").Except(TaskVerbs.All)
                .Select(verb => Error(place + ".form.verbs", "task.verb-unknown", $"The task '{id}' allows '{verb}'; there are {string.Join(", ", TaskVerbs.All)}.")));
        }

        if (Windows.TryGetValue(type, out var bounds) && LiteralDays(activity) is { } days && (days < bounds.Least || days > bounds.Most))
        {
            found.Add(Error(place + ".days", "window.days-out-of-bounds", FormattableString.Invariant($"'{id}' lasts {days} days; allowed are {bounds.Least} to {bounds.Most}.")));
        }
    }

    private static void CheckInputs(WorkflowDefinition definition, List<LintMessage> found)
    {
        var declared = (definition.Source["inputs"] as JsonArray ?? []).Select(input => input?["name"]?.ToString()).ToHashSet();
        foreach (var input in TemplateInput.Of(definition))
        {
            var place = "$.customProperties.deliberation.inputs." + input.Name;
            if (!declared.Contains(input.Name))
            {
                found.Add(Error(place, "input.undeclared", $"'{input.Name}' is no input of the workflow."));
            }

            if (input.Default.AsWhole() is { } value && (value < input.Min || value > input.Max || (input.IsOdd && value % 2 == 0)))
            {
                found.Add(Error(place + ".default", "input.default-out-of-bounds", FormattableString.Invariant($"The default {value} of '{input.Name}' is not allowed by its own bounds.")));
            }

            found.AddRange(Texts.TextCatalog.Languages.Where(language => string.IsNullOrWhiteSpace(input.Label.GetValueOrDefault(language)))
                .Select(language => Error(place + ".label", "input.label-missing", $"'{input.Name}' has no label in {language}.")));
        }
    }

    private static HashSet<string> Reach(List<string> ids, List<(string Source, string Port, string Target)> connections, string? start)
    {
        var first = start is not null && ids.Contains(start) ? start : ids.Find(id => connections.TrueForAll(connection => connection.Target != id));
        var reached = new HashSet<string>();
        var next = new Stack<string>(first is null ? ids.Take(1) : [first]);
        while (next.TryPop(out var id))
        {
            if (reached.Add(id))
            {
                foreach (var (_, _, target) in connections.Where(connection => connection.Source == id))
                {
                    next.Push(target);
                }
            }
        }

        return reached;
    }

    private static long? LiteralDays(JsonObject activity) =>
        activity["days"]?["expression"] is JsonObject expression && expression["type"]?.ToString() is "Literal" ? expression["value"].AsWhole() : null;

    private static LintMessage Error(string path, string code, string message) => new(path, 1, 1, code, message, LintSeverity.Error);
}
