using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;

namespace Deliberation.Tests.Workflows.Simulation;

/// <summary>A host with its database: an instance, the children it starts, what they say to each other, and people who answer, cancel and try again. Every move is one transaction.</summary>
/// <param name="choices">What happens next: the same for every run of a seed.</param>
/// <param name="deaths">When the host dies; null when it does not.</param>
internal sealed class SimulatedWorld(WorkflowEngine engine, WorkflowDefinition root, WorkflowDefinition child, Random choices, Random? deaths)
{
    private const int MostMoves = 60;
    private const int MostInstances = 5;
    private const int MostRetries = 3;
    private const int MostFromOutside = 8;

    private readonly List<SimulatedStore> _stores = [];
    private readonly List<(SimulatedStore From, EmittedCommand Command)> _outbox = [];
    private readonly Dictionary<SimulationFigure, int> _figures = [];
    private DateTimeOffset _now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private int _items;
    private int _fromOutside;

    public IReadOnlyDictionary<SimulationFigure, int> Figures => _figures;

    /// <summary>Everything that an undisturbed run and a disturbed one must agree on.</summary>
    public string Whole => string.Join("\n\n", [.. _stores.Select(store => store.Whole), string.Join('\n', _outbox.Select(message => message.Command))]);

    public void Run()
    {
        Start(root, null)();
        for (var move = 0; move < MostMoves; move++)
        {
            var moves = Moves().ToList();
            if (moves.Count == 0)
            {
                break;
            }

            moves[choices.Next(moves.Count)]();
        }

        foreach (var store in _stores)
        {
            Count(store.SubStatus switch { WorkflowSubStatus.Faulted => SimulationFigure.Faulted, _ when store.IsOver => SimulationFigure.Finished, _ => SimulationFigure.Waiting });
        }
    }

    /// <summary>All that could happen now, in the same order in every run.</summary>
    private IEnumerable<Action> Moves()
    {
        var timer = _stores.SelectMany(store => store.Waiting, (store, bookmark) => (store, bookmark)).Where(waiting => waiting.bookmark.DueAt is not null).OrderBy(waiting => waiting.bookmark.DueAt).FirstOrDefault();
        if (timer.store is not null)
        {
            yield return () => Fire(timer.store, timer.bookmark);
        }

        for (var index = 0; index < _outbox.Count; index++)
        {
            var message = _outbox[index];
            yield return () => CarryOut(message.From, message.Command);
        }

        foreach (var store in _stores)
        {
            foreach (var item in store.Inbox)
            {
                if (store.WaitingFor(item) is { } bookmark)
                {
                    yield return () => Deliver(store, item, bookmark);
                }
            }

            foreach (var task in store.Waiting.Where(bookmark => bookmark.Name == "Elsa.RunTask"))
            {
                yield return () => Resume(store, task, "\"done\"", () => { });
            }

            if (store.SubStatus == WorkflowSubStatus.Faulted && store.Retries < MostRetries)
            {
                yield return () => Retry(store);
            }

            if (!store.IsOver && choices.Next(20) == 0)
            {
                yield return () => Commit(store, () => store.Cancel(_now), () => Count(SimulationFigure.Cancelled));
            }
        }

        if (_fromOutside < MostFromOutside && _stores.Exists(store => !store.IsOver))
        {
            yield return FromOutside;
        }
    }

    private Action Start(WorkflowDefinition definition, SimulatedStore.Call? caller)
    {
        var store = new SimulatedStore(engine, definition, string.Create(CultureInfo.InvariantCulture, $"i{_stores.Count}"), caller);
        var facts = Facts();
        return () => Commit(store, () => store.Begin(_now, facts), () => _stores.Add(store));
    }

    private void Fire(SimulatedStore store, Bookmark bookmark)
    {
        _now = bookmark.DueAt > _now ? bookmark.DueAt.Value : _now;
        Resume(store, bookmark, null, () => { });
    }

    private void Deliver(SimulatedStore store, SimulatedStore.Item item, Bookmark bookmark)
    {
        Resume(store, bookmark, item.Payload, () =>
        {
            SimulatedStore.Require(store.Inbox.Remove(item), $"item {item.Number} was taken twice");
            Count(item.IsEarly ? SimulationFigure.EarlyEvents : SimulationFigure.Events);
        });
    }

