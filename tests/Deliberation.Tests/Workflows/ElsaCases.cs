using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;

namespace Deliberation.Tests.Workflows;

/// <summary>One recorded run of the real Elsa engine, and the same run here.</summary>
public sealed class ElsaCase(string folder, JsonObject source)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    public string Id => (string)source["id"]!;

    public JsonObject? Observed => (source["observed"] as JsonObject)?["counter"] as JsonObject;

    public JsonObject? Asserted => source["asserted"] as JsonObject;

    public bool IsCounterMode => (string?)source["flowchartMode"] is null or "counter";

    public bool Needs(string what) => (source["needs"] as JsonArray ?? []).Any(need => (string?)need == what);

    public bool MayVaryInOrder => source["orderOfChildLinesMayVary"] is not null;

    public IReadOnlyList<string> ObservedLines => Texts(Observed?["lines"]);

    public static IEnumerable<ElsaCase> ReadIndex(string folder, string baseFolder) =>
        ((JsonArray)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "index.json")))!["cases"]!).Select(item => new ElsaCase(baseFolder, (JsonObject)item!));

    public static IReadOnlyList<string> Texts(JsonNode? node) => [.. (node as JsonArray ?? []).Select(item => item?.ToString() ?? "")];

    /// <summary>The same run as words of the command line.</summary>
    public IEnumerable<string> CommandLine =>
    [
        "workflow", "run", Files.First(), "--definitions", Path.GetDirectoryName(Files.First())!, "--id", (string)source["run"]!,
        .. (source["input"] as JsonObject ?? []).SelectMany(input => new[] { "--input", $"{input.Key}={input.Value?.ToJsonString() ?? "null"}" }),
        .. Texts(source["events"]).SelectMany(text => new[] { "--event", text }),
        .. (bool?)source["resumeAllBookmarks"] == true ? ["--resume-all"] : Array.Empty<string>(),
        "--json",
    ];

    public (InMemoryWorkflowHost Host, HostedInstance Instance) Run()
    {
        var registry = new ActivityRegistry();
        var definitions = new List<WorkflowDefinition>();
        WorkflowDefinition? Resolve(WorkflowReference reference) => WorkflowResolvers.Among(definitions)(reference);
        foreach (var file in Files)
        {
            var (definition, _) = WorkflowDefinitionReader.Read(File.ReadAllText(file), registry, Resolve);
            definitions.Add(definition!);
        }

        var host = new InMemoryWorkflowHost(new WorkflowEngine(registry, Resolve), definitions, Now);
        var instance = host.Start(definitions.Single(definition => definition.DefinitionId == (string?)source["run"]), source["input"] as JsonObject);
        foreach (var text in Texts(source["events"]))
        {
            var cut = text.IndexOf('=', StringComparison.Ordinal);
            host.Publish(cut < 0 ? text : text[..cut], cut < 0 ? null : JsonNode.Parse(text[(cut + 1)..]));
        }

        if ((bool?)source["resumeAllBookmarks"] == true)
        {
            host.ResumeAll();
        }

        return (host, instance);
    }

    private IEnumerable<string> Files => (source["files"] as JsonArray)!.Select(file =>
        Path.Combine(folder, file is JsonObject entry ? (string)entry["file"]! : Path.GetFileName((string)file!)));

    public override string ToString() => Id;
}
