namespace Deliberation.Features.Evaluations;

/// <summary>How an evaluation is counted, in whole numbers.</summary>
/// <param name="Answers">Households that gave points to at least one question.</param>
/// <param name="Satisfied">Those whose points average 4 or more.</param>
/// <param name="Outcome">TooFew, Satisfied or Unsatisfied.</param>
public sealed record EvaluationScore(int Answers, int Satisfied, string Outcome)
{
    /// <param name="points">A row a household, 1–5 each, 0 = not sure, which counts neither way.</param>
    /// <param name="neededAnswers">At least so many.</param>
    /// <param name="satisfiedPercent">Inclusive.</param>
    public static EvaluationScore Of(IEnumerable<int[]> points, int neededAnswers, int satisfiedPercent)
    {
        var given = points.Select(row => row.Where(point => point > 0).ToArray()).Where(row => row.Length > 0).ToList();
        var satisfied = given.Count(row => row.Sum(point => point) >= 4 * row.Length);
        var outcome = given.Count < neededAnswers || given.Count == 0 ? "TooFew"
            : (long)satisfied * 100 >= (long)satisfiedPercent * given.Count ? "Satisfied"
            : "Unsatisfied";
        return new EvaluationScore(given.Count, satisfied, outcome);
    }

    /// <summary>A share in tenths of a percent, half rounded up; 0 of nobody.</summary>
    public static int Tenths(int satisfied, int answers) => answers == 0 ? 0 : (int)(((2000L * satisfied) + answers) / (2L * answers));

    /// <summary>Smallest number of satisfied households that reaches the percentage; inclusive, as <see cref="Of"/> counts.</summary>
    public static int Needed(int answers, int satisfiedPercent) => (int)((((long)answers * satisfiedPercent) + 99) / 100);
}
