using System.Globalization;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Web.Pages.Residents.Ballots;

namespace Deliberation.Web.Parts;

/// <summary>What a reader typed of a paper: one of the answers, or the numbers of options as they stand on it.</summary>
/// <param name="Choices">Empty with one of the two others.</param>
public sealed record PaperMark(IReadOnlyList<string> Choices, bool IsSpoilt, bool IsDoubtful);

public static class PaperMarks
{
    public const string Spoilt = "Spoilt";
    public const string Doubtful = "Doubtful";

    private static readonly char[] Between = [' ', ',', '.', '+', '\u3000', '\u3001', '\uFF0C', '\u3002'];

    /// <summary>The numbers of the options on the paper, from 1; abstaining is the last.</summary>
    public static IReadOnlyList<(int Number, string Choice)> Numbered(this BallotView ballot) => [.. ballot.Choices().Select((choice, place) => (place + 1, choice))];

    /// <returns>Null when nothing, or no number of this paper, was typed. 0 is spoilt, 00 is doubtful.</returns>
    public static PaperMark? Read(BallotView ballot, string? typed)
    {
        var mark = typed?.Trim().Normalize(System.Text.NormalizationForm.FormKC) ?? ""; // full-width figures too
        if (mark is Spoilt or "0")
        {
            return new PaperMark([], true, false);
        }

        if (mark is Doubtful or "00")
        {
            return new PaperMark([], false, true);
        }

        if (ballot.Options.Count == 0)
        {
            return BallotWords.Answers.Contains(mark) ? new PaperMark([mark], false, false) : null;
        }

        var choices = ballot.Choices();
        var numbers = mark.Split(Between, StringSplitOptions.RemoveEmptyEntries)
            .Select(number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place >= 1 && place <= choices.Count ? place : 0)
            .ToList();
        return ballot.Form.Kind is PaperKind.Scores && mark != $"{choices.Count}" ? Scores(ballot, mark)
            : numbers.Count == 0 || numbers.Contains(0) ? null
            : ballot.Form.Kind is PaperKind.Ranks && !numbers.Contains(choices.Count)
                ? new PaperMark([.. numbers.Select((number, place) => string.Create(CultureInfo.InvariantCulture, $"{choices[number - 1]}={place + 1}"))], false, false)
                : new PaperMark([.. numbers.Select(number => choices[number - 1])], false, false);
    }

    /// <summary>One figure an option, in the order of the paper.</summary>
    private static PaperMark? Scores(BallotView ballot, string mark)
    {
        var scores = mark.Split(Between, StringSplitOptions.RemoveEmptyEntries);
        return scores.Length == ballot.Options.Count && scores.All(score => score.All(char.IsAsciiDigit))
            ? new PaperMark([.. ballot.Options.Zip(scores, (option, score) => $"{option.Id}={score}")], false, false)
            : null;
    }
}
