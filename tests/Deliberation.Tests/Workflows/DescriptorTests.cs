using Deliberation.Process;
using Deliberation.Workflows.Activities;
using Shouldly;

namespace Deliberation.Tests.Workflows;

/// <summary>What the designer shows of each activity.</summary>
public sealed class DescriptorTests
{
    public static TheoryData<string> Types => [.. CouncilActivities.Registry.Descriptors.Select(descriptor => descriptor.TypeName)];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_descriptor_is_complete(string type)
    {
        var descriptor = CouncilActivities.Registry.Find(type)!;
        descriptor.DisplayName.ShouldNotBeNullOrWhiteSpace();
        descriptor.Description.ShouldEndWith(".");
        descriptor.Category.ShouldNotBeNullOrWhiteSpace();
        foreach (var input in descriptor.Inputs)
        {
            input.DisplayName.ShouldNotBeNullOrWhiteSpace();
            input.UiHint.ShouldNotBeNullOrWhiteSpace();
            (input.UiHint == "dropdown").ShouldBe(input.Options.Count > 0);
        }
    }

    [Theory]
    [InlineData("Elsa.SetVariable", "variable", "variable-picker")]
    [InlineData("Elsa.FlowSwitch", "cases", "flow-switch-editor")]
    [InlineData("Elsa.FlowSwitch", "mode", "dropdown")]
    [InlineData("Elsa.Switch", "cases", "switch-editor")]
    [InlineData("Elsa.FlowFork", "branches", "dynamic-outcomes")]
    [InlineData("Elsa.FlowDecision", "condition", "singleline")]
    [InlineData("Elsa.Complete", "outcomes", "outcome-picker")]
    [InlineData("Elsa.SetOutput", "outputName", "output-picker")]
    [InlineData("Elsa.ExecuteWorkflow", "workflowDefinitionId", "workflow-definition-picker")]
    [InlineData("Elsa.ExecuteWorkflow", "waitForCompletion", "checkbox")]
    [InlineData("Elsa.RunJavaScript", "script", "code-editor")]
    [InlineData("Elsa.WriteLine", "text", "singleline")]
    public void An_input_has_the_control_that_Elsa_gives_it(string type, string input, string hint) =>
        CouncilActivities.Registry.Find(type)!.Inputs.Single(candidate => candidate.Name == input).UiHint.ShouldBe(hint);

    [Fact]
    public void Names_and_defaults_are_those_of_Elsa()
    {
        var join = CouncilActivities.Registry.Find("Elsa.FlowJoin")!;
        join.DisplayName.ShouldBe("Join");
        join.Inputs.Single().Options.ShouldBe(["WaitAny", "WaitAll", "WaitAllActive"]);
        join.Inputs.Single().Default!.ToString().ShouldBe("WaitAny");
        CouncilActivities.Registry.Find("Elsa.WriteLine")!.DisplayName.ShouldBe("Write Line");
        CouncilActivities.Registry.Find("Elsa.For")!.Inputs.Select(input => (input.Name, input.TypeName, input.Default)).ShouldBe(
            [("start", "Int32", 0), ("end", "Int32", 0), ("step", "Int32", 1), ("outerBoundInclusive", "Boolean", true)]);
    }
}
