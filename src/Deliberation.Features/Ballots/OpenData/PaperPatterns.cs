using Deliberation.Domain;
using Deliberation.Domain.Ballots;

namespace Deliberation.Features.Ballots.OpenData;

/// <summary>Papers with the same choices.</summary>
/// <param name="Choices">Option ids, <c>id=n</c> where the rule ranks or scores. Papers that abstain are told by the totals alone.</param>
/// <param name="Papers">5 or more.</param>
public sealed record PaperPattern(IReadOnlyList<string> Choices, int Papers);

/// <summary>Which choices stood together on papers. A way of filling a paper in that few chose could point at them, or prove to a buyer how somebody voted: it is not told.</summary>
/// <param name="Shown">Most papers first.</param>
/// <param name="HiddenPapers">Counted papers of which nothing but their part in the totals is told; 0, or 5 and more unless all are hidden.</param>
public sealed record PaperPatterns(IReadOnlyList<PaperPattern> Shown, int HiddenPapers)
{
    internal static PaperPatterns Of(PaperForm form, CountFigures count, IReadOnlyList<PaperPattern> papers)
    {
        var read = papers.Select(p => Paper.Read(p.Choices)).ToList();
        var cells = SmallCells.Hide([.. papers.Select(p => p.Papers)], [.. Sums(form, count).Select(sum => (IReadOnlyList<int>)[.. read.Select(sum)])]);
        return new PaperPatterns(
            [.. papers.Where((_, i) => cells[i] is not null).OrderByDescending(p => p.Papers).ThenBy(p => string.Join('\n', p.Choices), StringComparer.Ordinal)],
            papers.Where((_, i) => cells[i] is null).Sum(p => p.Papers));
    }

    /// <summary>What the published result adds up over papers: how often it counts a paper. Transferred surpluses are taken as whole papers, which tells more than they do.</summary>
    private static IEnumerable<Func<Paper, int>> Sums(PaperForm form, CountFigures count)
    {
        yield return _ => 1;
        foreach (var id in form.Options)
        {
            yield return paper => ChoiceCount.Supports(paper.Choices, id, form.Kind) ? 1 : 0;
        }

        if (form.Kind is PaperKind.Scores)
        {
            foreach (var id in form.Options)
            {
                yield return paper => paper.Numbers.GetValueOrDefault(id);
            }

            foreach (var finalist in count.Final ?? [])
            {
                yield return paper => (count.Final ?? []).All(other => other.Id == finalist.Id || paper.Numbers.GetValueOrDefault(finalist.Id) > paper.Numbers.GetValueOrDefault(other.Id)) ? 1 : 0;
            }
        }

        if (form.Kind is PaperKind.Ranks)
        {
            foreach (var (first, second) in form.Options.SelectMany(first => form.Options.Where(second => second != first).Select(second => (first, second))))
            {
                yield return paper => paper.Place(first) < paper.Place(second) ? 1 : 0;
            }

            foreach (var (round, id) in (count.Rounds ?? []).SelectMany(round => round.Votes.Keys.Select(id => (round, id))))
            {
                yield return paper => paper.Place(id) < int.MaxValue && round.Votes.Keys.All(other => other == id || paper.Place(id) < paper.Place(other)) ? 1 : 0;
            }
        }
    }

    private sealed record Paper(string[] Choices, IReadOnlyDictionary<string, int> Numbers)
    {
        public static Paper Read(IReadOnlyList<string> choices) => new(
            [.. choices],
            choices.Select(PaperForm.Split).Where(split => split.Number is not null).ToDictionary(split => split.Id, split => PaperForm.Number(split.Number) ?? 0, StringComparer.Ordinal));

        public int Place(string id) => Numbers.GetValueOrDefault(id, int.MaxValue);
    }
}
