using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Expressions;
using Shouldly;

namespace Deliberation.Tests.Workflows;

public sealed class DefinitionReaderTests
{
    private static readonly ActivityRegistry Registry = new();

    [Fact]
    public void What_is_not_known_stays_in_the_source()
    {
        const string Json = """{"$schema":"x","id":"a","definitionId":"a","name":"a","future":{"x":[1,2]},"root":{"id":"w","type":"Nope.Missing","odd":true}}""";
        var (definition, messages) = WorkflowDefinitionReader.Read(Json, Registry);
        JsonNode.DeepEquals(definition!.Source, JsonNode.Parse(Json)).ShouldBeTrue();
        messages.Single().Code.ShouldBe("activity.unknown");
    }

    [Fact]
    public void A_message_points_at_the_line()
    {
        var (_, messages) = WorkflowDefinitionReader.Read(
            """
            {"id":"a","definitionId":"a","name":"a",
             "root":{"id":"w","type":"Elsa.WriteLine",
              "text":{"expression":{"type":"JavaScript","value":"1 + nope"}}}}
            """,
            Registry);
        var message = messages.Single();
        (message.Code, message.Line, message.Column, message.JsonPath).ShouldBe(("expression.invalid", 3, 10, "$.root.text"));
        message.Message.ShouldContain("column 5 of the expression");
    }

    [Theory]
    [InlineData("", "json.invalid")]
    [InlineData("{", "json.invalid")]
    [InlineData("""{"id":"a","id":"b","root":{}}""", "json.invalid")]
    [InlineData("[]", "definition.invalid")]
    [InlineData("""{"id":"a"}""", "definition.invalid")]
    public void A_text_that_is_no_definition_is_refused(string json, string code)
    {
        var (definition, messages) = WorkflowDefinitionReader.Read(json, Registry);
        definition.ShouldBeNull();
        messages.Single().Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("""{"id":"d","type":"Elsa.Delay","timeSpan":"soon"}""", "expression.invalid")]
    [InlineData("""{"id":"d","type":"Elsa.Delay","timeSpan":"72:00:00"}""", "expression.invalid")]
    [InlineData("""{"id":"d","type":"Elsa.WriteLine","text":{"expression":{"type":"Liquid","value":"{{ x }}"}}}""", "expression.invalid")]
    [InlineData("""{"id":"d","type":"Elsa.WriteLine","text":{"expression":{"type":"JavaScript","value":"getNope()"}}}""", "expression.name-unknown")]
    [InlineData("""{"id":"d","type":"Elsa.WriteLine","text":{"expression":{"type":"Variable","value":{"id":"nope"}}}}""", "variable.unknown")]
    [InlineData("""{"id":"d","type":"Elsa.Cron","cronExpression":"99 * * * * *"}""", "expression.invalid")]
    [InlineData("""{"type":"Elsa.Start"}""", "activity.id-missing")]
    [InlineData("""{"id":"s","type":"Elsa.Sequence","activities":[{"id":"x","type":"Elsa.Start"},{"id":"x","type":"Elsa.Start"}]}""", "activity.id-duplicate")]
    [InlineData("""{"id":"f","type":"Elsa.Flowchart","activities":[{"id":"x","type":"Elsa.Start"}],"connections":[{"source":{"activity":"x"},"target":{"activity":"gone"}}]}""", "connection.dangling")]
    [InlineData("""{"id":"f","type":"Elsa.Flowchart","activities":[{"id":"x","type":"Elsa.FlowDecision","condition":true},{"id":"y","type":"Elsa.End"}],"connections":[{"source":{"activity":"x","port":"Maybe"},"target":{"activity":"y"}}]}""", "connection.port-unknown")]
    [InlineData("""{"id":"w","type":"Elsa.FlowSwitch","cases":[{"label":"A","condition":{"type":"JavaScript","value":"1 +"}}]}""", "expression.invalid")]
    public void A_mistake_is_found(string root, string code)
    {
        var (definition, messages) = WorkflowDefinitionReader.Read($$"""{"id":"a","definitionId":"a","name":"a","root":{{root}}}""", Registry);
        definition.ShouldNotBeNull();
        messages.Select(message => message.Code).ShouldContain(code);
    }

