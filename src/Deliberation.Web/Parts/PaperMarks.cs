using System.Globalization;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Residents.Ballots;

namespace Deliberation.Web.Parts;

/// <summary>What a reader typed of a paper: one of the answers, or the numbers of options as they stand on it.</summary>
/// <param name="Choices">Empty with one of the two others.</param>
/// <param name="Fault">What the rule finds wrong with what stands on the paper: it is spoilt. Null for a good one, and for one that the reader called spoilt.</param>
public sealed record PaperMark(IReadOnlyList<string> Choices, bool IsSpoilt, bool IsDoubtful, PaperFault? Fault = null);

/// <summary>Papers by keys alone: the reader types what stands on the paper, right or wrong, and the rule judges it (domain.md 3: too many marks are spoilt, a gap closes up, a repeated option keeps its first place).</summary>
public static class PaperMarks
{
    public const string Spoilt = "Spoilt";
    public const string Doubtful = "Doubtful";

    private const string NoScore = "-";

    private static readonly char[] Between = [' ', ',', '.', '+', '\u3000', '\u3001', '\uFF0C', '\u3002'];
    private static readonly char[] Beside = ['/', '=']; // options at one place

    /// <summary>The numbers of the options on the paper, from 1; abstaining is the last.</summary>
    public static IReadOnlyList<(int Number, string Choice)> Numbered(this BallotView ballot) => [.. ballot.Choices().Select((choice, place) => (place + 1, choice))];

    /// <summary>How the numbers of this kind of paper are typed.</summary>
    public static string Hint(this ITexts texts, BallotView ballot, bool mayDoubt) => texts.Get(
        $"staff.paper.{ballot.Form.Kind switch { PaperKind.Ranks => "ranks", PaperKind.Scores => "scores", _ => "numbers" }}-hint{(mayDoubt ? "" : "-decide")}",
        new { most = ballot.MaxChoices });

    /// <returns>Null when nothing, or no number of this paper, was typed: a slip of the keys, not of the voter. 0 is spoilt, 00 is doubtful.</returns>
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

        var parts = mark.Split(Between, StringSplitOptions.RemoveEmptyEntries);
        var choices = ballot.Form.Kind switch
        {
            PaperKind.Ranks => Ranks(ballot, parts),
            PaperKind.Scores => Scores(ballot, parts),
            _ => Marks(ballot, parts),
        };
        return choices is null or [] ? null
            : ballot.Form.Check(choices) is not { } fault ? new PaperMark(choices, false, false)
            : fault is PaperFault.Unknown ? null
            : new PaperMark([], true, false, fault);
    }

    private static List<string>? Marks(BallotView ballot, string[] parts) => Numbers(ballot, parts) is { } numbers ? [.. numbers.Select(number => ballot.Choices()[number - 1])] : null;

    /// <summary>Options in the order of their places, those of one place joined by a stroke: <c>2 1/3</c>.</summary>
    private static List<string>? Ranks(BallotView ballot, string[] parts)
    {
        var abstain = ballot.Options.Count + 1;
        var ranked = new HashSet<int>();
        var choices = new List<string>();
        var place = 0;
        foreach (var part in parts)
        {
            if (Numbers(ballot, part.Split(Beside)) is not { } together)
            {
                return null;
            }

            if (together.Contains(abstain))
            {
                choices.AddRange(together.Where(number => number == abstain).Select(_ => PaperForm.Abstain));
                continue;
            }

            var now = together.Where(ranked.Add).ToList(); // an option that stands here again keeps its first place
            place += now.Count > 0 ? 1 : 0;
            choices.AddRange(now.Select(number => string.Create(CultureInfo.InvariantCulture, $"{ballot.Options[number - 1].Id}={place}")));
        }

        return choices;
    }

    /// <summary>One figure an option, in the order of the paper, a dash where it has none; or abstaining's number alone.</summary>
    private static List<string>? Scores(BallotView ballot, string[] scores)
    {
        if (scores.Length == 1 && ballot.Options.Count > 1)
        {
            return Numbers(ballot, scores) is [var number] && number == ballot.Options.Count + 1 ? [PaperForm.Abstain] : null;
        }

        return scores.Length == ballot.Options.Count && scores.All(score => score == NoScore || PaperForm.Number(score) is not null)
            ? [.. ballot.Options.Zip(scores).Where(pair => pair.Second != NoScore).Select(pair => $"{pair.First.Id}={pair.Second}")]
            : null;
    }

    /// <returns>Null when one is not on the paper.</returns>
    private static List<int>? Numbers(BallotView ballot, string[] parts)
    {
        var last = ballot.Options.Count + 1;
        var numbers = parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= last ? number : 0).ToList();
        return numbers.Contains(0) ? null : numbers;
    }
}
