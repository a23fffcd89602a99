using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution.Containers;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Execution;

/// <summary>An instance as JSON. Objects only where names matter, so that a store which reorders members loses nothing.</summary>
internal static class InstanceState
{
    public static JsonObject Write(Instance instance)
    {
        var state = new JsonObject
        {
            ["instanceId"] = instance.Id,
            ["status"] = instance.Status.ToString(),
            ["subStatus"] = instance.SubStatus.ToString(),
            ["output"] = Json.Detached(instance.Output),
            ["journal"] = instance.JournalSequence,
            ["visits"] = instance.VisitSequence,
            ["bookmarkCount"] = instance.BookmarkSequence,
        };
        Add(state, "name", instance.Name);
        Add(state, "correlationId", instance.CorrelationId);
        Add(state, "variables", instance.FinalVariables);
        if (instance.Root is { } root)
        {
            state["root"] = Write(root);
        }

        if (instance.Bookmarks.Count > 0)
        {
            state["bookmarks"] = new JsonArray([.. instance.Bookmarks.Values.OrderBy(entry => entry.Number).Select(Write)]);
        }

        if (instance.Queue.Count > 0)
        {
            state["queue"] = new JsonArray([.. instance.Queue.Where(item => item.Visit.Status != VisitStatus.Closed).Select(item => new JsonObject { ["visit"] = item.Visit.Number, ["resumption"] = Write(item.Resumption) })]);
        }

        return state;
    }

    public static Instance Read(JsonObject state, CompiledWorkflow workflow)
    {
        var instance = new Instance((string)state["instanceId"]!, workflow)
        {
            Status = Enum.Parse<WorkflowStatus>((string)state["status"]!),
            SubStatus = Enum.Parse<WorkflowSubStatus>((string)state["subStatus"]!),
            Name = (string?)state["name"],
            CorrelationId = (string?)state["correlationId"],
            Output = (JsonObject)state["output"]!.DeepClone(),
            FinalVariables = (JsonObject?)state["variables"],
            JournalSequence = Long(state["journal"]),
            VisitSequence = Long(state["visits"]),
            BookmarkSequence = Long(state["bookmarkCount"]),
        };
        if (state["root"] is not JsonObject root)
        {
            return instance;
        }

        var visits = new Dictionary<long, Visit>();
        instance.Root = Read(root, null, workflow, visits);
        foreach (var item in state["bookmarks"] as JsonArray ?? [])
        {
            var entry = new BookmarkEntry(ReadBookmark((JsonObject)item!), visits[Long(item!["visit"])], Long(item["number"]), IsNew: false);
            instance.Bookmarks.Add(entry.Bookmark.Id, entry);
            (entry.Visit.Bookmarks ??= []).Add(entry);
        }

        foreach (var item in state["queue"] as JsonArray ?? [])
        {
            instance.Queue.Enqueue(new WorkItem(visits[Long(item!["visit"])], ReadResumption(item["resumption"])));
        }

        return instance;
    }

    /// <summary>None when the instance is over: a faulted one keeps its bookmarks to itself.</summary>
    public static IReadOnlyList<Bookmark> ReadBookmarks(JsonObject state) =>
        (string?)state["status"] == nameof(WorkflowStatus.Finished) || state["bookmarks"] is not JsonArray bookmarks
            ? []
            : [.. bookmarks.Select(item => ReadBookmark((JsonObject)item!))];

    /// <summary>Every open visit, parents first, in the order they were made.</summary>
    public static IEnumerable<Visit> OpenVisits(Visit visit) => [visit, .. visit.Children.OrderBy(child => child.Number).SelectMany(OpenVisits)];

    public static JsonObject VariablesOf(Visit visit)
    {
        var values = new JsonObject();
        for (var index = 0; index < visit.Variables.Length; index++)
        {
            values[visit.Node.Variables[index].Id] = Json.Detached(visit.Variables[index]);
        }

        return values;
    }

