using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Web.Language;

namespace Deliberation.Web.Pages.Residents.Ballots;

/// <summary>Papers that rank, score or give a reason: what was typed becomes choices, and choices become words.</summary>
public static class PaperWords
{
    /// <summary>Name of the field beside an option, by its place on the paper.</summary>
    public static string FieldOf(int place) => FormattableString.Invariant($"Figure{place}");

    /// <summary>The choices of a form: marks as they come, figures as <c>id=n</c>, the reason of an objection behind its word. What cannot stand stays as typed and is refused later.</summary>
    public static List<string> ChoicesOf(BallotView ballot, IEnumerable<string> marks, IFormCollection form)
    {
        List<string> choices = [.. marks];
        if (ballot.Form.Kind is PaperKind.Ranks or PaperKind.Scores)
        {
            choices.AddRange(ballot.Options.Select((option, place) => (option.Id, Typed: form[FieldOf(place)].ToString().Trim()))
                .Where(figure => figure.Typed.Length > 0).Select(figure => $"{figure.Id}={figure.Typed}"));
        }

        if (ballot.Form.AsksReason && string.Join(' ', form["Reason"].ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is { Length: > 0 } reason)
        {
            choices.Add(PaperForm.Because + reason);
        }

        return choices;
    }

    /// <summary>What stands in the field of an option.</summary>
    public static string Figure(string option, IEnumerable<string> choices) =>
        choices.Select(PaperForm.Split).FirstOrDefault(choice => choice.Id == option && choice.Number is not null).Number ?? "";

    /// <summary>The reason as typed.</summary>
    public static string Reason(IEnumerable<string> choices) =>
        choices.FirstOrDefault(choice => choice.StartsWith(PaperForm.Because, StringComparison.Ordinal))?[PaperForm.Because.Length..] ?? "";

    /// <summary>A paper read back, a line each: in the order of the places, with what was left out.</summary>
    public static IReadOnlyList<string> Said(this ITexts texts, BallotView ballot, IReadOnlyList<string> choices)
    {
        if (choices.Contains(PaperForm.Abstain) || ballot.Form.Kind is PaperKind.Answer or PaperKind.Marks)
        {
            return [.. choices.Select(choice => texts.Choice(ballot, choice))];
        }

        var isRanked = ballot.Form.Kind is PaperKind.Ranks;
        var figures = ballot.Options.Select(option => (option.Text, Figure: PaperForm.Number(Figure(option.Id, choices)))).ToList();
        var said = figures.Where(option => option.Figure is not null)
            .OrderBy(option => isRanked ? option.Figure : -option.Figure)
            .Select(option => texts.Get(isRanked ? "vote.rank-said" : "vote.score-said", new { option = option.Text, figure = option.Figure }));
        var rest = figures.Where(option => option.Figure is null).Select(option => option.Text).ToList();
        return rest.Count == 0 ? [.. said] : [.. said, texts.Get(isRanked ? "vote.rank-rest" : "vote.score-rest", new { options = string.Join(texts["format.listSeparator"], rest) })];
    }
}
