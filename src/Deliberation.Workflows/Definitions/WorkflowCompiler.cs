using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Activities.BuiltIn;
using Deliberation.Workflows.Execution.Containers;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Definitions;

/// <summary>Turns the JSON of a definition into nodes. Never refuses: what is wrong goes to the linter and faults when it is executed.</summary>
internal sealed class WorkflowCompiler
{
    /// <summary>Deepest nesting of activities, those of workflows used as activities included.</summary>
    private const int MaxDepth = 60;

    /// <summary>Most activities, those of workflows used as activities included.</summary>
    private const int MaxActivities = 2_000;

    private readonly ActivityRegistry registry;
    private WorkflowResolver? resolver;
    private readonly LintSink lint;
    private readonly Dictionary<string, ActivityNode> nodes = new(StringComparer.Ordinal);
    private readonly List<string> openDefinitions = [];
    private HashSet<string> ids = [];

    private WorkflowCompiler(ActivityRegistry registry, WorkflowResolver? resolver, LintSink lint)
    {
        this.registry = registry;
        this.resolver = resolver;
        this.lint = lint;
    }

    public static CompiledWorkflow Compile(WorkflowDefinition definition, ActivityRegistry registry, WorkflowResolver? resolver, LintSink lint)
    {
        var compiler = new WorkflowCompiler(registry, resolver, lint);
        var root = compiler.Workflow(definition, null, lint);
        var strategy = Text((definition.Source["options"] as JsonObject)?["incidentStrategyType"]) ?? "";
        return new CompiledWorkflow(root, compiler.nodes, strategy.Contains("ContinueWithIncidents", StringComparison.Ordinal), registry, resolver);
    }

    internal static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The implicit workflow node. Its number is the height of workflows used as activities below it, as Elsa counts.</summary>
    private ActivityNode Workflow(WorkflowDefinition definition, ActivityNode? parent, LintSink sink)
    {
        openDefinitions.Add(definition.DefinitionId);
        var (outerIds, outerResolver) = (ids, resolver);
        ids = [];
        resolver = definition.Resolver ?? resolver;
        var id = "Workflow" + (resolver is null ? 1 : Height(definition.Source["root"], []));
        var node = new ActivityNode
        {
            Id = id,
            NodeId = parent is null ? id : parent.NodeId + ":" + id,
            AccessorName = id,
            Type = "Elsa.Workflow",
            DisplayText = definition.Name,
            Source = definition.Source,
            Path = "$",
            Parent = parent,
            Variables = Variables(definition.Source["variables"], "$.variables", sink),
        };
        nodes[node.NodeId] = node;
        var container = new WorkflowContainer(Inputs(definition.Source), OutputNames(definition.Source));
        node.Container = container;
        if (definition.Source["root"] is JsonObject root)
        {
            container.Root = Activity(root, node, "$.root", sink);
        }
        else
        {
            sink.Error("$", "root.missing", "The definition has no root activity.");
        }

        (ids, resolver) = (outerIds, outerResolver);
        openDefinitions.RemoveAt(openDefinitions.Count - 1);
        return node;
    }