    private static JsonObject Write(Visit visit)
    {
        var node = new JsonObject { ["number"] = visit.Number, ["node"] = visit.Node.NodeId, ["status"] = visit.Status.ToString() };
        if (visit.Variables.Length > 0)
        {
            node["variables"] = VariablesOf(visit);
        }

        if (visit.Locals is { } locals)
        {
            var values = new JsonObject();
            foreach (var (name, value) in locals)
            {
                values[name] = Json.Detached(value);
            }

            node["locals"] = values;
        }

        Add(node, "state", visit.State is { Count: > 0 } ? visit.State : null);
        Add(node, "items", visit.Items);
        Add(node, "inputs", visit.Inputs);
        Add(node, "workflowOutputs", visit.WorkflowOutputs);
        if (visit.Cursor != 0)
        {
            node["cursor"] = visit.Cursor;
        }

        if (visit.CameBack)
        {
            node["cameBack"] = true;
        }

        if (visit.IsEnding)
        {
            node["isEnding"] = true;
        }

        if (visit.IsBeyondRetry)
        {
            node["isBeyondRetry"] = true;
        }

        if (visit.Outcomes is { } outcomes)
        {
            node["outcomes"] = new JsonArray([.. outcomes.Select(outcome => JsonValue.Create(outcome))]);
        }

        if (visit.ChildOutputs is { } childOutputs)
        {
            var outputs = new JsonObject();
            foreach (var (activity, values) in childOutputs)
            {
                outputs[activity] = Json.Detached(values);
            }

            node["childOutputs"] = outputs;
        }

        if (visit.Flow is { } flow)
        {
            node["flow"] = Write(flow, (FlowchartContainer)visit.Node.Container!);
        }

        Add(node, "faultedOn", Write(visit.FaultedOn));
        if (visit.HasChildren)
        {
            node["children"] = new JsonArray([.. visit.Children.OrderBy(child => child.Number).Select(Write)]);
        }

        return node;
    }

    private static Visit Read(JsonObject node, Visit? parent, CompiledWorkflow workflow, Dictionary<long, Visit> visits)
    {
        var nodeId = (string)node["node"]!;
        var definition = workflow.Nodes.TryGetValue(nodeId, out var found)
            ? found
            : throw new InvalidOperationException($"The state is of another definition: there is no activity {nodeId}.");
        var visit = new Visit(Long(node["number"]), definition, parent)
        {
            Status = Enum.Parse<VisitStatus>((string)node["status"]!),
            State = (JsonObject?)node["state"]?.DeepClone(),
            Items = (JsonArray?)node["items"],
            Inputs = (JsonObject?)node["inputs"],
            WorkflowOutputs = (JsonObject?)node["workflowOutputs"]?.DeepClone(),
            Cursor = Long(node["cursor"]),
            CameBack = node["cameBack"] is not null,
            IsEnding = node["isEnding"] is not null,
            IsBeyondRetry = node["isBeyondRetry"] is not null,
            Outcomes = (node["outcomes"] as JsonArray)?.Select(outcome => (string)outcome!).ToList(),
            FaultedOn = ReadResumption(node["faultedOn"]),
        };
        parent?.Adopt(visit);
        visits.Add(visit.Number, visit);
        if (node["variables"] is JsonObject variables)
        {
            for (var index = 0; index < visit.Variables.Length; index++)
            {
                if (variables.TryGetPropertyValue(definition.Variables[index].Id, out var value))
                {
                    visit.Variables[index] = value; // one that a newer definition added keeps its initial value
                }
            }
        }

        if (node["locals"] is JsonObject locals)
        {
            visit.Locals = [.. locals.Select(local => new Local(local.Key, local.Value))];
        }

        if (node["childOutputs"] is JsonObject outputs)
        {
            visit.ChildOutputs = outputs.ToDictionary(output => output.Key, output => (JsonObject)output.Value!.DeepClone(), StringComparer.OrdinalIgnoreCase);
        }

        if (definition.Container is FlowchartContainer flowchart && node["flow"] is JsonObject flow)
        {
            visit.Flow = ReadFlow(flow, flowchart);
        }

        foreach (var child in node["children"] as JsonArray ?? [])
        {
            Read((JsonObject)child!, visit, workflow, visits);
        }

        return visit;
    }

