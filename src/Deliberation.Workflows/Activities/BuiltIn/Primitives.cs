using System.Text.Json.Nodes;
using Deliberation.Workflows.Execution;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Activities.BuiltIn;

/// <summary>Where a flowchart starts. Does nothing.</summary>
[Activity("Elsa.Start", Description = "Marks where a flowchart starts.", Category = "Flow")]
internal sealed record Start : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done;
}

/// <summary>Ends the sequence or flowchart around it, even while siblings wait.</summary>
[Activity("Elsa.End", Description = "Ends the flowchart or sequence around it.", Category = "Flow")]
internal sealed record End : IActivity
{
    // The sequence or flowchart around it ends because it is terminal.
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done;
}

/// <summary>Ends the instance at once: nothing that waits or is queued goes on.</summary>
[Activity("Elsa.Finish", Description = "Ends the whole workflow at once.", Category = "Flow")]
internal sealed record Finish : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done.WithEffect(new Effect.Finish());
}

/// <summary>Ends the nearest workflow; as an activity of another one it then follows the outcomes.</summary>
/// <param name="Outcomes">One text or a list.</param>
[Activity("Elsa.Complete", Description = "Ends the workflow around it with outcomes.", Category = "Flow")]
internal sealed record Complete([Input(UiHint = UiHints.OutcomePicker, Description = "One outcome or several.")] Input<JsonNode> Outcomes) : IActivity
{
    public ActivityResult Execute(ActivityContext context)
    {
        var outcomes = context.Evaluate(Outcomes) switch
        {
            JsonArray list => [.. list.Select(item => item?.ToString() ?? "")],
            null => Array.Empty<string>(),
            var one when one.ToString() is { Length: > 0 } text => ValueConverter.Convert<string[]>(JsonValue.Create(text)) ?? [],
            _ => [],
        };
        return ActivityResult.Done.WithEffect(new Effect.CompleteWorkflow(outcomes));
    }
}

/// <summary>Leaves the nearest loop.</summary>
[Activity("Elsa.Break", Description = "Leaves the loop around it.", Category = "Looping")]
internal sealed record Break : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done.WithEffect(new Effect.Break());
}

/// <summary>Stops the instance with an incident.</summary>
[Activity("Elsa.Fault", Description = "Faults the workflow.", Category = "Primitives")]
internal sealed record Fault(Input<string> Code, Input<string> Category, Input<string> FaultType, Input<string> Message) : IActivity
{
    public ActivityResult Execute(ActivityContext context) =>
        ActivityResult.Failed(context.Evaluate(Message) ?? context.Evaluate(Code) ?? "Fault");
}

/// <summary>Assigns a variable by its id.</summary>
/// <param name="Variable"><c>{"id","name","typeName"}</c>.</param>
[Activity("Elsa.SetVariable", Description = "Gives a variable a value.", Category = "Primitives")]
internal sealed record SetVariable([Input(UiHint = UiHints.VariablePicker)] JsonNode? Variable, Input<JsonNode> Value) : IActivity
{
    private readonly string? reference = Variable is JsonObject variable ? (string?)(variable["id"] ?? variable["name"]) : (string?)Variable;

    public ActivityResult Execute(ActivityContext context) => reference is null
        ? ActivityResult.Failed("SetVariable has no variable.")
        : ActivityResult.Done.WithEffect(new Effect.SetVariable(reference, context.Evaluate(Value)));
}

/// <summary>Names the instance.</summary>
[Activity("Elsa.SetName", Description = "Names the instance.", Category = "Primitives")]
internal sealed record SetName(Input<string> Value) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done.WithEffect(new Effect.SetName(context.Evaluate(Value)));
}

/// <summary>Sets the correlation id of the instance.</summary>
[Activity("Elsa.Correlate", Description = "Sets the correlation id of the instance.", Category = "Primitives")]
internal sealed record Correlate(Input<string> CorrelationId) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done.WithEffect(new Effect.Correlate(context.Evaluate(CorrelationId)));
}

/// <summary>Sets an output of the workflow.</summary>
[Activity("Elsa.SetOutput", Description = "Sets an output of the workflow.", Category = "Primitives")]
internal sealed record SetOutput([Input(UiHint = UiHints.OutputPicker)] Input<string> OutputName, Input<JsonNode> OutputValue) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => context.Evaluate(OutputName) is { Length: > 0 } name
        ? ActivityResult.Done.WithEffect(new Effect.SetOutput(name, context.Evaluate(OutputValue)))
        : ActivityResult.Failed("SetOutput has no output name.");
}

/// <summary>Writes a line to the log of the host.</summary>
[Activity("Elsa.WriteLine", Description = "Writes a line.", Category = "Console")]
internal sealed record WriteLine(Input<string> Text) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done.WithCommand(new WriteLineCommand(context.Evaluate(Text) ?? ""));
}

/// <summary>Writes a line to the log of the host. Level, category and attributes are kept in the definition and not used.</summary>
[Activity("Elsa.Log", Description = "Writes to the log of the server.", Category = "Diagnostics")]
internal sealed record Log(Input<string> Message) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done.WithCommand(new WriteLineCommand(context.Evaluate(Message) ?? "") { IsLog = true });
}

/// <summary>Evaluates a script of the subset; its value is the output <c>Result</c>.</summary>
[Activity("Elsa.RunJavaScript", DisplayName = "Run JavaScript", Description = "Evaluates a script; its value is the result.", Category = "Scripting", Outputs = ["Result"])]
internal sealed record RunJavaScript([Input(UiHint = UiHints.CodeEditor)] Input<string> Script) : IActivity
{
    // A literal script is parsed once, with the definition.
    private readonly Input<JsonNode>? literal = Script is { ExpressionType: "Literal", Value: not null } ? new Input<JsonNode>("JavaScript", Script.Value) : null;

    public ActivityResult Execute(ActivityContext context)
    {
        var script = literal ?? new Input<JsonNode>("JavaScript", JsonValue.Create(context.Evaluate(Script)));
        return script.Value is null ? ActivityResult.Done : ActivityResult.Done.WithOutput("Result", context.Evaluate(script));
    }
}
