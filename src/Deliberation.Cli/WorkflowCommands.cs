using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Cli;

/// <summary><c>workflow validate</c> and <c>workflow run</c>: Elsa 3 definitions without a database.</summary>
internal static class WorkflowCommands
{
    /// <param name="facts">What the activities of the registry ask for, for example the working calendar.</param>
    public static Command Create(ActivityRegistry registry, IReadOnlyCollection<object> facts) => new("workflow", "Checks and runs Elsa 3 workflow definitions.")
    {
        Validate(registry),
        Run(registry, facts),
    };

    private static Command Validate(ActivityRegistry registry)
    {
        var files = new Argument<string[]>("FILE") { Description = "Definition files; they may use one another.", Arity = ArgumentArity.OneOrMore };
        var json = JsonOption();
        var command = new Command("validate", "Checks definitions: what could not be published or would fault.") { files, json };
        command.SetAction(parsed =>
        {
            var paths = parsed.GetValue(files)!;
            return paths.FirstOrDefault(path => !File.Exists(path)) is { } missing
                ? Cli.Fail($"no such file: {missing}", Cli.Usage)
                : WorkflowReport.Validate(paths, registry, parsed.GetValue(json));
        });
        return command;
    }

    private static Command Run(ActivityRegistry registry, IReadOnlyCollection<object> facts)
    {
        var file = new Argument<string>("FILE") { Description = "The definition to run." };
        var folder = new Option<string?>("--definitions") { Description = "Folder of other definitions that it may call or use." };
        var id = new Option<string?>("--id") { Description = "Definition id to start instead of the file's own." };
        var input = new Option<string[]>("--input") { Description = "k=JSON; a value that is no JSON is a text. Repeatable." };
        var events = new Option<string[]>("--event") { Description = "name or name=JSON, published one after the other. Repeatable." };
        var resumeAll = new Option<bool>("--resume-all") { Description = "Resume every bookmark until the end." };
        var skipClock = new Option<bool>("--skip-clock") { Description = "Fire timers at once, each at its own instant." };
        var now = new Option<DateTimeOffset?>("--now") { Description = "Council time at the start; the machine's by default." };
        var json = JsonOption();
        var command = new Command("run", "Runs a definition in memory and shows what it did.") { file, folder, id, input, events, resumeAll, skipClock, now, json };
        command.SetAction(parsed =>
        {
            var (path, definitions) = (parsed.GetValue(file)!, parsed.GetValue(folder));
            if (!File.Exists(path))
            {
                return Cli.Fail($"no such file: {path}", Cli.Usage);
            }

            if (definitions is not null && !Directory.Exists(definitions))
            {
                return Cli.Fail($"no such folder: {definitions}", Cli.Usage);
            }

            var inputs = new JsonObject();
            foreach (var pair in parsed.GetValue(input) ?? [])
            {
                var (name, value) = Split(pair);
                if (name.Length == 0 || value is null)
                {
                    return Cli.Fail($"--input is k=JSON, not '{pair}'", Cli.Usage);
                }

                inputs[name] = AsJson(value);
            }

            var run = new WorkflowRun(path, definitions, parsed.GetValue(id), inputs)
            {
                Events = [.. (parsed.GetValue(events) ?? []).Select(Split).Select(pair => (pair.Name, pair.Value is null ? null : AsJson(pair.Value)))],
                ResumesAll = parsed.GetValue(resumeAll),
                SkipsClock = parsed.GetValue(skipClock),
                Now = parsed.GetValue(now) ?? TimeProvider.System.GetUtcNow(),
            };
            return WorkflowReport.Run(run, registry, facts, parsed.GetValue(json));
        });
        return command;
    }

    private static Option<bool> JsonOption() => new("--json") { Description = "One JSON document on stdout, nothing else." };

    private static (string Name, string? Value) Split(string pair)
    {
        var cut = pair.IndexOf('=', StringComparison.Ordinal);
        return cut < 0 ? (pair, null) : (pair[..cut], pair[(cut + 1)..]);
    }

    private static JsonNode? AsJson(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