    [Theory]
    [InlineData("Nonsense", "Seconds: Value must be a number between 0 and 59 (all inclusive).")]
    [InlineData("0 0 25 * * *", "Hours: Value must be a number between 0 and 23 (all inclusive).")]
    [InlineData("0 0", "It has 2 fields, not 5 or 6.")]
    public void A_wrong_cron_expression_is_told_in_the_words_of_Elsa(string cron, string problem)
    {
        var (_, messages) = WorkflowDefinitionReader.Read($$"""{"id":"a","definitionId":"a","name":"a","root":{"id":"c","type":"Elsa.Cron","cronExpression":"{{cron}}"} }""", Registry);
        messages.Single().Message.ShouldBe("Error when parsing cron expression: The given cron expression has an invalid format. " + problem);
    }

    [Fact]
    public void Node_ids_are_those_of_Elsa()
    {
        var (definition, _) = WorkflowDefinitionReader.Read("""{"id":"a","definitionId":"a","name":"a","root":{"id":"F","type":"Elsa.Flowchart","activities":[{"id":"w","type":"Elsa.Start"}]}}""", Registry);
        new Deliberation.Workflows.Execution.WorkflowEngine(Registry).NodeIds(definition!)["w"].ShouldBe("Workflow1:F:w");
    }

    [Fact]
    public void Descriptors_name_inputs_outcomes_and_ports()
    {
        var delay = Registry.Find("Elsa.Delay")!;
        delay.Inputs.Select(input => (input.Name, input.TypeName)).ShouldBe([("timeSpan", "TimeSpan")]);
        delay.Outcomes.ShouldBe(["Done"]);
        Registry.Find("Elsa.FlowDecision")!.Outcomes.ShouldBe(["True", "False"]);
        Registry.Find("Elsa.If")!.EmbeddedPorts.ShouldBe(["then", "else"]);
        Registry.Find("Elsa.Nope").ShouldBeNull();
        Registry.Descriptors.Select(descriptor => descriptor.TypeName).ShouldBeUnique();
    }

    [Theory]
    [InlineData("\"7.00:00:00\"", 7 * 24)]
    [InlineData("\"01:00:00\"", 1)]
    [InlineData("\"P2D\"", 48)]
    public void Spans_are_read_as_Elsa_writes_them(string json, double hours) =>
        ValueConverter.Convert<TimeSpan>(JsonNode.Parse(json)).ShouldBe(TimeSpan.FromHours(hours));

    [Fact]
    public void Values_become_what_an_input_wants()
    {
        ValueConverter.Convert<int>(JsonValue.Create("5")).ShouldBe(5);
        ValueConverter.Convert<int>(JsonValue.Create(5.0)).ShouldBe(5);
        ValueConverter.Convert<int?>(JsonValue.Create("")).ShouldBeNull();
        ValueConverter.Convert<bool>(JsonValue.Create("True")).ShouldBeTrue();
        ValueConverter.Convert<string>(JsonValue.Create(5)).ShouldBe("5");
        ValueConverter.Convert<string[]>(JsonNode.Parse("""["a","b"]""")).ShouldBe(["a", "b"]);
        ValueConverter.Convert<string[]>(JsonValue.Create("a")).ShouldBe(["a"]);
        ValueConverter.Convert<IReadOnlyList<Option>>(JsonNode.Parse("""[{"id":"1","costFen":"5"}]""")).ShouldBe([new Option("1", 5)]);
        ValueConverter.Convert<DayOfWeek>(JsonValue.Create("monday")).ShouldBe(DayOfWeek.Monday);
        ValueConverter.Convert<DateTimeOffset>(JsonValue.Create("2026-01-01T00:00:00+08:00")).ShouldBe(new DateTimeOffset(2025, 12, 31, 16, 0, 0, TimeSpan.Zero));
        Should.Throw<ExpressionException>(() => ValueConverter.Convert<int>(JsonValue.Create("x")));
        Should.Throw<ExpressionException>(() => ValueConverter.Convert<int>(JsonValue.Create(5e9)));
        Should.Throw<ExpressionException>(() => ValueConverter.Convert<DayOfWeek>(JsonValue.Create("someday")));
    }

    private sealed record Option(string Id, long? CostFen);
}
