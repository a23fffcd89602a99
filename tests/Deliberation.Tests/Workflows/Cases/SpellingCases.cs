using Deliberation.Workflows.Execution;
using Shouldly;
using static Deliberation.Tests.Workflows.Cases.Drawn;

namespace Deliberation.Tests.Workflows.Cases;

/// <summary>Spellings that Elsa's converters accept besides the one it writes.</summary>
public sealed class SpellingCases
{
    [Theory]
    [InlineData("\"text\":\"a\"")]
    [InlineData("\"Text\":\"a\"")]
    [InlineData("\"Text\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"a\"}}")]
    [InlineData("\"text\":{\"typeName\":\"System.String, System.Private.CoreLib\",\"expression\":{\"type\":\"Literal\",\"value\":\"a\"},\"memoryReference\":{\"id\":\"w:input-1\"}}")]
    public void An_input_may_be_bare_or_wrapped_in_any_case(string text) => Play(Of("w", "WriteLine", text)).Lines.ShouldBe("a");

    [Theory]
    [InlineData("{\"source\":{\"activity\":\"a\",\"port\":\"Done\"},\"target\":{\"activity\":\"b\",\"port\":\"In\"}}")]
    [InlineData("{\"source\":{\"activity\":\"a\"},\"target\":{\"activity\":\"b\"}}")]
    [InlineData("{\"Source\":{\"Activity\":\"a\",\"Port\":\"Done\"},\"Target\":{\"Activity\":\"b\",\"Port\":\"In\"}}")]
    [InlineData("{\"source\":\"a\",\"target\":\"b\",\"sourcePort\":\"Done\",\"targetPort\":\"In\"}")]
    public void A_connection_has_three_spellings(string connection) =>
        Play(Of("f", "Flowchart", $"\"activities\":[{Line("a")},{Line("b")}]", $"\"connections\":[{connection}]")).Lines.ShouldBe("a b");

    [Theory]
    [InlineData("\"WaitAny\"", WorkflowSubStatus.Finished)]
    [InlineData("\"waitAny\"", WorkflowSubStatus.Finished)]
    [InlineData("0", WorkflowSubStatus.Finished)]
    [InlineData("\"WaitAll\"", WorkflowSubStatus.Suspended)]
    [InlineData("null", WorkflowSubStatus.Suspended)]
    public void The_mode_of_a_Fork_is_a_name_or_a_number(string mode, WorkflowSubStatus ends) => Play(Fork("k", mode, Event("e", "Go"), Line("a"))).SubStatus.ShouldBe(ends);

    [Fact]
    public void Cases_may_be_written_with_capitals() => Play(Flowchart("f", "w:A>a w:Default>b", Of("w", "FlowSwitch", """
        "Cases":[{"Label":"A","Condition":{"type":"JavaScript","value":"true"}}]
        """), Line("a"), Line("b"))).Lines.ShouldBe("a");

    [Fact]
    public void A_variable_may_have_no_id() => Run("""
        {"id":"w","definitionId":"w","name":"w","variables":[{"name":"n","typeName":"Int32","value":"1"}],
         "root":{"id":"s","type":"Elsa.Sequence","activities":[
           {"id":"x","type":"Elsa.SetVariable","variable":{"name":"n","typeName":"Int32"},"value":{"typeName":"Object","expression":{"type":"JavaScript","value":"getN() + 1"}}},
           {"id":"y","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"JavaScript","value":"getN()"}}}]}}
        """).Lines.ShouldBe("2");

    [Theory]
    [InlineData("Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core")]
    [InlineData("WorkflowInstanceStorageDriver")]
    [InlineData("Elsa.Workflows.Core.WorkflowStorageDriver, Elsa.Workflows.Core")]
    public void A_variable_survives_a_wait_whatever_its_driver_is_called(string driver)
    {
        var json = Workflow(Sequence("s", Set("x", "n", "5", "Int32"), Event("e", "Go"), Say("y", "getN()")), "n:Int32")
            .Replace("\"typeName\":\"Int32\",\"value\":null", $"\"typeName\":\"Int32\",\"value\":null,\"storageDriverTypeName\":\"{driver}\"", StringComparison.Ordinal);
        json.ShouldContain(driver);
        Run(json, events: ["Go"]).Lines.ShouldBe("5");
    }

    [Fact]
    public void A_variable_of_a_sequence_is_seen_inside_it_only() => Play(Sequence(
        "s",
        Of("t", "Sequence", "\"variables\":[{\"id\":\"i\",\"name\":\"n\",\"typeName\":\"Int32\",\"value\":\"2\"}]", $"\"activities\":[{Say("a", "getN()")}]"),
        Say("b", "getN()")), "n:Int32=1").Lines.ShouldBe("2 1");

    [Fact]
    public void Comments_and_the_schema_are_passed_over() => Run("""
        {"$schema":"https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json","id":"w","definitionId":"w","name":"w",/* by hand */"root":{"id":"a","type":"Elsa.WriteLine","version":99,"text":"a"}}
        """).Lines.ShouldBe("a");

    [Fact]
    public void An_If_without_the_branch_that_is_wanted_is_done() => Play(Sequence("s", Of("i", "If", "\"condition\":true", "\"else\":" + Line("e")), Line("z"))).Lines.ShouldBe("z");
}
