using System.Collections;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Workflows.Execution;

/// <summary>What a burst did, line by line. A line keeps only what tells it from the others; its entry is made when it is read.</summary>
/// <param name="last">Sequence of the last line of the bursts before.</param>
internal sealed class Journal(string instanceId, long last, DateTimeOffset at) : IReadOnlyList<JournalEntry>
{
    /// <summary>Lines of a page: a long burst never copies what it has written, nor does it need large arrays.</summary>
    private const int PageLength = 1024;

    private readonly List<List<Line>> pages = [[]];

    public int Count => (pages.Count - 1) * PageLength + pages[^1].Count;

    public JournalEntry this[int index]
    {
        get
        {
            var line = pages[index / PageLength][index % PageLength];
            return new JournalEntry(last + index + 1, at, line.Event, line.Node.Id, line.Node.Type, instanceId, line.Visit, line.Details);
        }
    }

    public void Add(string name, Visit visit, JsonNode? details)
    {
        if (pages[^1].Count == PageLength)
        {
            pages.Add(new List<Line>(PageLength));
        }

        pages[^1].Add(new Line(name, visit.Number, visit.Node, details));
    }

    public IEnumerator<JournalEntry> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private readonly record struct Line(string Event, long Visit, ActivityNode Node, JsonNode? Details);
}
