using System.Text.Json.Nodes;
using Deliberation.Workflows.Execution;
using Shouldly;
using static Deliberation.Tests.Workflows.Cases.Drawn;

namespace Deliberation.Tests.Workflows.Cases;

/// <summary>What Elsa's ObjectConverter makes of values that are not of the type that is wanted.</summary>
public sealed class ConversionCases
{
    [Theory]
    [InlineData("Int32", "\"5\"", "5")]
    [InlineData("Int32", "5", "5")]
    [InlineData("Int32", "2.5", "2")]
    [InlineData("Int32", "3.5", "4")]
    [InlineData("Int32", "\"2.5\"", "0")]
    [InlineData("Int32", "\"five\"", "0")]
    [InlineData("Int32", "\"\"", "null")]
    [InlineData("Int32", "true", "1")]
    [InlineData("Int64", "\"-7\"", "-7")]
    [InlineData("Long", "\"8\"", "8")]
    [InlineData("Double", "\"2.5\"", "2.5")]
    [InlineData("Decimal", "\"x\"", "0")]
    [InlineData("Boolean", "\"True\"", "true")]
    [InlineData("Boolean", "\"yes\"", "false")]
    [InlineData("Boolean", "1", "true")]
    [InlineData("Boolean", "\" \"", "null")]
    [InlineData("String", "5", "\"5\"")]
    [InlineData("String", "2.5", "\"2.5\"")]
    [InlineData("String", "true", "\"True\"")]
    [InlineData("Object", "true", "true")]
    [InlineData("Object", "\"5\"", "\"5\"")]
    [InlineData("System.Int32, System.Private.CoreLib", "\"5\"", "5")]
    [InlineData("System.String", "5", "\"5\"")]
    [InlineData("System.Dynamic.ExpandoObject, System.Linq.Expressions", "\"{\\\"a\\\":1}\"", "{\"a\":1}")]
    [InlineData("JSON", "\"{\\\"a\\\":1}\"", "{\"a\":1}")]
    [InlineData("String[]", "\"[\\\"a\\\"]\"", "[\"a\"]")]
    [InlineData("ICollection<String>", "\"a\"", "[\"a\"]")]
    [InlineData("System.Collections.Generic.List`1[[System.String, System.Private.CoreLib]], System.Private.CoreLib", "\"[\\\"b\\\"]\"", "[\"b\"]")]
    public void A_variable_converts_what_it_is_given(string typeName, string literal, string value) =>
        Play(Set("s", "v", Literal(literal), typeName), $"v:{typeName}").Value("v").ShouldBe(value);

    [Theory]
    [InlineData("Int32", "7", "7")]
    [InlineData("Int32", "", "null")]
    [InlineData("Int32", "x", "0")]
    [InlineData("Boolean", "true", "true")]
    [InlineData("String", "", "\"\"")]
    public void A_variable_begins_with_its_text_converted(string typeName, string text, string value) => Play(Line("a"), $"v:{typeName}={text}").Value("v").ShouldBe(value);

    [Theory]
    [InlineData("true", "True")]
    [InlineData("1 > 2", "False")]
    [InlineData("'a' + true", "atrue")]
    [InlineData("1.5", "1.5")]
    [InlineData("6 / 2", "3")]
    [InlineData("1e21", "1E+21")]
    [InlineData("0.0000001", "1E-07")]
    [InlineData("[1,'b']", "[1,\"b\"]")]
    [InlineData("['议']", "[\"议\"]")]
    [InlineData("({a:{b:1}})", "{\"a\":{\"b\":1}}")]
    [InlineData("null", "")]
    [InlineData("undefined", "")]
    [InlineData("getVariable('no') + '!'", "null!")]
    [InlineData("getInput('no') + '!'", "null!")]
    [InlineData("variables.no + '!'", "undefined!")]
    [InlineData("toJson({a:'议'})", "{\"a\":\"议\"}")]
    [InlineData("getWorkflowDefinitionId() + getWorkflowDefinitionVersionId() + getWorkflowDefinitionVersion()", "ww-v13")]
    [InlineData("stringFromBase64(stringToBase64('议事'))", "议事")]
    public void A_line_is_the_text_that_NET_makes_of_a_value(string script, string line) => Play(Say("w", script)).Host.Lines.ShouldBe([line]);

    [Theory]
    [InlineData("\"true\"", "True")]
    [InlineData("\"TRUE\"", "True")]
    [InlineData("\"yes\"", "False")]
    [InlineData("1", "True")]
    [InlineData("0", "False")]
    [InlineData("null", "False")]
    public void A_condition_that_is_no_truth_is_false(string literal, string port) =>
        Play(Flowchart("f", "d:True>True d:False>False", Of("d", "FlowDecision", $"\"condition\":{Literal(literal)}"), Line("True"), Line("False"))).Lines.ShouldBe(port);

    [Theory]
    [InlineData("({a:1})")]
    [InlineData("[]")]
    public void A_condition_that_is_an_object_is_false(string script) =>
        Play(Flowchart("f", "d:True>True d:False>False", Decision("d", script), Line("True"), Line("False"))).Lines.ShouldBe("False");

    [Fact]
    public void A_number_too_large_faults() => Play(For("f", "1", Js("1e30"), Line("a"))).SubStatus.ShouldBe(WorkflowSubStatus.Faulted);

    [Theory]
    [InlineData("Object", "\"{\\\"a\\\":1}\"")]
    [InlineData("JSON", "{\"a\":1}")]
    [InlineData("String", "\"{\\\"a\\\":1}\"")]
    public void The_text_of_an_Object_expression_becomes_what_the_variable_is(string typeName, string value) =>
        JsonNode.DeepEquals(JsonNode.Parse(Play(Set("s", "v", Object("{\"a\":1}"), typeName), $"v:{typeName}").Value("v")), JsonNode.Parse(value)).ShouldBeTrue();

    [Fact]
    public void The_text_of_an_Object_expression_is_written_as_it_stands() => Play(Of("w", "WriteLine", $"\"text\":{Object("{ \"a\" : 1 }")}")).Host.Lines.ShouldBe(["{ \"a\" : 1 }"]);

    [Theory]
    [InlineData("\"00:00:05\"", "2026-11-27T08:00:05")]
    [InlineData("\"1.00:00:00\"", "2026-11-28T08:00:00")]
    [InlineData("\"soon\"", "2026-11-27T08:00:00")]
    [InlineData("5", "2026-11-27T08:00:00")]
    public void A_Delay_reads_spans(string literal, string at) =>
        Play(Of("d", "Delay", $"\"timeSpan\":{Literal(literal)}")).Host.Bookmarks().Single().Bookmark.DueAt!.Value.ToString("s").ShouldBe(at);

    [Fact]
    public void A_variable_expression_takes_the_value_as_it_is() =>
        Play(Sequence("s", Of("a", "WriteLine", $"\"text\":{Variable("b")}"), Of("c", "WriteLine", $"\"text\":{Variable("n")}")), "b:Boolean=true|n:Int32=4").Lines.ShouldBe("True 4");
}
