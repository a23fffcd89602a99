namespace Deliberation.Features.Rolls;

/// <summary>One thing wrong with an uploaded table, and where.</summary>
/// <param name="Row">Row as a spreadsheet counts it, 1 = the headings; 0 = the file as a whole.</param>
/// <param name="Column">Name of the column in <see cref="RollColumns"/>, else its letter; empty = the whole row.</param>
/// <param name="Code">Stable; the text <c>roll.problem.{Code}</c> says it in the reader's language.</param>
/// <param name="Values">What the text fills in.</param>
public sealed record RollProblem(int Row, string Column, string Code, IReadOnlyDictionary<string, object?> Values);

/// <summary>Collects what is wrong. Reading goes on with stand-in values, so that one look shows everything.</summary>
internal sealed class RollProblems
{
    /// <summary>More are counted and not kept: nobody reads them.</summary>
    public const int MostKept = 500;

    private readonly List<RollProblem> _kept = [];

    /// <summary>In the order of the rows.</summary>
    public IReadOnlyList<RollProblem> Kept => [.. _kept.OrderBy(problem => problem.Row)];

    public int Count { get; private set; }

    public void Add(int row, string column, string code, params (string Name, object? Value)[] values)
    {
        Count++;
        if (_kept.Count < MostKept)
        {
            _kept.Add(new RollProblem(row, column, code, values.ToDictionary(v => v.Name, v => v.Value)));
        }
    }
}
