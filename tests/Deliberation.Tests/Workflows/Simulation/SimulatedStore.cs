using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;

namespace Deliberation.Tests.Workflows.Simulation;

/// <summary>What a database would keep of one instance. A step is committed whole or not at all; what must hold after every commit is checked at every commit.</summary>
internal sealed class SimulatedStore(WorkflowEngine engine, WorkflowDefinition definition, DateTimeOffset now)
{
    private const string Instance = "i";

    private readonly Dictionary<string, Bookmark> _bookmarks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ends = new(StringComparer.Ordinal);
    private readonly HashSet<string> _started = new(StringComparer.Ordinal);
    private string _state = "";
    private bool _isCutShort;

    public WorkflowStatus Status { get; private set; }

    public WorkflowSubStatus SubStatus { get; private set; }

    public DateTimeOffset Now { get; private set; } = now;

    /// <summary>In the order they were made: every run chooses from the same list.</summary>
    public IReadOnlyList<Bookmark> Waiting => [.. _bookmarks.Values];

    public List<string> Journal { get; } = [];

    public List<string> Lines { get; } = [];

    public List<string> Incidents { get; } = [];

    public string Output { get; private set; } = "";

    /// <summary>Everything that an undisturbed run and a disturbed one must agree on.</summary>
    public string Whole => string.Join('\n', [$"{Status} {SubStatus} {Output}", _state, .. Journal, .. Lines, .. Incidents, .. _bookmarks.Keys]);

    public Transition Begin() => engine.Start(definition, Instance, [], null, Now, []);

    /// <summary>What resuming that bookmark now would come to; stores nothing.</summary>
    public Transition Step(Bookmark bookmark, JsonNode? input)
    {
        Now = bookmark.DueAt is { } due && due > Now ? due : Now;
        return engine.Resume(definition, State(), bookmark.Id, input, Now, []);
    }

    /// <exception cref="SimulationException">Something does not hold that must hold after every step.</exception>
    public void Commit(Transition transition)
    {
        _state = transition.State.ToJsonString();
        (Status, SubStatus) = (transition.Status, transition.SubStatus);
        Output = transition.Output.ToJsonString();
        foreach (var removed in transition.RemovedBookmarkIds)
        {
            Require(_bookmarks.Remove(removed), $"a bookmark is removed that was not there: {removed}");
        }

        foreach (var added in transition.AddedBookmarks)
        {
            Require(_bookmarks.TryAdd(added.Id, added), $"a bookmark is added twice: {added.Id}");
        }

        foreach (var entry in transition.Journal)
        {
            Require(entry.Sequence == Journal.Count + 1, $"the journal has a gap before {entry.Sequence}");
            Journal.Add($"{entry.Event} {entry.ActivityId} {entry.VisitId}");
            Follow(entry);
        }

        _isCutShort |= transition.Journal.Any(entry => entry.ActivityType == "Elsa.Finish"); // ends the instance at once: in Elsa's journal, too, its containers have no end
        Lines.AddRange(transition.Commands.Select(command => $"{command.VisitId} {command.Command}"));
        Incidents.AddRange(transition.Incidents.Select(incident => $"{incident.ActivityId}: {incident.Message}"));
        Check();
    }

    private JsonObject State() => (JsonObject)JsonNode.Parse(_state)!;

    /// <summary>A visit begins once, and ends once at most; nothing happens to one that has not begun or is over.</summary>
    private void Follow(JournalEntry entry)
    {
        // What a container does when its child has completed faults, as in Elsa, in the child's name.
        Require(entry.Event is "Faulted" || !_ends.ContainsKey(entry.VisitId), $"{entry.Event} of {entry.VisitId}, which has {_ends.GetValueOrDefault(entry.VisitId)}");
        if (entry.Event is "Started")
        {
            Require(_started.Add(entry.VisitId), $"{entry.VisitId} starts twice");
        }
        else if (entry.Event is "Completed" or "Canceled")
        {
            Require(entry.Event is "Canceled" || _started.Contains(entry.VisitId), $"{entry.VisitId} ends without a start");
            _ends[entry.VisitId] = entry.Event;
        }
        else
        {
            Require(_started.Contains(entry.VisitId), $"{entry.Event} of {entry.VisitId} without a start");
        }
    }

    private void Check()
    {
        Require(engine.Bookmarks(State()).Select(bookmark => bookmark.Id).Order(StringComparer.Ordinal).SequenceEqual(_bookmarks.Keys.Order(StringComparer.Ordinal)), "the store's bookmarks are not the state's");
        Require(Status != WorkflowStatus.Finished || _bookmarks.Count == 0, "an instance has ended and waits");
        Require(SubStatus != WorkflowSubStatus.Suspended || _bookmarks.Count > 0 || Incidents.Count > 0, "an instance waits for nothing, and no incident says so");
        Require(SubStatus != WorkflowSubStatus.Faulted || Incidents.Count > 0, "an instance has faulted without an incident");
        Require(Status != WorkflowStatus.Finished || SubStatus is WorkflowSubStatus.Faulted || _isCutShort || _started.Except(_ends.Keys).FirstOrDefault() is null, $"an instance has ended, {_started.Except(_ends.Keys).FirstOrDefault()} has not");
        foreach (var bookmark in _bookmarks.Values)
        {
            Require(_started.Contains(bookmark.VisitId) && !_ends.ContainsKey(bookmark.VisitId), $"{bookmark.Id} waits for a visit that is not open");
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new SimulationException(otherwise);
        }
    }
}

internal sealed class SimulationException(string message) : Exception(message);