    // Elsa's FlowScope, with its keys.
    private static JsonObject Write(FlowScope flow, FlowchartContainer flowchart)
    {
        var activities = new JsonObject();
        for (var index = 0; index < flow.ActivityVisits.Length; index++)
        {
            if (flow.ActivityVisits[index] > 0)
            {
                activities[flowchart.Activities[index].Id] = flow.ActivityVisits[index];
            }
        }

        var visits = new JsonObject();
        var followed = new JsonObject();
        foreach (var connection in flowchart.Connections)
        {
            if (flow.ConnectionVisits[connection.Index] > 0)
            {
                visits[connection.Key] = flow.ConnectionVisits[connection.Index];
                followed[connection.Key] = flow.IsFollowed[connection.Index];
            }
        }

        return new JsonObject { ["activitiesVisitCount"] = activities, ["connectionVisitCount"] = visits, ["connectionLastVisitFollowed"] = followed };
    }

    private static FlowScope ReadFlow(JsonObject node, FlowchartContainer flowchart)
    {
        var flow = new FlowScope(flowchart.Activities.Count, flowchart.Connections.Count);
        var activities = node["activitiesVisitCount"]!.AsObject();
        for (var index = 0; index < flowchart.Activities.Count; index++)
        {
            flow.ActivityVisits[index] = (int)Long(activities[flowchart.Activities[index].Id]);
        }

        foreach (var connection in flowchart.Connections)
        {
            flow.ConnectionVisits[connection.Index] = (int)Long(node["connectionVisitCount"]![connection.Key]);
            flow.IsFollowed[connection.Index] = node["connectionLastVisitFollowed"]![connection.Key]?.GetValue<bool>() ?? false;
        }

        return flow;
    }

    private static JsonObject Write(BookmarkEntry entry)
    {
        var bookmark = entry.Bookmark;
        var node = new JsonObject
        {
            ["id"] = bookmark.Id,
            ["number"] = entry.Number,
            ["visit"] = entry.Visit.Number,
            ["name"] = bookmark.Name,
            ["activityId"] = bookmark.ActivityId,
            ["activityType"] = bookmark.ActivityType,
            ["visitId"] = bookmark.VisitId,
            ["hash"] = bookmark.StimulusHash,
            ["catchUp"] = bookmark.CatchUp.ToString(),
        };
        Add(node, "key", bookmark.Key);
        Add(node, "payload", bookmark.Payload?.DeepClone());
        Add(node, "dueAt", bookmark.DueAt?.ToString("O", CultureInfo.InvariantCulture));
        Add(node, "isFixed", bookmark.IsFixed ? true : null);
        return node;
    }

    private static Bookmark ReadBookmark(JsonObject node) => new(
        (string)node["id"]!,
        (string)node["name"]!,
        (string?)node["key"],
        (string)node["activityId"]!,
        (string)node["activityType"]!,
        (string)node["visitId"]!,
        (string)node["hash"]!,
        node["payload"]?.DeepClone(),
        Instant(node["dueAt"]),
        Enum.Parse<CatchUp>((string)node["catchUp"]!),
        (bool?)node["isFixed"] ?? false);

    private static JsonObject? Write(Resumption? resumption)
    {
        if (resumption is null)
        {
            return null;
        }

        var node = new JsonObject { ["name"] = resumption.Name };
        Add(node, "key", resumption.Key);
        Add(node, "input", resumption.Input?.DeepClone());
        Add(node, "dueAt", resumption.DueAt?.ToString("O", CultureInfo.InvariantCulture));
        return node;
    }

    private static Resumption? ReadResumption(JsonNode? node) => node is null
        ? null
        : new Resumption((string)node["name"]!, (string?)node["key"], node["input"]?.DeepClone(), Instant(node["dueAt"]));

    private static void Add(JsonObject node, string name, JsonNode? value)
    {
        if (value is not null)
        {
            node[name] = Json.Detached(value);
        }
    }

    private static long Long(JsonNode? node) => node is JsonValue value ? (long)Json.Number(value) : 0;

    private static DateTimeOffset? Instant(JsonNode? node) =>
        node is null ? null : DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
