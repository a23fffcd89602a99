using System.Globalization;

namespace Deliberation.Domain.Ballots;

/// <summary>Participatory budgeting (居民议定项目资金): which projects a fixed budget pays for.</summary>
/// <remarks>Ties everywhere: lower cost, then more votes, then id in ordinal order.</remarks>
public static class ParticipatoryBudget
{
    /// <summary>Counts and decides.</summary>
    /// <param name="budgetFen">Whole fen, 0 or more.</param>
    /// <exception cref="ArgumentException">A cost is not positive, a budget is negative or a project id stands twice.</exception>
    public static BudgetDecision Decide(
        long budgetFen, IReadOnlyList<BudgetProject> projects, IReadOnlyList<BudgetPaper> papers, BudgetOptions? options = null)
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfNegative(budgetFen);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ShareStepFen, nameof(options));
        if (projects.Any(p => p.CostFen <= 0)) throw new ArgumentException("every project costs something", nameof(projects));

        var votes = projects.ToDictionary(p => p.Id, _ => 0L, StringComparer.Ordinal);
        foreach (var (id, points) in papers.SelectMany(p => p.Points))
            if (votes.TryGetValue(id, out var sum)) votes[id] = sum + points;
        var eligible = projects.Where(p => votes[p.Id] >= Math.Max(1, options.MinVotes)).ToList();

        if (options.Rule is BudgetRule.EqualShares) return ByEqualShares(budgetFen, projects, eligible, papers, votes, options);

        var funded = new List<FundedProject>();
        var unfunded = TooFew(projects, eligible, votes);
        FundByVotes(budgetFen, eligible, votes, options.Rule is BudgetRule.GreedyNoSkip, funded, unfunded);
        return Decision(options, budgetFen, votes, funded, unfunded, null, []);
    }

    private static BudgetDecision ByEqualShares(
        long budgetFen,
        IReadOnlyList<BudgetProject> projects,
        List<BudgetProject> eligible,
        IReadOnlyList<BudgetPaper> papers,
        Dictionary<string, long> votes,
        BudgetOptions options)
    {
        var unfunded = TooFew(projects, eligible, votes);
        if (papers.Count == 0) return Decision(options, budgetFen, votes, [], unfunded, Fraction.Zero, []);

        var shares = new EqualShares(eligible, papers, votes, options.Utility);
        var count = shares.Run(budgetFen, 0);
        if (options.Completion is BudgetCompletion.Add1 or BudgetCompletion.Add1NoStop)
        {
            for (var raisedFen = options.ShareStepFen; count.Funded.Count < eligible.Count; raisedFen += options.ShareStepFen)
            {
                if (options.Completion is BudgetCompletion.Add1 && IsExhausted(count, eligible, budgetFen)) break;
                var next = shares.Run(budgetFen, raisedFen);
                if (next.Funded.Sum(f => f.CostFen) > budgetFen) break;
                count = next;
            }
        }

        var funded = new List<FundedProject>(count.Funded);
        var rest = eligible.Where(p => !funded.Exists(f => f.Id == p.Id)).ToList();
        if (options.Completion is BudgetCompletion.Greedy)
        {
            FundByVotes(budgetFen - funded.Sum(f => f.CostFen), rest, votes, false, funded, unfunded);
        }
        else
        {
            unfunded.AddRange(rest.Select(p => new UnfundedProject(
                p.Id, p.CostFen, votes[p.Id], BudgetLoss.SupportersSpent, Ceiling(p.CostFen - count.HeldBySupporters(p.Id)))));
        }

        return Decision(options, budgetFen, votes, funded, unfunded, count.ShareFen, count.LeftoverFen());
    }

    /// <summary>Most votes first; takes each that fits, or stops at the first that does not.</summary>
    private static void FundByVotes(
        long budgetFen,
        IEnumerable<BudgetProject> projects,
        Dictionary<string, long> votes,
        bool stopAtFirst,
        List<FundedProject> funded,
        List<UnfundedProject> unfunded)
    {
        var restFen = budgetFen;
        var stopped = false;
        foreach (var project in projects.OrderByDescending(p => votes[p.Id]).ThenBy(p => p.CostFen).ThenBy(p => p.Id, StringComparer.Ordinal))
        {
            if (!stopped && project.CostFen <= restFen)
            {
                restFen -= project.CostFen;
                funded.Add(new(project.Id, project.CostFen, votes[project.Id], null, []));
                continue;
            }

            unfunded.Add(new(project.Id, project.CostFen, votes[project.Id],
                stopped ? BudgetLoss.CountStopped : BudgetLoss.DoesNotFit, Math.Max(0, project.CostFen - restFen)));
            stopped |= stopAtFirst;
        }
    }

    private static bool IsExhausted(EqualSharesCount count, List<BudgetProject> eligible, long budgetFen)
    {
        var restFen = budgetFen - count.Funded.Sum(f => f.CostFen);
        var funded = count.Funded.Select(f => f.Id).ToHashSet(StringComparer.Ordinal);
        return !eligible.Exists(p => p.CostFen <= restFen && !funded.Contains(p.Id));
    }

    private static List<UnfundedProject> TooFew(
        IReadOnlyList<BudgetProject> projects, List<BudgetProject> eligible, Dictionary<string, long> votes) =>
        [.. projects.Except(eligible).Select(p => new UnfundedProject(p.Id, p.CostFen, votes[p.Id], BudgetLoss.TooFewVotes, 0))];

    private static long Ceiling(Fraction value) => -(long)((Fraction)0 - value).Floor;

    private static BudgetDecision Decision(
        BudgetOptions options,
        long budgetFen,
        Dictionary<string, long> votes,
        List<FundedProject> funded,
        List<UnfundedProject> unfunded,
        Fraction? shareFen,
        IReadOnlyList<Fraction> leftoverFen)
    {
        var rule = options.Rule switch
        {
            BudgetRule.Greedy => "BudgetGreedy",
            BudgetRule.GreedyNoSkip => "BudgetGreedyNoSkip",
            _ => "EqualShares",
        };
        return new()
        {
            BudgetFen = budgetFen,
            Funded = funded,
            Unfunded = [.. unfunded.OrderByDescending(u => u.Votes).ThenBy(u => u.CostFen).ThenBy(u => u.Id, StringComparer.Ordinal)],
            Votes = votes,
            FinalShareFen = shareFen,
            LeftoverFen = leftoverFen,
            Explanation = Explanation.OfCount(rule, Steps(budgetFen, funded)),
        };
    }

    /// <summary>The purchases: <c>Bins: 6000 − 2600 = 3400</c>, with the price under equal shares.</summary>
    private static IEnumerable<string> Steps(long budgetFen, List<FundedProject> funded)
    {
        var restFen = budgetFen;
        foreach (var project in funded)
        {
            var price = project.PricePerUtility is { } rho ? $" ρ={rho}" : "";
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{project.Id}: {restFen} − {project.CostFen} = {restFen - project.CostFen}{price}");
            restFen -= project.CostFen;
        }
    }
}
