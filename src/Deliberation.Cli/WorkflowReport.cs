using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Process.Lint;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;

namespace Deliberation.Cli;

/// <summary>What to run and how.</summary>
internal sealed record WorkflowRun(string Path, string? Folder, string? Id, JsonObject Input)
{
    public required IReadOnlyList<(string Name, JsonNode? Payload)> Events { get; init; }

    public required bool ResumesAll { get; init; }

    public required bool SkipsClock { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>Does what the verbs ask and shows it.</summary>
internal static class WorkflowReport
{
    // A workflow that never ends is cut off here.
    private const int MostTimers = 10_000;

    public static int Validate(IReadOnlyList<string> paths, ActivityRegistry registry, bool asJson)
    {
        // First round: who is there; second round: is everything in order.
        var known = new List<WorkflowDefinition>();
        known.AddRange(paths.Select(path => Read(path, registry, null).Definition).OfType<WorkflowDefinition>());
        var resolver = WorkflowResolvers.Among(known);
        var results = paths.Select(path => (path, Read(path, registry, resolver).Messages)).ToList();
        if (asJson)
        {
            Cli.Print(new JsonObject { ["files"] = new JsonArray([.. results.Select(result => ToJson(result.path, result.Messages))]) });
        }
        else
        {
            foreach (var (path, messages) in results)
            {
                foreach (var message in messages)
                {
                    Console.Out.WriteLine($"{path}:{message.Line}:{message.Column}: {(message.Severity == LintSeverity.Error ? "error" : "warning")} {message.Code}: {message.Message} ({message.JsonPath})");
                }

                if (messages.All(message => message.Severity != LintSeverity.Error))
                {
                    Console.Out.WriteLine($"{path}: good");
                }
            }
        }

        return results.Any(result => result.Messages.Any(message => message.Severity == LintSeverity.Error)) ? Cli.Problems : Cli.Good;
    }

    public static int Run(WorkflowRun run, ActivityRegistry registry, IReadOnlyCollection<object> facts, bool asJson)
    {
        // Read without each other, whatever the order of the files: the engine puts them together when all are there.
        var definitions = new List<WorkflowDefinition>();
        foreach (var path in run.Folder is null ? Enumerable.Empty<string>() : Directory.EnumerateFiles(run.Folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Read(path, registry, null).Definition is { } other)
            {
                definitions.Add(other);
            }
        }

        var (own, messages) = Read(run.Path, registry, null);
        if (own is null)
        {
            return Problem(messages[0].Message, asJson);
        }

        definitions.RemoveAll(definition => definition.Id == own.Id);
        definitions.Add(own);
        if ((run.Id is null ? own : definitions.LastOrDefault(definition => definition.DefinitionId == run.Id)) is not { } start)
        {
            return Problem($"there is no definition '{run.Id}'", asJson);
        }

        var host = new InMemoryWorkflowHost(new WorkflowEngine(registry, WorkflowResolvers.Among(definitions)), definitions, run.Now) { Facts = facts };
        var instance = Play(host, start, run);
        var incidents = host.Instances.SelectMany(other => other.Incidents).ToList();
        if (asJson)
        {
            Cli.Print(ToJson(host, instance));
        }
        else
        {
            Write(host, instance);
        }

        return incidents.Count > 0 ? Cli.Problems : Cli.Good;
    }

    private static HostedInstance Play(InMemoryWorkflowHost host, WorkflowDefinition start, WorkflowRun run)
    {
        var instance = host.Start(start, run.Input);
        foreach (var (name, payload) in run.Events)
        {
            SkipClock(host, run);
            host.Publish(name, payload);
        }

        SkipClock(host, run);
        if (run.ResumesAll)
        {
            host.ResumeAll(MostTimers);
        }

        return instance;
    }

    private static void SkipClock(InMemoryWorkflowHost host, WorkflowRun run)
    {
        for (var count = 0; run.SkipsClock && count < MostTimers && host.SkipToNextDue(); count++)
        {
        }
    }

    private static (WorkflowDefinition? Definition, IReadOnlyList<LintMessage> Messages) Read(string path, ActivityRegistry registry, WorkflowResolver? resolver)
    {
        var (definition, messages) = WorkflowDefinitionReader.Read(File.ReadAllText(path), registry, resolver);
        return (definition, definition is null ? messages : [.. messages, .. TemplateLint.Check(definition, registry)]);
    }

    private static int Problem(string message, bool asJson)
    {
        if (asJson)
        {
            Cli.Print(new JsonObject { ["error"] = message });
        }

        return Cli.Fail(message);
    }

    private static JsonObject ToJson(string path, IReadOnlyList<LintMessage> messages) => new()
    {
        ["file"] = path,
        ["valid"] = messages.All(message => message.Severity != LintSeverity.Error),
        ["messages"] = new JsonArray([.. messages.Select(message => new JsonObject
        {
            ["severity"] = message.Severity == LintSeverity.Error ? "error" : "warning",
            ["code"] = message.Code,
            ["message"] = message.Message,
            ["path"] = message.JsonPath,
            ["line"] = message.Line,
            ["column"] = message.Column,
        })]),
    };

    private static JsonObject ToJson(InMemoryWorkflowHost host, HostedInstance instance)
    {
        var variables = new JsonObject();
        foreach (var (name, value) in host.Variables(instance))
        {
            variables[name] = value;
        }

        return new JsonObject
        {
            ["status"] = instance.Last.Status.ToString(),
            ["subStatus"] = instance.Last.SubStatus.ToString(),
            ["name"] = instance.Last.Name,
            ["correlationId"] = instance.Last.CorrelationId,
            ["output"] = instance.Last.Output.DeepClone(),
            ["variables"] = variables,
            ["lines"] = new JsonArray([.. host.Lines.Select(line => JsonValue.Create(line))]),
            ["journal"] = new JsonArray([.. instance.Journal.Select(entry => JsonValue.Create($"{entry.Event} {entry.ActivityType}#{entry.ActivityId}"))]),
            ["incidents"] = new JsonArray([.. instance.Incidents.Select(incident => JsonValue.Create(incident.Message))]),
            ["bookmarks"] = new JsonArray([.. Waiting(host, instance).Select(bookmark => new JsonObject
            {
                ["name"] = bookmark.Name,
                ["key"] = bookmark.Key,
                ["activityId"] = bookmark.ActivityId,
                ["dueAt"] = bookmark.DueAt?.ToString("O", CultureInfo.InvariantCulture),
                ["payload"] = bookmark.Payload?.DeepClone(),
            })]),
            ["otherInstances"] = new JsonArray([.. host.Instances.Where(other => other != instance).Select(other => new JsonObject
            {
                ["definitionId"] = other.Definition.DefinitionId,
                ["status"] = other.Last.Status.ToString(),
                ["subStatus"] = other.Last.SubStatus.ToString(),
                ["correlationId"] = other.Last.CorrelationId,
                ["output"] = other.Last.Output.DeepClone(),
            })]),
        };
    }

    /// <summary>As Elsa counts: a bulk dispatch has one bookmark, however many children it waits for.</summary>
    private static IEnumerable<Bookmark> Waiting(InMemoryWorkflowHost host, HostedInstance instance) =>
        host.Bookmarks().Where(waiting => waiting.Instance == instance).Select(waiting => waiting.Bookmark)
            .DistinctBy(bookmark => bookmark.Name == "Elsa.BulkDispatchWorkflows" ? bookmark.VisitId : bookmark.Id);

    private static void Write(InMemoryWorkflowHost host, HostedInstance instance)
    {
        foreach (var line in host.Lines)
        {
            Console.Out.WriteLine(line);
        }

        Console.Out.WriteLine($"-- {instance.Last.Status}, {instance.Last.SubStatus}");
        foreach (var (name, value) in instance.Last.Output)
        {
            Console.Out.WriteLine($"   output {name}: {Cli.OneLine(value)}");
        }

        foreach (var bookmark in Waiting(host, instance))
        {
            Console.Out.WriteLine($"   waits at {bookmark.ActivityId} for {bookmark.Name} {Cli.OneLine(bookmark.Payload)}");
        }

        foreach (var incident in host.Instances.SelectMany(other => other.Incidents))
        {
            Console.Out.WriteLine($"   incident at {incident.ActivityId}: {incident.Message}");
        }
    }
}