    private void Resume(SimulatedStore store, Bookmark bookmark, string? input, Action also)
    {
        var facts = Facts();
        var before = store.Journal.Count;
        Commit(store, () => store.Resume(bookmark, input is null ? null : JsonNode.Parse(input), _now, facts), also);
        SimulatedStore.Require(store.Journal.Skip(before).FirstOrDefault()?.StartsWith("Resumed ", StringComparison.Ordinal) == true, $"what {bookmark.Id} waited for has come and was lost");
        if (deaths?.Next(3) == 0)
        {
            TakenTwiceChangesNothing(store, bookmark);
        }
    }

    private void Retry(SimulatedStore store)
    {
        var facts = Facts();
        Commit(store, () => store.Retry(_now, facts), () => store.Retries++);
        Count(store.SubStatus == WorkflowSubStatus.Faulted ? SimulationFigure.FaultedAgain : SimulationFigure.TriedAgain);
    }

    private void FromOutside()
    {
        _fromOutside++;
        Publish($"E{choices.Next(RandomWorkflow.EventNames)}", "\"from outside\"", null);
    }

    /// <summary>A message of a committed step: carried out once, in a transaction of its own.</summary>
    private void CarryOut(SimulatedStore from, EmittedCommand emitted)
    {
        _outbox.Remove((from, emitted));
        switch (emitted.Command)
        {
            case PublishEventCommand publish:
                Publish(publish.EventName, publish.Payload?.ToJsonString(), publish.IsLocal ? from : null);
                break;
            case StartChildWorkflow start when _stores.Count < MostInstances:
                Count(SimulationFigure.Children);
                Start(child, new SimulatedStore.Call(from, emitted.VisitId, start))();
                break;
        }
    }

    private void Publish(string name, string? payload, SimulatedStore? only)
    {
        foreach (var store in _stores.Where(store => !store.IsOver && (only is null || only == store)))
        {
            Put(store, Stimulus.EventBookmark, name, null, payload);
        }
    }

    private void Put(SimulatedStore store, string bookmark, string? key, string? visit, string? payload)
    {
        var item = new SimulatedStore.Item(++_items, bookmark, key, visit, payload, IsEarly: false);
        store.Inbox.Add(item with { IsEarly = store.WaitingFor(item) is null });
    }

    private void Commit(SimulatedStore store, Func<Transition> decide, Action also)
    {
        while (deaths?.Next(4) == 0)
        {
            decide(); // decided, and dead before the commit: nothing of it is left
            Count(SimulationFigure.Deaths);
        }

        var transition = decide();
        also();
        store.Commit(transition, _now);
        Count(SimulationFigure.Bursts);
        _outbox.AddRange(transition.Commands.Where(command => command.Command is StartChildWorkflow or PublishEventCommand).Select(command => (store, command)));
        if (store.IsOver)
        {
            store.Inbox.Clear();
        }

        if (store.IsOver && transition.Journal.Count > 0 && store.Caller is { Command.WaitForCompletion: true, Instance.IsOver: false } caller)
        {
            Put(caller.Instance, caller.Command.Bookmark, caller.Command.Key, caller.VisitId, new JsonObject { ["Status"] = "Finished", ["SubStatus"] = store.SubStatus.ToString(), ["Output"] = transition.Output.DeepClone() }.ToJsonString());
        }
    }

    /// <summary>Dead after the commit: whoever delivered does not know, and delivers again.</summary>
    private void TakenTwiceChangesNothing(SimulatedStore store, Bookmark bookmark)
    {
        var before = Whole;
        var again = store.Resume(bookmark, null, _now);
        SimulatedStore.Require(again.Journal.Count + again.Commands.Count + again.AddedBookmarks.Count + again.RemovedBookmarkIds.Count == 0, $"{bookmark.Id} was taken twice");
        store.Commit(again, _now);
        SimulatedStore.Require(Whole == before, $"{bookmark.Id}, delivered again, has changed something");
    }

    private object[] Facts() => [new FlakyActivity.Network(choices.Next(3) > 0)];

    private void Count(SimulationFigure figure) => _figures[figure] = _figures.GetValueOrDefault(figure) + 1;
}

internal enum SimulationFigure
{
    Bursts,
    Deaths,
    Events,
    EarlyEvents,
    Children,
    Cancelled,
    TriedAgain,
    FaultedAgain,
    Faulted,
    Finished,
    Waiting,
}
