using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution.Containers;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Execution;

/// <summary>One run of an instance: work first in, first out, until nothing is left to do, a fault stops it, or its bound is reached.</summary>
internal sealed partial class Burst
{
    /// <summary>Activities a burst may execute: more is a loop that never waits.</summary>
    public const int MaxActivities = 1_000_000;

    private static readonly string[] DoneOutcomes = ["Done"];

    private readonly Instance instance;
    private readonly VisitContext context;
    private readonly Journal journal;
    private readonly List<EmittedCommand> commands = [];
    private readonly List<Incident> incidents = [];
    private readonly List<string> removedBookmarks = [];
    private Visit? current;
    private bool isStopped;

    public Burst(Instance instance, DateTimeOffset now, IReadOnlyCollection<object> facts)
    {
        this.instance = instance;
        Now = now;
        context = new VisitContext(instance, now, facts);
        journal = new Journal(instance.Id, instance.JournalSequence, now);
    }

    public string InstanceId => instance.Id;

    public DateTimeOffset Now { get; }

    /// <summary>Inputs that are left out take the default of the template.</summary>
    public static JsonObject WithDefaults(WorkflowContainer workflow, JsonObject given)
    {
        foreach (var input in workflow.Inputs)
        {
            if (given.TryGetPropertyValue(input.Name, out var value))
            {
                var coerced = ValueConverter.Coerce(value, input.TypeName, input.IsArray);
                if (!ReferenceEquals(coerced, value))
                {
                    given[input.Name] = coerced;
                }
            }
            else if (input.Default is not null)
            {
                given[input.Name] = ValueConverter.Coerce(input.Default.DeepClone(), input.TypeName, input.IsArray);
            }
        }

        return given;
    }

    public string IdOf(Visit visit) => context.IdOf(visit);

    public bool Knows(string definitionId) => context.Knows(definitionId);

    public T? Evaluate<T>(Visit visit, Input<T> input) => context.Of(visit).Evaluate(input);

    public Visit Schedule(Visit parent, ActivityNode node)
    {
        var visit = instance.NewVisit(node, parent);
        instance.Queue.Enqueue(new WorkItem(visit, null));
        return visit;
    }

    public void Emit(Visit visit, IWorkflowCommand command) => commands.Add(new EmittedCommand(IdOf(visit), visit.Node.Id, command));

    public void Suspended(Visit visit) => Log("Suspended", visit);

    public void Run()
    {
        var executed = 0;
        isRunning = true;
        while (!isStopped && instance.Queue.TryDequeue(out var item))
        {
            if (item.Visit.Status == VisitStatus.Closed)
            {
                continue;
            }

            current = item.Visit;
            if (++executed > MaxActivities)
            {
                instance.Queue.Enqueue(item);
                Fault(item.Visit, $"More than {MaxActivities} activities ran without a wait.", null);
                isStopped = true;
                break;
            }

            try
            {
                Step(item);
            }
            catch (ExpressionException exception)
            {
                // What a container does when a child has completed is, as in Elsa, part of the child's step.
                current.IsBeyondRetry = current != item.Visit;
                Fault(current, exception.Message, current == item.Visit ? item.Resumption : null, shown: item.Visit);
            }
        }

        Settle();
    }

    public void Complete(Visit visit, IReadOnlyList<string>? outcomes = null)
    {
        var followed = outcomes is { Count: > 0 } ? outcomes : DoneOutcomes;
        Close(visit, "Completed", ReferenceEquals(followed, DoneOutcomes) ? null : followed);
        Left(visit, followed);
    }

    /// <summary>A container cannot go on; a retry executes it again.</summary>
    public void Fail(Visit visit, string message) => Fault(visit, message, null);

    public void Cancel(Visit visit) => Close(visit, "Canceled", null);

    public void AddBookmark(Visit visit, BookmarkRequest request)
    {
        Burn(visit, request.Name, request.Key, exactly: true);
        var number = ++instance.BookmarkSequence;
        var bookmark = new Bookmark(
            $"{instance.Id}:b{number}",
            request.Name,
            request.Key,
            visit.Node.Id,
            visit.Node.Type,
            IdOf(visit),
            Stimulus.Hash(request.Name, request.Payload),
            request.Payload,
            request.DueAt,
            request.CatchUp,
            request.IsFixed);
        var entry = new BookmarkEntry(bookmark, visit, number, IsNew: true);
        instance.Bookmarks.Add(bookmark.Id, entry);
        (visit.Bookmarks ??= []).Add(entry);
    }

    /// <summary>Takes a bookmark and queues what it wakes.</summary>
    public void Wake(BookmarkEntry entry, JsonNode? input)
    {
        Remove(entry);
        var bookmark = entry.Bookmark;
        context.Recall(bookmark.DueAt ?? Now);
        instance.Queue.Enqueue(new WorkItem(entry.Visit, new Resumption(bookmark.Name, bookmark.Key, input?.DeepClone(), bookmark.DueAt)));
    }

    /// <summary>An output of an activity: to its bindings, and for <c>get…From…()</c>.</summary>
    public void SetActivityOutput(Visit visit, string output, JsonNode? value)
    {
        foreach (var binding in visit.Node.Outputs)
        {
            if (string.Equals(binding.Output, output, StringComparison.OrdinalIgnoreCase) && !context.Of(visit).TrySetVariable(binding.Reference, value))
            {
                SetWorkflowOutput(visit, binding.Reference, value);
            }
        }

        // For its neighbours, and for the rest of the workflow when they are gone.
        Remember(visit.Parent!, visit.Node.AccessorName, output, value);
        if (WorkflowOf(visit) is { } workflow && workflow != visit.Parent)
        {
            Remember(workflow, visit.Node.AccessorName, output, value);
        }
    }

