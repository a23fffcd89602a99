using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;

namespace Deliberation.Tests.Workflows.Simulation;

/// <summary>What a database would keep of one instance. A step is committed whole or not at all; what must hold after every commit is checked at every commit.</summary>
/// <param name="caller">The visit that waits for this instance's end, and its bookmark; null when nobody waits.</param>
internal sealed class SimulatedStore(WorkflowEngine engine, WorkflowDefinition definition, string id, SimulatedStore.Call? caller = null)
{
    private static readonly string[] Waits = ["Elsa.Event", "Elsa.Delay", "Elsa.RunTask", "Elsa.ExecuteWorkflow", "Elsa.DispatchWorkflow"];

    private readonly Dictionary<string, Bookmark> _bookmarks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ends = new(StringComparer.Ordinal);
    private readonly HashSet<string> _started = new(StringComparer.Ordinal);
    private readonly HashSet<string> _faulted = new(StringComparer.Ordinal);
    private string _state = "";
    private bool _isCutShort;

    public WorkflowStatus Status { get; private set; }

    public WorkflowSubStatus SubStatus { get; private set; }

    public string Id => id;

    public Call? Caller => caller;

    /// <summary>Over for good: a faulted one may be tried again.</summary>
    public bool IsOver => Status == WorkflowStatus.Finished && SubStatus != WorkflowSubStatus.Faulted;

    /// <summary>Events and answers that have come and have not been taken, some before anybody waited for them.</summary>
    public List<Item> Inbox { get; } = [];

    public int Retries { get; set; }

    /// <summary>In the order they were made: every run chooses from the same list.</summary>
    public IReadOnlyList<Bookmark> Waiting => [.. _bookmarks.Values];

    public List<string> Journal { get; } = [];

    public List<string> Lines { get; } = [];

    public List<string> Incidents { get; } = [];

    public string Output { get; private set; } = "";

    /// <summary>Everything that an undisturbed run and a disturbed one must agree on.</summary>
    public string Whole => string.Join('\n', [$"{Status} {SubStatus} {Output}", _state, .. Journal, .. Lines, .. Incidents, .. _bookmarks.Keys, .. Inbox.Select(item => item.ToString())]);

    // What a step would come to; nothing is stored.
    public Transition Begin(DateTimeOffset now, params object[] facts) => engine.Start(definition, id, [], null, now, facts);

    public Transition Resume(Bookmark bookmark, JsonNode? input, DateTimeOffset now, params object[] facts) => engine.Resume(definition, State(), bookmark.Id, input, now, facts);

    public Transition Retry(DateTimeOffset now, params object[] facts) => engine.Retry(definition, State(), now, facts);

    public Transition Cancel(DateTimeOffset now) => engine.Cancel(definition, State(), now);

    /// <summary>The bookmark that an item of the inbox wakes; null as long as nobody waits for it.</summary>
    public Bookmark? WaitingFor(Item item) => _bookmarks.Values.FirstOrDefault(bookmark =>
        bookmark.Name == item.Bookmark && bookmark.Key == item.Key && (item.VisitId is null || bookmark.VisitId == item.VisitId));

    /// <exception cref="SimulationException">Something does not hold that must hold after every step.</exception>
    public void Commit(Transition transition, DateTimeOffset now)
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
            Require(added.DueAt is null || added.DueAt >= now || transition.Journal.All(entry => entry.Event != "Suspended" || entry.VisitId != added.VisitId), $"{added.Id} is due before it was made");
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

    private JsonObject State() => StateText.Parse(_state);

    /// <summary>A visit begins once, and ends once at most; nothing happens to one that has not begun or is over.</summary>
    private void Follow(JournalEntry entry)
    {
        // What a container does when its child has completed faults, as in Elsa, in the child's name.
        Require(entry.Event is "Faulted" || !_ends.ContainsKey(entry.VisitId), $"{entry.Event} of {entry.VisitId}, which has {_ends.GetValueOrDefault(entry.VisitId)}");
        var wasFaulted = _faulted.Remove(entry.VisitId);
        if (entry.Event is "Started")
        {
            Require(_started.Add(entry.VisitId) || wasFaulted, $"{entry.VisitId} starts twice");
        }
        else if (entry.Event is "Faulted")
        {
            Require(_started.Contains(entry.VisitId), $"Faulted of {entry.VisitId} without a start");
            _faulted.Add(entry.VisitId);
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
        var state = State();
        Require(engine.Bookmarks(state).Select(bookmark => bookmark.Id).Order(StringComparer.Ordinal).SequenceEqual(_bookmarks.Keys.Order(StringComparer.Ordinal)), "the store's bookmarks are not the state's");
        Require(Status != WorkflowStatus.Finished || _bookmarks.Count == 0, "an instance has ended and waits");
        Require(SubStatus != WorkflowSubStatus.Suspended || _bookmarks.Count > 0 || Incidents.Count > 0, "an instance waits for nothing, and no incident says so");
        Require(SubStatus != WorkflowSubStatus.Faulted || Incidents.Count > 0, "an instance has faulted without an incident");
        Require(Status != WorkflowStatus.Finished || SubStatus is WorkflowSubStatus.Faulted || _isCutShort || StillOpen() is null, $"an instance has ended, {StillOpen()} has not");
        foreach (var bookmark in _bookmarks.Values)
        {
            Require(_started.Contains(bookmark.VisitId) && !_ends.ContainsKey(bookmark.VisitId), $"{bookmark.Id} waits for a visit that is not open");
        }

        if (Status == WorkflowStatus.Running)
        {
            CheckVisits(engine.OpenVisits(definition, state));
        }
    }

    private string? StillOpen() => _started.Except(_ends.Keys).FirstOrDefault();

    /// <summary>No bookmark without an open visit, no open wait without a bookmark.</summary>
    private void CheckVisits(IReadOnlyList<OpenVisit> visits)
    {
        Require(visits.Where(visit => visit.IsWaiting).Select(visit => visit.VisitId).ToHashSet().SetEquals(_bookmarks.Values.Select(bookmark => bookmark.VisitId)), "the visits that wait are not those that the bookmarks name");
        foreach (var visit in visits)
        {
            Require(!_ends.ContainsKey(visit.VisitId) && _started.Contains(visit.VisitId), $"{visit.VisitId} is open and has {_ends.GetValueOrDefault(visit.VisitId) ?? "not started"}");
            Require(visit.IsWaiting || visit.IsFaulted || !Waits.Contains(visit.ActivityType), $"{visit.VisitId} is open and nothing can wake it");
        }
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new SimulationException(otherwise);
        }
    }

    /// <summary>What waits for the end of an instance.</summary>
    internal sealed record Call(SimulatedStore Instance, string VisitId, StartChildWorkflow Command);

    /// <summary>An event or an answer that has come.</summary>
    internal sealed record Item(int Number, string Bookmark, string? Key, string? VisitId, string? Payload, bool IsEarly);
}

internal sealed class SimulationException(string message) : Exception(message);
