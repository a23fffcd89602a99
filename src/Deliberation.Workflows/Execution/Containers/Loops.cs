using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Execution.Containers;

/// <summary>The body for each number from start to end.</summary>
internal sealed class ForContainer(Input<long> start, Input<long> end, Input<long?> step, Input<bool?> isInclusive, ActivityNode? body) : Container
{
    public override bool IsLoop => true;

    public static ForContainer Read(WorkflowCompiler.NodeReader reader) => new(
        reader.Input<long>("start"),
        reader.Input<long>("end"),
        reader.Input<long?>("step"),
        reader.Input<bool?>("outerBoundInclusive"),
        reader.Child("body"));

    public override void Execute(Burst burst, Visit visit)
    {
        visit.Cursor = burst.Evaluate(visit, start);

        // Elsa evaluates inputs when an activity starts: what the body changes moves neither end nor step.
        visit.State = new JsonObject
        {
            ["end"] = burst.Evaluate(visit, end),
            ["step"] = burst.Evaluate(visit, step) ?? 1,
            ["isInclusive"] = burst.Evaluate(visit, isInclusive) ?? true,
        };
        Turn(burst, visit);
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes)
    {
        var by = Number(visit, "step");
        visit.Cursor += by != 0 ? by : throw new ExpressionException("The step of a For is 0: it would never end.");
        Turn(burst, visit);
    }

    private void Turn(Burst burst, Visit visit)
    {
        var last = Number(visit, "end");
        var forward = Number(visit, "step") >= 0;
        var goesOn = (bool)visit.State!["isInclusive"]!
            ? forward ? visit.Cursor <= last : visit.Cursor >= last
            : forward ? visit.Cursor < last : visit.Cursor > last;
        if (goesOn && body is not null)
        {
            burst.Schedule(visit, body).Locals = [new("CurrentValue", JsonValue.Create(visit.Cursor))];
            burst.SetActivityOutput(visit, "CurrentValue", JsonValue.Create(visit.Cursor));
        }
        else
        {
            burst.Complete(visit);
        }
    }

    private static long Number(Visit visit, string name) => (long)Json.Number((JsonValue)visit.State![name]!);
}

/// <summary>The body for each item, one after the other. The items are evaluated once.</summary>
internal sealed class ForEachContainer(Input<JsonNode> items, ActivityNode? body) : Container
{
    public override bool IsLoop => true;

    public override void Execute(Burst burst, Visit visit)
    {
        visit.Items = items.Value is null ? [] : ItemsOf(burst.Evaluate(visit, items));
        Turn(burst, visit);
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes) => Turn(burst, visit);

    private void Turn(Burst burst, Visit visit)
    {
        if (body is null || visit.Cursor >= visit.Items!.Count)
        {
            burst.Complete(visit);
            return;
        }

        var index = visit.Cursor++;
        burst.Schedule(visit, body).Locals = [new("CurrentValue", visit.Items[(int)index]), new("CurrentIndex", JsonValue.Create(index))];
        burst.SetActivityOutput(visit, "CurrentValue", visit.Items[(int)index]?.DeepClone());
    }

    /// <summary>As Elsa makes a collection: of a list, of a text that is one in JSON, and of another text its characters.</summary>
    private static JsonArray ItemsOf(JsonNode? value) => value switch
    {
        JsonArray list => list,
        JsonValue text when text.TryGetValue(out string? characters) && !string.IsNullOrWhiteSpace(characters) => characters.TrimStart()[0] is '[' or '{'
            ? ValueConverter.Convert<JsonArray>(text) ?? []
            : [.. characters.Select(character => JsonValue.Create(character.ToString()))],
        _ => throw new ExpressionException($"{(value is null ? "Nothing" : value.ToJsonString())} is no list to go over."),
    };
}

/// <summary>The body for every item at once; goes on when all are done.</summary>
/// <remarks>As in Elsa no Break ends it: a Break inside is one of the loop around it. What is no list has no items.</remarks>
internal sealed class ParallelForEachContainer(Input<JsonNode> items, ActivityNode? body) : Container
{
    public override void Execute(Burst burst, Visit visit)
    {
        var list = burst.Evaluate(visit, items) as JsonArray ?? [];
        for (var index = 0; body is not null && index < list.Count; index++)
        {
            burst.Schedule(visit, body).Locals = [new("CurrentValue", list[index]), new("CurrentIndex", JsonValue.Create(index))];
        }

        if (!visit.HasChildren)
        {
            burst.Complete(visit);
        }
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes)
    {
        if (!visit.HasChildren)
        {
            burst.Complete(visit);
        }
    }
}

/// <summary>The body as long as the condition holds.</summary>
internal sealed class WhileContainer(Input<bool> condition, ActivityNode? body) : Container
{
    public override bool IsLoop => true;

    public override void Execute(Burst burst, Visit visit)
    {
        if (burst.Evaluate(visit, condition) && body is not null)
        {
            burst.Schedule(visit, body);
        }
        else
        {
            burst.Complete(visit);
        }
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes) => Execute(burst, visit);
}
