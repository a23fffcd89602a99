namespace Deliberation.Web.Parts;

/// <summary>An option with what was typed beside it.</summary>
/// <param name="Note">What it costs; null where nothing does.</param>
public sealed record FigureRow(string Text, string Value, string? Note = null);

/// <summary>Model of <c>_RankOptions</c>: a place per option, by select; with script also by buttons.</summary>
public sealed record RanksPart(IReadOnlyList<FigureRow> Rows, bool MayTie);

/// <summary>Model of <c>_ScoreOptions</c>: a score per option, from 0.</summary>
public sealed record ScoresPart(IReadOnlyList<FigureRow> Rows, int Most)
{
    /// <summary>More scores than this are typed.</summary>
    public const int MostOnRow = 10;
}