    private ActivityNode Activity(JsonObject source, ActivityNode parent, string path, LintSink sink)
    {
        var type = Text(source["type"]) ?? "";
        var id = Text(source["id"]) ?? "";
        if (id.Length == 0)
        {
            sink.Error(path, "activity.id-missing", "The activity has no id.");
            id = path;
        }
        else if (!ids.Add(id))
        {
            sink.Error(path + ".id", "activity.id-duplicate", $"The id '{id}' is used twice.");
        }

        var nodeId = parent.NodeId + ":" + id;
        if (nodes.ContainsKey(nodeId))
        {
            nodeId = $"{nodeId}'{nodes.Count}"; // an error already, but two nodes all the same
        }

        var name = Text(source["name"]);
        var registration = registry.Registered(type);
        var custom = registration is null ? Resolve(source) : null;
        var node = new ActivityNode
        {
            Id = id,
            NodeId = nodeId,
            AccessorName = Naming.Pascal(name is { Length: > 0 } ? name : id),
            Type = registration is null && custom is null ? "Elsa.NotFoundActivity" : type,
            DisplayText = Text((source["metadata"] as JsonObject)?["displayText"]) is { Length: > 0 } display ? display : name is { Length: > 0 } ? name : id,
            Source = source,
            Path = path,
            Parent = parent,
            Variables = Variables(source["variables"], path + ".variables", sink),
            Outputs = OutputBindings(source),
            CanStart = (source["customProperties"] as JsonObject)?["canStartWorkflow"] is JsonValue flag && flag.TryGetValue(out bool canStart) && canStart,
        };
        nodes[nodeId] = node;
        if (nodes.Count > MaxActivities)
        {
            if (nodes.Count == MaxActivities + 1)
            {
                sink.Error(path, "definition.too-many-activities", $"There are more than {MaxActivities} activities.");
            }

            node.Activity = new NotFound($"There are more than {MaxActivities} activities.");
        }
        else if (NestingOf(node) > MaxDepth)
        {
            sink.Error(path, "activity.nesting", $"Activities are nested deeper than {MaxDepth} levels.");
            node.Activity = new NotFound($"Activities are nested deeper than {MaxDepth} levels.");
        }
        else if (registration?.Container is { } container)
        {
            node.Container = container.Read(new NodeReader(this, node, path, sink));
        }
        else if (registration?.Binder is { } binder)
        {
            node.Activity = Bind(binder, node, path, sink);
            for (var above = node.Activity.GetType().Assembly == typeof(WorkflowCompiler).Assembly ? null : node; above is { HoldsProduct: false }; above = above.Parent)
            {
                above.HoldsProduct = true;
            }
        }
        else if (custom is not null)
        {
            var reader = new NodeReader(this, node, path, sink);
            var inside = new LintSink();
            node.Container = new WorkflowActivityContainer(Workflow(custom, node, inside), custom, reader);
            if (inside.Found.Find(found => found.Severity == LintSeverity.Error) is { Code: { } code } found)
            {
                // Such as one activity too many, or a workflow that is open already: sound by itself, not in here.
                sink.Error(path, code, $"In the workflow '{custom.Name}': {found.Message}");
            }
        }
        else
        {
            sink.Error(path + ".type", "activity.unknown", $"The activity type '{type}' is not known.");
            node.Activity = new NotFound($"Activity type '{type}' could not be found.");
        }

        return node;
    }

    private static IActivity Bind(ActivityBinder binder, ActivityNode node, string path, LintSink sink)
    {
        var problems = new BindingProblems();
        var activity = binder.Bind(node.Source, problems);
        if (activity is IChecked itself)
        {
            problems.Found.AddRange(itself.Problems.Found);
        }

        Report(problems, path, sink);
        return activity;
    }

    internal static void Report(BindingProblems problems, string path, LintSink sink)
    {
        foreach (var (property, problem) in problems.Found)
        {
            var place = problem.Line == 0 ? "" : $" (line {problem.Line}, column {problem.Column} of the expression)";
            sink.Error($"{path}.{property}", "expression.invalid", problem.Message + place);
        }
    }

    private WorkflowDefinition? Resolve(JsonObject source)
    {
        var definition = WorkflowReference.From(source) is { } reference ? resolver?.Invoke(reference) : null;

        // A workflow that contains itself would never end to be compiled.
        return definition is not null && !openDefinitions.Contains(definition.DefinitionId) ? definition : null;
    }

    private int Height(JsonNode? node, HashSet<string> seen)
    {
        var height = 1;
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                {
                    height = Math.Max(height, Height(item, seen));
                }

                break;
            case JsonObject members:
                if (Text(members["type"]) is { } type && members.ContainsKey("id") && registry.Registered(type) is null && Resolve(members) is { } definition && seen.Add(definition.DefinitionId))
                {
                    var outer = resolver;
                    resolver = definition.Resolver ?? resolver;
                    height = 1 + Height(definition.Source["root"], seen);
                    resolver = outer;
                    seen.Remove(definition.DefinitionId);
                }

                foreach (var (_, member) in members)
                {
                    height = Math.Max(height, Height(member, seen));
                }

                break;
        }

