using System.Collections.Concurrent;
using Deliberation.Postgres;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>At which visits of which fault points the next process dies. Visits are counted anew in each process.</summary>
internal abstract class FaultPlan
{
    private readonly ConcurrentDictionary<string, int> _kills = new();

    /// <summary>How often the process died at each point.</summary>
    public IReadOnlyDictionary<string, int> Kills => _kills;

    /// <summary>For <c>DELIBERATION_FAULT</c>; empty when the process may live.</summary>
    public abstract string Next();

    public void Killed(string point)
    {
        _kills.AddOrUpdate(point, 1, (_, before) => before + 1);
        Went(point);
    }

    protected abstract void Went(string point);
}

/// <summary>Some visits of every point, spread over the scenario: so many visits after the start of a process.</summary>
internal sealed class SomeFaults : FaultPlan
{
    private readonly Dictionary<string, Queue<int>> _visits = new()
    {
        ["migration-before-commit"] = new([1, 4]),
        ["migration-after-commit"] = new([1, 5]),
        ["templates-before-commit"] = new([1]),
        ["templates-after-commit"] = new([1]),
        ["command-before-commit"] = new([1, 25, 90]), // the first is seeding
        ["command-after-commit"] = new([1, 40, 70]),
        ["cast-before-commit"] = new([2, 9, 4]),
        ["cast-after-commit"] = new([3, 6, 1]),
        ["step-before-save"] = new([1, 7, 3]),
        ["step-before-commit"] = new([2, 5, 9]),
        ["step-after-commit"] = new([4, 8, 6]),
        ["messages-before-commit"] = new([2, 4]),
        ["messages-after-commit"] = new([1, 5]),
        ["log-before-commit"] = new([1, 2, 1]), // the first makes the log's key
        ["log-after-commit"] = new([1, 2]),
        ["key-before-destroy"] = new([1]),
        ["key-after-destroy"] = new([1]),
    };

    /// <summary>Points that have not killed as often as they should.</summary>
    public IEnumerable<string> Left => _visits.Where(point => point.Value.Count > 0).Select(point => $"{point.Key}: {string.Join(", ", point.Value)}")
        .Concat(FaultPoint.Names.Except(_visits.Keys));

    public override string Next() => string.Join(',', _visits.Where(point => point.Value.Count > 0).Select(point => $"{point.Key}:{point.Value.Peek()}"));

    protected override void Went(string point) => _visits[point].Dequeue();
}

/// <summary>
/// Every visit of every point, once: a process dies at the first point it comes to, and the next one passes just what has to be done again.
/// Points of one transaction come in the order of <see cref="FaultPoint.Names"/>.
/// </summary>
internal sealed class AllFaults : FaultPlan
{
    private readonly Dictionary<string, int> _next = FaultPoint.Names.ToDictionary(point => point, _ => 1);

    public override string Next() => string.Join(',', _next.Select(point => $"{point.Key}:{point.Value}"));

    protected override void Went(string point)
    {
        foreach (var other in FaultPoint.Names.Where(name => Chain(name) == Chain(point)))
        {
            // Died before the commit: the way up to here is gone once more. After it: all that follows is new.
            var isRepeated = !point.Contains("after", StringComparison.Ordinal) && Place(other) <= Place(point);
            _next[other] = isRepeated ? 2 : 1;
        }
    }

    private static string Chain(string point) => point.Split('-')[0];

    private static int Place(string point) => FaultPoint.Names.ToList().IndexOf(point);
}

/// <summary>One death after the other, each at the place named.</summary>
internal sealed class ListedFaults(params string[] places) : FaultPlan
{
    private readonly Queue<string> _places = new(places);

    public override string Next() => _places.TryPeek(out var place) ? place : "";

    protected override void Went(string point) => _places.Dequeue();
}

/// <summary>No faults.</summary>
internal sealed class NoFaults : FaultPlan
{
    public override string Next() => "";

    protected override void Went(string point) { }
}