    public Transition ToTransition() => new(
        InstanceState.Write(instance),
        instance.Status,
        instance.SubStatus,
        (JsonObject)instance.Output.DeepClone(),
        instance.Name,
        instance.CorrelationId,
        // A faulted instance waits for nothing until somebody has it tried again.
        instance.Status == WorkflowStatus.Finished ? [] : [.. instance.Bookmarks.Values.Where(entry => entry.IsNew).OrderBy(entry => entry.Number).Select(entry => entry.Bookmark)],
        instance.Status == WorkflowStatus.Finished ? [.. removedBookmarks, .. instance.Bookmarks.Values.Where(entry => !entry.IsNew).OrderBy(entry => entry.Number).Select(entry => entry.Bookmark.Id)] : removedBookmarks,
        commands,
        journal,
        incidents);

    /// <summary>Tells the container that a child has left it.</summary>
    private void Left(Visit visit, IReadOnlyList<string> outcomes)
    {
        var parent = visit.Parent;
        if (parent is null || isStopped || visit.IsOrphan)
        {
            return;
        }

        current = parent;
        if (parent.IsEnding)
        {
            Complete(parent);
        }
        else
        {
            parent.Node.Container!.ChildCompleted(this, parent, visit, outcomes);
        }
    }

    private static Visit? WorkflowOf(Visit visit)
    {
        for (var above = visit.Parent; above is not null; above = above.Parent)
        {
            if (above.Node.IsWorkflow)
            {
                return above;
            }
        }

        return null;
    }

    private static void Remember(Visit container, string activity, string output, JsonNode? value)
    {
        container.ChildOutputs ??= new(StringComparer.OrdinalIgnoreCase);
        if (!container.ChildOutputs.TryGetValue(activity, out var outputs))
        {
            container.ChildOutputs[activity] = outputs = [];
        }

        outputs[output] = Json.Detached(value);
    }

    private void Step(WorkItem item)
    {
        var visit = item.Visit;
        var node = visit.Node;
        if (item.Resumption is null)
        {
            visit.Status = VisitStatus.Running;
            Log("Started", visit);
            if (node.Activity is { } activity)
            {
                Apply(visit, activity.Execute(context.Of(visit)), null);
            }
            else
            {
                node.Container!.Execute(this, visit);
            }

            return;
        }

        Log("Resumed", visit);
        if (node.Activity is { } resumed)
        {
            Apply(visit, resumed.Resume(context.Of(visit), item.Resumption), item.Resumption);
        }
        else
        {
            node.Container!.Resume(this, visit, item.Resumption);
        }
    }

    private void Apply(Visit visit, ActivityResult result, Resumption? resumption)
    {
        if (result.Fault is { } fault)
        {
            Fault(visit, fault, result.IsRetriedFromTheStart ? null : resumption);
            return;
        }

        foreach (var command in result.Commands)
        {
            Emit(visit, command);
        }

        foreach (var effect in result.Effects)
        {
            Apply(visit, effect);
        }

        if (!result.Outputs.IsEmpty)
        {
            foreach (var (name, value) in result.Outputs.OrderBy(output => output.Key, StringComparer.Ordinal))
            {
                SetActivityOutput(visit, name, value);
            }
        }

        if (result.State is not null)
        {
            visit.State = (JsonObject?)Json.Detached(result.State);
        }

        foreach (var (name, key) in result.Burned)
        {
            Burn(visit, name, key, exactly: key is not null);
        }

        if (result.Effects is [Effect.CompleteWorkflow, ..])
        {
            CompleteWorkflow(visit);
            return;
        }

        if (result.IsCompleted)
        {
            Complete(visit, result.Outcomes);
            if (result.Effects is [Effect.Finish, ..])
            {
                Finish();
            }

            return;
        }

        foreach (var bookmark in result.Bookmarks)
        {
            AddBookmark(visit, bookmark);
        }

        if (result.Bookmarks.Length > 0 || resumption is null)
        {
            Log("Suspended", visit);
        }
    }

    private void Burn(Visit visit, string name, string? key, bool exactly)
    {
        for (var index = (visit.Bookmarks?.Count ?? 0) - 1; index >= 0; index--)
        {
            var bookmark = visit.Bookmarks![index].Bookmark;
            if (bookmark.Name == name && (!exactly || bookmark.Key == key))
            {
                Remove(visit.Bookmarks[index]);
            }
        }
    }

    private void Remove(BookmarkEntry entry)
    {
        instance.Bookmarks.Remove(entry.Bookmark.Id);
        entry.Visit.Bookmarks!.Remove(entry);
        if (!entry.IsNew)
        {
            removedBookmarks.Add(entry.Bookmark.Id);
        }
    }

    private void Fault(Visit visit, string message, Resumption? resumption, Visit? shown = null)
    {
        visit.Status = VisitStatus.Faulted;
        visit.FaultedOn = resumption;
        shown ??= visit;
        Log("Faulted", shown, new JsonObject { ["message"] = message });
        incidents.Add(new Incident(shown.Node.Id, shown.Node.Type, message, Now));

        // Elsa lets queued work run on; here nothing moves after a fault unless the definition asks for it.
        isStopped |= !instance.Workflow.ContinuesAfterIncident;
    }

    private void Log(string name, Visit visit, JsonNode? details = null)
    {
        instance.JournalSequence++;
        journal.Add(name, visit, details);
    }
}
