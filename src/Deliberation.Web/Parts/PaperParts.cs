using Deliberation.Features.Ballots;

namespace Deliberation.Web.Parts;

/// <summary>Model of <c>_PaperChoices</c>: what a question asks for, whatever its rule.</summary>
/// <param name="Choices">What stands on the paper so far.</param>
/// <param name="Name">Name of its field; two questions on one page have two.</param>
public sealed record PaperPart(BallotView Ballot, IReadOnlyList<string> Choices, string Name = "Choices");

/// <summary>An option with what was typed beside it.</summary>
/// <param name="Note">What it costs; null where nothing does.</param>
public sealed record FigureRow(string Name, string Text, string Value, string? Note = null);

/// <summary>Model of <c>_RankOptions</c>: a place per option, by select; with script also by buttons.</summary>
/// <param name="Name">Name of the question's field.</param>
public sealed record RanksPart(string Name, IReadOnlyList<FigureRow> Rows, bool MayTie);

/// <summary>Model of <c>_ScoreOptions</c>: a score per option, from 0.</summary>
/// <param name="Name">Name of the question's field.</param>
public sealed record ScoresPart(string Name, IReadOnlyList<FigureRow> Rows, int Most)
{
    /// <summary>More scores than this are typed.</summary>
    public const int MostOnRow = 10;
}
