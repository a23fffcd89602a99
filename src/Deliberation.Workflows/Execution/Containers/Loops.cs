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
        Turn(burst, visit);
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes)
    {
        visit.Cursor += Step(burst, visit);
        Turn(burst, visit);
    }

    private long Step(Burst burst, Visit visit) => burst.Evaluate(visit, step) switch
    {
        null => 1,
        0 => throw new ExpressionException("The step of a For is 0: it would never end."),
        { } value => value,
    };

    private void Turn(Burst burst, Visit visit)
    {
        var last = burst.Evaluate(visit, end);
        var forward = Step(burst, visit) > 0;
        var goesOn = burst.Evaluate(visit, isInclusive) ?? true
            ? forward ? visit.Cursor <= last : visit.Cursor >= last
            : forward ? visit.Cursor < last : visit.Cursor > last;
        if (goesOn && body is not null)
        {
            burst.Schedule(visit, body).Locals = [new("CurrentValue", JsonValue.Create(visit.Cursor))];
        }
        else
        {
            burst.Complete(visit);
        }
    }
}

/// <summary>The body for each item, one after the other. The items are evaluated once.</summary>
internal sealed class ForEachContainer(Input<JsonArray> items, ActivityNode? body) : Container
{
    public override bool IsLoop => true;

    public override void Execute(Burst burst, Visit visit)
    {
        visit.Items = burst.Evaluate(visit, items) ?? [];
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
    }
}

/// <summary>The body for every item at once; goes on when all are done.</summary>
internal sealed class ParallelForEachContainer(Input<JsonArray> items, ActivityNode? body) : Container
{
    public override bool IsLoop => true;

    public override void Execute(Burst burst, Visit visit)
    {
        var list = burst.Evaluate(visit, items) ?? [];
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
