using System.Diagnostics;
using System.Text;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Shouldly;

namespace Deliberation.Tests.Workflows;

/// <summary>Texts that somebody made to hurt: an error that names the place and the rule, soon and without much memory.</summary>
public sealed class HostileDefinitionTests
{
    private const long MostBytes = 64L << 20;
    private static readonly ActivityRegistry Registry = new();

    public static TheoryData<string, string> Texts => new()
    {
        { "10,000 activities", "definition.too-large" },
        { "2,500 small activities", "definition.too-many-activities" },
        { "200 levels", "json.invalid" },
        { "61 levels", "activity.nesting" },
        { "5 MB", "definition.too-large" },
        { "unknown types without end", "definition.too-many-activities" },
        { "one activity many times", "activity.id-duplicate" },
        { "connections to nowhere", "connection.dangling" },
        { "ports that are not", "connection.port-unknown" },
        { "a member twice", "json.invalid" },
        { "a million numbers", "definition.too-large" },
        { "half a million numbers", "activity.unknown" },
        { "a number that is none", "json.invalid" },
        { "a span beyond all numbers", "expression.invalid" },
        { "an expression of brackets", "expression.invalid" },
        { "an expression of plus", "expression.invalid" },
        { "a text cut short", "json.invalid" },
        { "a lone surrogate", "json.invalid" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_hostile_text_is_refused_soon(string what, string code)
    {
        var text = Text(what);
        WorkflowDefinitionReader.Read(Definition(Activity("w", "Elsa.Start")), Registry).Messages.ShouldBeEmpty(); // the code itself is loaded now
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        var (_, messages) = WorkflowDefinitionReader.Read(text, Registry);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5)); // a second on a quiet machine; that it ends is what counts
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(MostBytes);
        messages.Select(message => message.Code).ShouldContain(code);
        messages.ShouldAllBe(message => message.JsonPath.StartsWith('$') && message.Line > 0 && message.Column > 0 && message.Message.Length < 500);
        messages.Count.ShouldBeLessThanOrEqualTo(200);
    }

    private static string Text(string what) => what switch
    {
        "10,000 activities" => Flowchart(10_000, "Elsa.SetVariable", ",\"metadata\":{\"designer\":{\"position\":{\"x\":0,\"y\":0},\"size\":{\"width\":140,\"height\":54}}}"),
        "2,500 small activities" => Flowchart(2_500, "Elsa.Start", ""),
        "200 levels" => Definition(Nested(200)),
        "61 levels" => Definition(Nested(61)),
        "5 MB" => Definition(Activity("w", "Elsa.WriteLine", $",\"text\":\"{new string('x', 5_000_000)}\"")),
        "unknown types without end" => Flowchart(10_000, "X", ""),
        "one activity many times" => Definition(Activity("s", "Elsa.Sequence", $",\"activities\":[{string.Join(',', Enumerable.Repeat(Activity("x", "Elsa.Start"), 1_000))}]")),
        "connections to nowhere" => Connections(10_000, "Done", "gone"),
        "ports that are not" => Connections(10_000, "Maybe", "b"),
        "a member twice" => """{"id":"a","definitionId":"a","name":"a","root":{"id":"w","type":"Elsa.Start","type":"Elsa.End"}}""",
        "a million numbers" => Definition(Activity("w", "X", $",\"numbers\":[{string.Join(',', Enumerable.Repeat("1", 1_000_000))}]")),
        "half a million numbers" => Definition(Activity("w", "X", $",\"numbers\":[{string.Join(',', Enumerable.Repeat("1", 500_000))}]")),
        "a number that is none" => Definition(Activity("w", "Elsa.For", ",\"start\":NaN,\"end\":1e400")),
        "a span beyond all numbers" => Definition(Activity("d", "Elsa.Delay", ",\"timeSpan\":\"99999999999999.00:00:00\"")),
        "an expression of brackets" => Definition(Script(new string('(', 100_000) + new string(')', 100_000))),
        "an expression of plus" => Definition(Script(string.Join('+', Enumerable.Repeat("1", 100_000)))),
        "a text cut short" => Flowchart(100, "Elsa.Start", "")[..^200],
        "a lone surrogate" => Definition(Activity("w", "X\\ud800")),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    private static string Definition(string root) => $$"""{"id":"a","definitionId":"a","name":"a","root":{{root}}}""";

    private static string Activity(string id, string type, string more = "") => $$"""{"id":"{{id}}","type":"{{type}}"{{more}}}""";

    private static string Script(string text) => Activity("w", "Elsa.WriteLine", $$""","text":{"expression":{"type":"JavaScript","value":"{{text}}"} }""");

    private static string Flowchart(int count, string type, string more) =>
        Definition(Activity("f", "Elsa.Flowchart", $",\"activities\":[{string.Join(',', Enumerable.Range(0, count).Select(index => Activity($"a{index}", type, more)))}],\"connections\":[]"));

    private static string Connections(int count, string port, string target) => Definition(Activity(
        "f",
        "Elsa.Flowchart",
        $$""","activities":[{{Activity("a", "Elsa.Start")}},{{Activity("b", "Elsa.End")}}],"connections":[{{string.Join(',', Enumerable.Repeat($$"""{"source":{"activity":"a","port":"{{port}}"},"target":{"activity":"{{target}}"} }""", count))}}]"""));

    private static string Nested(int levels)
    {
        var text = new StringBuilder();
        for (var level = 0; level < levels; level++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{{\"id\":\"s{level}\",\"type\":\"Elsa.Sequence\",\"activities\":[");
        }

        return text.Append(Activity("w", "Elsa.Start")).Insert(text.Length, string.Concat(Enumerable.Repeat("]}", levels))).ToString();
    }
}