        return height;
    }

    private static int NestingOf(ActivityNode node)
    {
        var depth = 0;
        for (var current = node.Parent; current is not null; current = current.Parent)
        {
            depth++;
        }

        return depth;
    }

    private static List<VariableDeclaration> Variables(JsonNode? source, string path, LintSink sink)
    {
        var variables = new List<VariableDeclaration>();
        foreach (var variable in (source as JsonArray ?? []).OfType<JsonObject>())
        {
            var name = Text(variable["name"]) ?? Text(variable["id"]);
            if (name is null)
            {
                sink.Error($"{path}[{variables.Count}]", "variable.name-missing", "The variable has no name.");
                continue;
            }

            var typeName = TypeAliases.Normal(Text(variable["typeName"]));
            var isArray = variable["isArray"] is JsonValue flag && flag.TryGetValue(out bool array) && array;
            variables.Add(new VariableDeclaration(Text(variable["id"]) ?? name, name, typeName, isArray, ValueConverter.CoerceOrDefault(variable["value"], typeName, isArray)));
        }

        return variables;
    }

    private static List<InputDeclaration> Inputs(JsonObject definition)
    {
        var templates = ((definition["customProperties"] as JsonObject)?["deliberation"] as JsonObject)?["inputs"] as JsonObject;
        return
        [
            .. (definition["inputs"] as JsonArray ?? []).OfType<JsonObject>()
                .Where(input => Text(input["name"]) is not null)
                .Select(input => new InputDeclaration(
                    Text(input["name"])!,
                    TypeAliases.Normal(Text(input["type"])),
                    input["isArray"] is JsonValue flag && flag.TryGetValue(out bool array) && array,
                    (templates?[Text(input["name"])!] as JsonObject)?["default"])),
        ];
    }

    private static HashSet<string> OutputNames(JsonObject definition) =>
        [.. (definition["outputs"] as JsonArray ?? []).OfType<JsonObject>().Select(output => Text(output["name"])).OfType<string>()];

    private static List<OutputBinding> OutputBindings(JsonObject source) =>
    [
        .. from property in source
           where property.Value is JsonObject value && value["expression"] is null && value["memoryReference"] is JsonObject
           let reference = Text(property.Value["memoryReference"]!["id"])
           where reference is not null
           select new OutputBinding(Naming.Pascal(property.Key), reference),
    ];

    /// <summary>What a container uses to read its own part of the JSON.</summary>
    internal sealed class NodeReader(WorkflowCompiler compiler, ActivityNode node, string path, LintSink sink)
    {
        public ActivityNode Node => node;

        public JsonObject Source => node.Source;

        public string Path => path;

        public LintSink Lint => sink;

        public ActivityRegistry Registry => compiler.registry;

        public ActivityNode? Child(string property) =>
            ActivityBinder.Property(node.Source, property) is JsonObject child ? compiler.Activity(child, node, $"{path}.{property}", sink) : null;

        public ActivityNode? Child(JsonNode? source, string at) => source is JsonObject child ? compiler.Activity(child, node, $"{path}.{at}", sink) : null;

        public List<ActivityNode> Children(string property)
        {
            var children = new List<ActivityNode>();
            if (ActivityBinder.Property(node.Source, property) is JsonArray items)
            {
                for (var index = 0; index < items.Count; index++)
                {
                    if (items[index] is JsonObject child)
                    {
                        children.Add(compiler.Activity(child, node, $"{path}.{property}[{index}]", sink));
                    }
                }
            }

            return children;
        }

        public Input<T> Input<T>(string property)
        {
            var problems = new BindingProblems { Property = property };
            var input = ActivityBinder.BindElsaInput<T>(ActivityBinder.Property(node.Source, property), problems);
            Report(problems, path, sink);
            return input;
        }

        /// <summary>A value that stands without wrapper and expression.</summary>
        public T Bare<T>(string property, T missing)
            where T : struct
        {
            var value = ActivityBinder.Property(node.Source, property);
            try
            {
                return ValueConverter.Convert<T?>(value) ?? missing;
            }
            catch (ExpressionException problem)
            {
                sink.Error($"{path}.{property}", "expression.invalid", problem.Message);
                return missing;
            }
        }

        public IReadOnlyList<SwitchCase> Cases()
        {
            var problems = new BindingProblems();
            var cases = SwitchCase.Read(ActivityBinder.Property(node.Source, "cases"), problems);
            Report(problems, path, sink);
            return cases;
        }
    }
}

/// <summary>Stands for an activity that cannot be executed; faults when it is.</summary>
internal sealed record NotFound(string Message) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Failed(Message);
}
