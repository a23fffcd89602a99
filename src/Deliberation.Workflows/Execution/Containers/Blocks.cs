using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Activities.BuiltIn;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Execution.Containers;

/// <summary>Children one after the other.</summary>
internal sealed class SequenceContainer(IReadOnlyList<ActivityNode> children) : Container
{
    public override bool EndsOnBreak => true;

    public override void Execute(Burst burst, Visit visit) => Next(burst, visit);

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes)
    {
        if (IsTerminal(child))
        {
            burst.Complete(visit);
        }
        else
        {
            Next(burst, visit);
        }
    }

    private void Next(Burst burst, Visit visit)
    {
        if (visit.Cursor < children.Count)
        {
            burst.Schedule(visit, children[(int)visit.Cursor++]);
        }
        else
        {
            burst.Complete(visit);
        }
    }
}

internal enum ForkJoinMode
{
    WaitAny,
    WaitAll,
}

/// <summary>All children at once; goes on when all are done, or with the first one.</summary>
internal sealed class ParallelContainer(IReadOnlyList<ActivityNode> children, bool waitsForAny = false, bool isFork = false) : Container
{
    public override bool EndsOnBreak => isFork;

    public static ParallelContainer ReadFork(WorkflowCompiler.NodeReader reader) =>
        new(reader.Children("branches"), reader.Bare("joinMode", ForkJoinMode.WaitAll) == ForkJoinMode.WaitAny, isFork: true);

    public override void Execute(Burst burst, Visit visit)
    {
        foreach (var child in children)
        {
            burst.Schedule(visit, child);
        }

        if (children.Count == 0)
        {
            burst.Complete(visit);
        }
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes)
    {
        if (waitsForAny || !visit.HasChildren)
        {
            burst.Complete(visit);
        }
    }
}

/// <summary>One of two children.</summary>
internal sealed class IfContainer(Input<bool> condition, ActivityNode? then, ActivityNode? otherwise) : Container
{
    public override void Execute(Burst burst, Visit visit)
    {
        var holds = burst.Evaluate(visit, condition);
        burst.SetActivityOutput(visit, "Result", JsonValue.Create(holds));
        if ((holds ? then : otherwise) is { } child)
        {
            burst.Schedule(visit, child);
        }
        else
        {
            burst.Complete(visit);
        }
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes) => burst.Complete(visit);
}

/// <summary>The child of the first case that holds, or of each one; the default when none does.</summary>
internal sealed class SwitchContainer(Input<SwitchMode> mode, IReadOnlyList<SwitchCase> cases, IReadOnlyList<ActivityNode?> children, ActivityNode? otherwise) : Container
{
    public static SwitchContainer Read(WorkflowCompiler.NodeReader reader)
    {
        var sources = (ActivityBinder.Property(reader.Source, "cases") as JsonArray ?? []).OfType<JsonObject>().ToList();
        return new SwitchContainer(
            reader.Input<SwitchMode>("mode"),
            reader.Cases(),
            [.. sources.Select((source, index) => reader.Child(source["activity"], $"cases[{index}].activity"))],
            reader.Child("default"));
    }

    public override void Execute(Burst burst, Visit visit)
    {
        var matches = SwitchCase.Matches(cases, burst.Evaluate(visit, mode), condition => burst.Evaluate(visit, condition));
        foreach (var index in matches)
        {
            if (children[index] is { } child)
            {
                burst.Schedule(visit, child);
            }
        }

        if (matches.Count == 0 && otherwise is not null)
        {
            burst.Schedule(visit, otherwise);
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

/// <summary>One child workflow for each item; with <c>waitForCompletion</c>, which is Elsa's default, the ports run as children are answered.</summary>
internal sealed class BulkDispatchContainer(
    Input<string> definition,
    Input<JsonNode> items,
    Input<string> itemKey,
    Input<string> correlationId,
    Input<JsonObject> commonInput,
    Input<bool?> waitForCompletion,
    ActivityNode? childCompleted,
    ActivityNode? childFaulted) : Container
{
    public const string Type = "Elsa.BulkDispatchWorkflows";

    public static BulkDispatchContainer Read(WorkflowCompiler.NodeReader reader) => new(
        reader.Input<string>("workflowDefinitionId"),
        reader.Input<JsonNode>("items"),
        reader.Input<string>("defaultItemInputKey"),
        reader.Input<string>("correlationIdFunction"),
        reader.Input<JsonObject>("input"),
        reader.Input<bool?>("waitForCompletion"),
        reader.Child("childCompleted"),
        reader.Child("childFaulted"));

    public override void Execute(Burst burst, Visit visit)
    {
        var definitionId = burst.Evaluate(visit, definition) is { Length: > 0 } id ? id : throw new ExpressionException($"{Type} names no workflow definition.");
        var list = burst.Evaluate(visit, items) as JsonArray ?? [];
        var common = burst.Evaluate(visit, commonInput);
        var input = burst.Evaluate(visit, itemKey) is { Length: > 0 } given ? given : "Item";
        var waits = (burst.Evaluate(visit, waitForCompletion) ?? true) && list.Count > 0;
        if (list.Count > 0 && !burst.Knows(definitionId))
        {
            throw new ExpressionException(Calls.Unknown(definitionId));
        }

        for (var index = 0; index < list.Count; index++)
        {
            var key = index.ToString(System.Globalization.CultureInfo.InvariantCulture);
            visit.Locals = [new(input, list[index])];
            var correlation = burst.Evaluate(visit, correlationId) is { Length: > 0 } computed ? computed : null;
            burst.Emit(visit, new StartChildWorkflow(definitionId, InputOf(burst, common, input, list[index]), correlation, waits, waits ? Type : "") { Key = waits ? key : null });
            if (waits)
            {
                burst.AddBookmark(visit, new BookmarkRequest(Type, key, Payload: new JsonObject { ["definitionId"] = definitionId, ["visitId"] = burst.IdOf(visit), ["key"] = key }));
            }
        }

        visit.Locals = null;
        if (waits)
        {
            burst.Suspended(visit);
        }
        else
        {
            burst.Complete(visit);
        }
    }

    public override void Resume(Burst burst, Visit visit, Resumption resumption)
    {
        var child = resumption.Input as JsonObject;
        var port = WorkflowCompiler.Text(child?["SubStatus"]) switch
        {
            nameof(WorkflowSubStatus.Faulted) => childFaulted,
            nameof(WorkflowSubStatus.Finished) => childCompleted,
            _ => null,
        };
        if (port is not null)
        {
            burst.Schedule(visit, port).Locals = [new("ChildInstanceId", child?["WorkflowInstanceId"]?.DeepClone())];
        }

        CompleteWhenAnswered(burst, visit);
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes) => CompleteWhenAnswered(burst, visit);

    private static void CompleteWhenAnswered(Burst burst, Visit visit)
    {
        if (visit.Bookmarks is not { Count: > 0 } && !visit.HasChildren)
        {
            burst.Complete(visit, ["Completed", "Done"]);
        }
    }

    /// <summary>An object gives the child its inputs by name; anything else is one input.</summary>
    private static JsonObject InputOf(Burst burst, JsonObject? common, string key, JsonNode? item)
    {
        var result = common?.DeepClone() as JsonObject ?? [];
        result["ParentInstanceId"] = burst.InstanceId;
        if (item is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                result[name] = value?.DeepClone();
            }
        }
        else
        {
            result[key] = item?.DeepClone();
        }

        return result;
    }
}
