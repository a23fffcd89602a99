using System.Globalization;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ballots.Files;

namespace Deliberation.Bench.Tally;

/// <summary>Ballots of the size of real ones, the same in every run: for machines that have no others.</summary>
internal static class SyntheticBallots
{
    private const int Voters = 10_000;
    private const int Projects = 100;
    private const int Candidates = 12;

    /// <summary>As a district of a large city: popular projects are liked by many, each voter marks up to ten.</summary>
    public static BudgetFile Budget()
    {
        var random = new Random(4);
        List<BudgetProject> projects = [.. Enumerable.Range(0, Projects).Select(i => new BudgetProject(Name("p", i), random.Next(50, 3_000) * 10_000L))];
        List<BudgetPaper> papers = [.. Enumerable.Range(0, Voters).Select(_ =>
            BudgetPaper.Approve(Enumerable.Range(0, random.Next(1, 11)).Select(_ => projects[(int)(Projects * random.NextDouble() * random.NextDouble())].Id)))];
        return new(projects.Sum(p => p.CostFen) / 4, projects, papers);
    }

    /// <summary>As a ward of a Scottish city: ten thousand papers, most of them short.</summary>
    public static RankedPapers Ward()
    {
        var random = new Random(5);
        var papers = Enumerable.Range(0, Voters).Select(_ =>
        {
            var order = Enumerable.Range(0, Candidates).OrderBy(c => c * random.NextDouble()).Take(random.Next(1, Candidates)).ToArray();
            return RankedPaper.Strict(1, order);
        });
        return new([.. Enumerable.Range(0, Candidates).Select(i => Name("c", i))], [.. papers]);
    }

    private static string Name(string prefix, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}");
}
