using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Shouldly;

namespace Deliberation.Tests.Workflows.Alterations;

/// <summary>Flowcharts in a few words: <c>Drawn.Flow(["a Event", "b WriteLine"], "a-b")</c>.</summary>
internal static class Drawn
{
    public static readonly DateTimeOffset Now = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

    public static readonly WorkflowEngine Engine = new(new ActivityRegistry());

    /// <param name="activities"><c>"id Type"</c>, or <c>"id Type {more members}"</c>; an Event waits for its own id, a WriteLine writes it.</param>
    /// <param name="ways"><c>"a-b"</c> from Done, <c>"a:True-b"</c> from another port.</param>
    public static WorkflowDefinition Flow(string[] activities, params string[] ways) => Flow("[]", activities, ways);

    /// <param name="variables">JSON of the workflow's variables.</param>
    public static WorkflowDefinition Flow(string variables, string[] activities, string[] ways)
    {
        var definition = new JsonObject
        {
            ["id"] = "drawn-v1",
            ["definitionId"] = "drawn",
            ["name"] = "Drawn",
            ["variables"] = JsonNode.Parse(variables),
            ["root"] = new JsonObject
            {
                ["id"] = "flow",
                ["type"] = "Elsa.Flowchart",
                ["activities"] = new JsonArray([.. activities.Select(Activity)]),
                ["connections"] = new JsonArray([.. ways.Select(Way)]),
            },
        };
        var (read, messages) = WorkflowDefinitionReader.Read(definition.ToJsonString(), Engine.Registry);
        messages.Where(message => message.Severity == LintSeverity.Error).ShouldBeEmpty();
        return read!;
    }

    public static Transition Start(WorkflowDefinition definition) => Engine.Start(definition, "i1", [], null, Now, []);

    /// <summary>Delivers the event that an activity waits for.</summary>
    public static Transition Deliver(WorkflowDefinition definition, Transition at, string activity) =>
        Engine.Resume(definition, at.State, Engine.Bookmarks(at.State).Single(bookmark => bookmark.ActivityId == activity).Id, null, Now, []);

    public static IEnumerable<string> Waiting(Transition at) => Engine.Bookmarks(at.State).Select(bookmark => bookmark.ActivityId);

    public static IEnumerable<string> Lines(Transition at) => at.Commands.Select(command => command.Command).OfType<WriteLineCommand>().Select(line => line.Text);

    private static JsonNode Activity(string text)
    {
        var parts = text.Split(' ', 3);
        var activity = parts.Length == 3 ? JsonNode.Parse(parts[2])!.AsObject() : [];
        activity["id"] = parts[0];
        activity["type"] = $"Elsa.{parts[1]}";
        if (parts is [var id, "Event" or "WriteLine"])
        {
            activity[parts[1] == "Event" ? "eventName" : "text"] = id;
        }

        return activity;
    }

    private static JsonNode Way(string text)
    {
        var (from, to) = (text.Split('-')[0].Split(':'), text.Split('-')[1]);
        return new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = from[0], ["port"] = from.ElementAtOrDefault(1) ?? "Done" },
            ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" },
        };
    }
}
