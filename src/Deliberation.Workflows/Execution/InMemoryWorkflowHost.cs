using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Workflows.Execution;

/// <summary>An answer of the host to a command: it resumes a bookmark of the visit that gave the command.</summary>
/// <param name="Bookmark">Name of the bookmark; an answer to one that is not there is dropped.</param>
public sealed record CommandAnswer(string Bookmark, string? Key = null, JsonNode? Input = null);

/// <summary>An instance that a host runs in memory.</summary>
public sealed class HostedInstance
{
    internal HostedInstance(string id, WorkflowDefinition definition, Transition transition)
    {
        Id = id;
        Definition = definition;
        Last = transition;
    }

    public string Id { get; }

    public WorkflowDefinition Definition { get; }

    /// <summary>What the last call of the engine decided.</summary>
    public Transition Last { get; internal set; }

    public JsonObject State => Last.State;

    /// <summary>All bursts so far.</summary>
    public IReadOnlyList<JournalEntry> Journal => JournalSoFar;

    /// <summary>All bursts so far.</summary>
    public IReadOnlyList<Incident> Incidents => IncidentsSoFar;

    internal List<JournalEntry> JournalSoFar { get; } = [];

    internal List<Incident> IncidentsSoFar { get; } = [];

    /// <summary>The instance that started this one and the bookmark that waits for it; null for others.</summary>
    internal (HostedInstance Instance, string VisitId, StartChildWorkflow Command)? Caller { get; init; }
}

/// <summary>Runs definitions without a database: for the command line, simulations and tests. Carries out Elsa's own commands
/// (children, events, lines); those of a product go to <see cref="Answer"/>. Not for use from several threads.</summary>
/// <remarks>State passes through JSON text after every burst, as it would through a database.</remarks>
public sealed class InMemoryWorkflowHost
{
    private const int MostInstances = 10_000;

    private readonly WorkflowEngine engine;
    private readonly Dictionary<string, WorkflowDefinition> definitions;
    private readonly List<HostedInstance> instances = [];
    private readonly Queue<Action> work = new();
    private readonly List<string> lines = [];
    private readonly Lazy<IReadOnlyCollection<object>> facts;
    private int started;

    /// <param name="definitions">Every definition that may be started, by <see cref="WorkflowDefinition.DefinitionId"/>; the last of an id wins.</param>
    /// <param name="now">Council time at the beginning; moves only by <see cref="AdvanceTo"/> and <see cref="SkipToNextDue"/>.</param>
    public InMemoryWorkflowHost(WorkflowEngine engine, IEnumerable<WorkflowDefinition> definitions, DateTimeOffset now)
    {
        this.engine = engine;
        var byId = new Dictionary<string, WorkflowDefinition>(StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            byId[definition.DefinitionId] = definition;
        }

        this.definitions = byId;
        facts = new Lazy<IReadOnlyCollection<object>>(() => [.. Facts, new KnownWorkflows(byId.ContainsKey)]);
        Now = now;
    }

    /// <summary>Council time.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Pure data for activities.</summary>
    public IReadOnlyCollection<object> Facts { get; init; } = [];

    /// <summary>Carries out a command of the product; its answers resume bookmarks of the same visit, after the burst. Null answers nothing.</summary>
    public Func<HostedInstance, EmittedCommand, IEnumerable<CommandAnswer>>? Answer { get; init; }

    /// <summary>Texts of WriteLine, in the order they were written, of all instances.</summary>
    public IReadOnlyList<string> Lines => lines;

    /// <summary>In the order they were started.</summary>
    public IReadOnlyList<HostedInstance> Instances => instances;

    /// <summary>Starts an instance and runs everything that follows until all wait or have ended.</summary>
    public HostedInstance Start(WorkflowDefinition definition, JsonObject? input = null, string? correlationId = null)
    {
        var instance = Begin(definition, input ?? [], correlationId, null);
        Drain();
        return instance;
    }

    /// <summary>Publishes a named event to every bookmark that waits for it.</summary>
    /// <param name="correlationId">Only to instances with this correlation id; null reaches all.</param>
    public void Publish(string eventName, JsonNode? payload = null, string? correlationId = null)
    {
        Deliver(eventName, payload, correlationId, null);
        Drain();
    }

    /// <summary>Resumes one bookmark.</summary>
    /// <returns>False when the instance has no such bookmark.</returns>
    public bool Resume(HostedInstance instance, Bookmark bookmark, JsonNode? input = null)
    {
        if (engine.Bookmarks(instance.State).All(candidate => candidate.Id != bookmark.Id))
        {
            return false;
        }

        Take(instance, engine.Resume(instance.Definition, instance.State, bookmark.Id, input, Now, facts.Value));
        Drain();
        return true;
    }

    /// <summary>Every bookmark of every instance, with its instance, oldest first.</summary>
    public IEnumerable<(HostedInstance Instance, Bookmark Bookmark)> Bookmarks() =>
        instances.SelectMany(instance => engine.Bookmarks(instance.State).Select(bookmark => (instance, bookmark)));

    /// <summary>Resumes bookmarks, oldest first, without input, until there is none. A wait for a child ends with the child.</summary>
    /// <param name="limit">At most so many, for workflows that never end.</param>
    public void ResumeAll(int limit = 10_000)
    {
        for (var count = 0; count < limit && Bookmarks().FirstOrDefault(waiting => !WaitsForChild(waiting.Instance, waiting.Bookmark)) is { Bookmark: { } bookmark } waiting; count++)
        {
            Resume(waiting.Instance, bookmark);
        }
    }

