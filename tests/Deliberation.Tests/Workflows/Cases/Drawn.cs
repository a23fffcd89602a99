using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;

namespace Deliberation.Tests.Workflows.Cases;

/// <summary>Small definitions in Elsa's JSON, written short, and what a run of them did.</summary>
internal static class Drawn
{
    public static string Literal(string json) => $$$"""{"typeName":"Object","expression":{"type":"Literal","value":{{{json}}}}}""";

    public static string Js(string script) => $$$"""{"typeName":"Object","expression":{"type":"JavaScript","value":{{{JsonSerializer.Serialize(script)}}}}}""";

    public static string Object(string text) => $$$"""{"typeName":"Object","expression":{"type":"Object","value":{{{JsonSerializer.Serialize(text)}}}}}""";

    public static string Variable(string id) => $$$$"""{"typeName":"Object","expression":{"type":"Variable","value":{"id":"{{{{id}}}}","name":"{{{{id}}}}"}}}""";

    public static string Of(string id, string type, params string[] members) => $$"""{"id":"{{id}}","type":"Elsa.{{type}}"{{string.Concat(members.Select(member => "," + member))}}}""";

    /// <summary>Writes its own id.</summary>
    public static string Line(string id) => Of(id, "WriteLine", $"\"text\":{Literal(JsonSerializer.Serialize(id))}");

    public static string Say(string id, string script) => Of(id, "WriteLine", $"\"text\":{Js(script)}");

    public static string Set(string id, string variable, string value, string typeName = "Object") => Of(id, "SetVariable", $$"""
        "variable":{"id":"{{variable}}","name":"{{variable}}","typeName":"{{typeName}}"}
        """, $"\"value\":{value}");

    public static string Event(string id, string name) => Of(id, "Event", $"\"eventName\":{Literal($"\"{name}\"")}");

    public static string Sequence(string id, params string[] children) => Of(id, "Sequence", Activities(children));

    public static string Parallel(string id, params string[] children) => Of(id, "Parallel", Activities(children));

    public static string Fork(string id, string mode, params string[] branches) => Of(id, "Fork", $"\"joinMode\":{mode}", $"\"branches\":[{string.Join(',', branches)}]");

    public static string If(string id, string script, string then, string? otherwise = null) =>
        Of(id, "If", $"\"condition\":{Js(script)}", $"\"then\":{then}", $"\"else\":{otherwise ?? "null"}");

    public static string ForEach(string id, string items, string body, params string[] more) => Of(id, "ForEach", [$"\"items\":{items}", $"\"body\":{body}", .. more]);

    public static string For(string id, string start, string end, string body, params string[] more) =>
        Of(id, "For", [$"\"start\":{start}", $"\"end\":{end}", $"\"body\":{body}", .. more]);

    public static string While(string id, string script, string body) => Of(id, "While", $"\"condition\":{Js(script)}", $"\"body\":{body}");

    public static string Decision(string id, string script) => Of(id, "FlowDecision", $"\"condition\":{Js(script)}");

    public static string Join(string id, string mode) => Of(id, "FlowJoin", $"\"mode\":{Literal($"\"{mode}\"")}");

    /// <param name="connections"><c>a>b</c>, or <c>a:True>b</c>, with spaces between.</param>
    public static string Flowchart(string id, string connections, params string[] children) => Of(
        id,
        "Flowchart",
        Activities(children),
        $"\"connections\":[{string.Join(',', connections.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Connection))}]");

    /// <param name="variables"><c>n:Int32=0</c>, several with <c>|</c> between; the id is the name.</param>
    public static string Workflow(string root, string variables = "", string id = "w", string more = "") => $$"""
        {"id":"{{id}}-v1","definitionId":"{{id}}","name":"{{id}}","version":3,"isPublished":true{{more}},"variables":[{{string.Join(',', variables.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Declaration))}}],"root":{{root}}}
        """;

    /// <summary>Runs a root activity.</summary>
    public static Played Play(string root, string variables = "", JsonObject? input = null, string[]? events = null) => Run(Workflow(root, variables), input, events);

    /// <summary>Runs a definition; the others are there to be called.</summary>
    public static Played Run(string definition, JsonObject? input = null, string[]? events = null, params string[] others)
    {
        var registry = new ActivityRegistry();
        var known = new List<WorkflowDefinition>();
        var resolver = WorkflowResolvers.Among(known);
        foreach (var json in (string[])[.. others, definition])
        {
            known.Add(WorkflowDefinitionReader.Read(json, registry, resolver).Definition!);
        }

        var host = new InMemoryWorkflowHost(new WorkflowEngine(registry, resolver), known, new DateTimeOffset(2026, 11, 27, 8, 0, 0, TimeSpan.Zero));
        var instance = host.Start(known[^1], input);
        foreach (var text in events ?? [])
        {
            var cut = text.IndexOf('=', StringComparison.Ordinal);
            host.Publish(cut < 0 ? text : text[..cut], cut < 0 ? null : JsonNode.Parse(text[(cut + 1)..]));
        }

        return new Played(host, instance);
    }

    private static string Activities(string[] children) => $"\"activities\":[{string.Join(',', children)}]";

    private static string Connection(string text)
    {
        var (from, to) = (text.Split('>')[0].Split(':'), text.Split('>')[1]);
        return $$$"""{"source":{"activity":"{{{from[0]}}}","port":"{{{(from.Length > 1 ? from[1] : "Done")}}}"},"target":{"activity":"{{{to}}}","port":"In"}}""";
    }

    private static string Declaration(string text)
    {
        var (name, rest) = (text.Split(':', 2)[0], text.Split(':', 2)[1]);
        var value = rest.Contains('=', StringComparison.Ordinal) ? JsonSerializer.Serialize(rest.Split('=', 2)[1]) : "null";
        return $$"""{"id":"{{name}}","name":"{{name}}","typeName":{{JsonSerializer.Serialize(rest.Split('=')[0])}},"value":{{value}}}""";
    }
}

/// <summary>What a run did.</summary>
internal sealed record Played(InMemoryWorkflowHost Host, HostedInstance Instance)
{
    public string Lines => string.Join(' ', Host.Lines);

    public WorkflowSubStatus SubStatus => Instance.Last.SubStatus;

    /// <summary>Event and activity id, the workflow left out.</summary>
    public string Journal => string.Join(' ', Instance.Journal.Where(entry => entry.ActivityType != "Elsa.Workflow").Select(entry => $"{entry.Event}:{entry.ActivityId}"));

    public string Bookmarks => string.Join(' ', Host.Bookmarks().Where(waiting => waiting.Instance == Instance).Select(waiting => waiting.Bookmark.Name));

    public string Value(string variable) => Host.Variables(Instance)[variable]?.ToJsonString() ?? "null";

    public string Incident => Instance.Incidents.Count == 1 ? Instance.Incidents[0].ActivityId : $"{Instance.Incidents.Count} incidents";
}
