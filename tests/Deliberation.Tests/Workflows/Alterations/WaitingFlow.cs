using Deliberation.Tests.Workflows.Cases;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Shouldly;

namespace Deliberation.Tests.Workflows.Alterations;

/// <summary>Flowcharts that wait, in a few words: <c>Flow(["a Event", "b WriteLine"], "a-b")</c>; and what an instance of one does.</summary>
internal static class WaitingFlow
{
    public static readonly DateTimeOffset Now = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

    public static readonly WorkflowEngine Engine = new(new ActivityRegistry());

    /// <param name="activities"><c>"id Type"</c>, or <c>"id Type {more members}"</c>; an Event waits for its own id, a WriteLine writes it.</param>
    /// <param name="ways"><c>"a-b"</c> from Done, <c>"a:True-b"</c> from another port.</param>
    public static WorkflowDefinition Flow(string[] activities, params string[] ways) => Flow("[]", activities, ways);

    /// <param name="variables">JSON of the workflow's variables.</param>
    public static WorkflowDefinition Flow(string variables, string[] activities, string[] ways)
    {
        var root = Drawn.Flowchart("flow", string.Join(' ', ways.Select(way => way.Replace('-', '>'))), [.. activities.Select(Activity)]);
        var (read, messages) = WorkflowDefinitionReader.Read($$"""{"id":"drawn-v1","definitionId":"drawn","name":"Drawn","variables":{{variables}},"root":{{root}} }""", Engine.Registry);
        messages.Where(message => message.Severity == LintSeverity.Error).ShouldBeEmpty();
        return read!;
    }

    public static Transition Start(WorkflowDefinition definition) => Engine.Start(definition, "i1", [], null, Now, []);

    /// <summary>Delivers the event that an activity waits for.</summary>
    public static Transition Deliver(WorkflowDefinition definition, Transition at, string activity) =>
        Engine.Resume(definition, at.State, Engine.Bookmarks(at.State).Single(bookmark => bookmark.ActivityId == activity).Id, null, Now, []);

    public static IEnumerable<string> Waiting(Transition at) => Engine.Bookmarks(at.State).Select(bookmark => bookmark.ActivityId);

    public static IEnumerable<string> Lines(Transition at) => at.Commands.Select(command => command.Command).OfType<WriteLineCommand>().Select(line => line.Text);

    private static string Activity(string text) => text.Split(' ', 3) switch
    {
        [var id, "Event"] => Drawn.Event(id, id),
        [var id, "WriteLine"] => Drawn.Line(id),
        [var id, var type, var members] => Drawn.Of(id, type, members.Trim()[1..^1]),
        [var id, var type] => Drawn.Of(id, type),
        _ => throw new ArgumentException(text, nameof(text)),
    };
}