    /// <summary>Moves the clock to the earliest due bookmark and fires it.</summary>
    /// <returns>False when no bookmark has a due instant.</returns>
    public bool SkipToNextDue() => FireNext(null);

    /// <summary>Moves the clock and fires what comes due on the way, each at its own instant.</summary>
    public void AdvanceTo(DateTimeOffset instant)
    {
        while (FireNext(instant))
        {
        }

        Now = instant > Now ? instant : Now;
    }

    /// <summary>The workflow's variables as they are now.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Variables(HostedInstance instance) => engine.Variables(instance.Definition, instance.State);

    private bool WaitsForChild(HostedInstance instance, Bookmark bookmark) => instances.Any(child =>
        child.Last.Status == WorkflowStatus.Running
        && child.Caller is { } caller
        && caller.Instance == instance && caller.VisitId == bookmark.VisitId && caller.Command.Bookmark == bookmark.Name && caller.Command.Key == bookmark.Key);

    private bool FireNext(DateTimeOffset? until)
    {
        var due = Bookmarks()
            .Where(waiting => waiting.Bookmark.DueAt is { } at && (until is null || at <= until))
            .OrderBy(waiting => waiting.Bookmark.DueAt)
            .FirstOrDefault();
        if (due.Bookmark is not { DueAt: { } at })
        {
            return false;
        }

        Now = at > Now ? at : Now;
        return Resume(due.Instance, due.Bookmark);
    }

    private HostedInstance Begin(WorkflowDefinition definition, JsonObject input, string? correlationId, (HostedInstance, string, StartChildWorkflow)? caller)
    {
        var id = FormattableString.Invariant($"instance-{++started}");
        var transition = engine.Start(definition, id, input, correlationId, Now, facts.Value);
        var instance = new HostedInstance(id, definition, transition) { Caller = caller };
        instances.Add(instance);
        Take(instance, transition);
        return instance;
    }

    private void Take(HostedInstance instance, Transition transition)
    {
        instance.Last = transition with { State = StateText.Parse(transition.State.ToJsonString()) };
        instance.JournalSoFar.AddRange(transition.Journal);
        instance.IncidentsSoFar.AddRange(transition.Incidents);
        foreach (var command in transition.Commands)
        {
            if (command.Command is WriteLineCommand line)
            {
                if (!line.IsLog)
                {
                    lines.Add(line.Text);
                }
            }
            else
            {
                work.Enqueue(() => CarryOut(instance, command));
            }
        }

        if (transition.Status == WorkflowStatus.Finished && instance.Caller is { } caller && caller.Command.WaitForCompletion)
        {
            work.Enqueue(() => Tell(caller.Instance, caller.VisitId, caller.Command.Bookmark, caller.Command.Key, new JsonObject
            {
                ["WorkflowInstanceId"] = instance.Id,
                ["CorrelationId"] = transition.CorrelationId,
                ["Status"] = transition.Status.ToString(),
                ["SubStatus"] = transition.SubStatus.ToString(),
                ["Output"] = transition.Output.DeepClone(),
            }));
        }
    }

    private void CarryOut(HostedInstance instance, EmittedCommand emitted)
    {
        switch (emitted.Command)
        {
            case StartChildWorkflow when NestingOf(instance) >= StartChildWorkflow.MaxNesting || instances.Count >= MostInstances:
                instance.IncidentsSoFar.Add(new Incident(
                    emitted.ActivityId, "Elsa.Workflow", $"Workflows call workflows more than {StartChildWorkflow.MaxNesting} deep, or more than {MostInstances} times: one calls itself.", Now));
                break;
            case StartChildWorkflow start when definitions.TryGetValue(start.DefinitionId, out var child):
                Begin(child, start.Input, start.CorrelationId, (instance, emitted.VisitId, start));
                break;
            case StartChildWorkflow start:
                instance.IncidentsSoFar.Add(new Incident(emitted.ActivityId, "Elsa.Workflow", $"There is no workflow '{start.DefinitionId}'.", Now));
                break;
            case PublishEventCommand publish:
                Deliver(publish.EventName, publish.Payload, publish.CorrelationId, publish.IsLocal ? instance : null);
                break;
            default:
                foreach (var answer in Answer?.Invoke(instance, emitted) ?? [])
                {
                    work.Enqueue(() => Tell(instance, emitted.VisitId, answer.Bookmark, answer.Key, answer.Input));
                }

                break;
        }
    }

    private static int NestingOf(HostedInstance instance)
    {
        var nesting = 0;
        for (var above = instance.Caller; above is { } caller; above = caller.Instance.Caller)
        {
            nesting++;
        }

        return nesting;
    }

    private void Deliver(string eventName, JsonNode? payload, string? correlationId, HostedInstance? only)
    {
        var hash = Stimulus.OfEvent(eventName);
        foreach (var (instance, bookmark) in Bookmarks().ToList())
        {
            if (bookmark.StimulusHash == hash && (only is null || only == instance) && (correlationId is null || instance.Last.CorrelationId == correlationId))
            {
                work.Enqueue(() => Tell(instance, bookmark.VisitId, bookmark.Name, bookmark.Key, payload?.DeepClone()));
            }
        }
    }

    private void Tell(HostedInstance instance, string visitId, string name, string? key, JsonNode? input)
    {
        var bookmark = engine.Bookmarks(instance.State).FirstOrDefault(candidate => candidate.VisitId == visitId && candidate.Name == name && candidate.Key == key);
        if (bookmark is not null)
        {
            Take(instance, engine.Resume(instance.Definition, instance.State, bookmark.Id, input, Now, facts.Value));
        }
    }

    private void Drain()
    {
        while (work.TryDequeue(out var next))
        {
            next();
        }
    }
}
