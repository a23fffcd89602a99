namespace Deliberation.Domain.Ballots;

/// <summary>A project put to the budget vote (项目).</summary>
/// <param name="CostFen">Whole fen, more than 0.</param>
public sealed record BudgetProject(string Id, long CostFen);

/// <summary>One voter's paper.</summary>
/// <param name="Points">Points per project id; 1 each for an approval paper. Projects not named get 0.</param>
public sealed record BudgetPaper(IReadOnlyDictionary<string, long> Points)
{
    /// <summary>An approval paper: each project named gets one vote.</summary>
    public static BudgetPaper Approve(params IEnumerable<string> projects) =>
        new(projects.Distinct(StringComparer.Ordinal).ToDictionary(p => p, _ => 1L, StringComparer.Ordinal));
}

/// <summary>How the budget is shared out.</summary>
public enum BudgetRule
{
    /// <summary>Most votes first, each that still fits.</summary>
    Greedy,

    /// <summary>Most votes first, until the first that does not fit.</summary>
    GreedyNoSkip,

    /// <summary>Equal shares (平等份额法): every voter holds the same part of the budget.</summary>
    EqualShares,
}

/// <summary>What a funded project is worth to a supporter, under equal shares.</summary>
public enum BudgetUtility
{
    /// <summary>Its cost.</summary>
    Cost,

    /// <summary>One.</summary>
    Count,
}

/// <summary>What equal shares do with money left over.</summary>
public enum BudgetCompletion
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Fill the rest by votes.</summary>
    Greedy,

    /// <summary>Raise every share step by step until nothing more fits, or take the last result that fits.</summary>
    Add1,

    /// <summary>Raise every share until the next step would exceed the budget.</summary>
    Add1NoStop,
}

/// <summary>Settings of a budget vote.</summary>
public sealed record BudgetOptions
{
    public BudgetRule Rule { get; init; } = BudgetRule.EqualShares;

    public BudgetUtility Utility { get; init; }

    public BudgetCompletion Completion { get; init; }

    /// <summary>Step of the Add1 completions, per voter. Whole fen, more than 0; ¥1 by default.</summary>
    public long ShareStepFen { get; init; } = 100;

    /// <summary>Votes below which a project is not considered; projects without votes never are.</summary>
    public long MinVotes { get; init; } = 1;
}

/// <summary>A project that gets money.</summary>
/// <param name="Votes">Its votes (or points).</param>
/// <param name="PricePerUtility">Under equal shares, ρ: what one supporter pays per unit of utility, in fen; null when funded by votes.</param>
/// <param name="Payers">Supporters who paid something, and what; empty when funded by votes.</param>
public sealed record FundedProject(
    string Id, long CostFen, long Votes, Fraction? PricePerUtility, IReadOnlyList<BudgetPayment> Payers);

/// <summary>What one group of voters with the same paper paid to a project.</summary>
/// <param name="Voters">How many voters.</param>
/// <param name="EachFen">What each of them paid, exact.</param>
/// <param name="IsAllTheyHad">True when their share was used up by it.</param>
public sealed record BudgetPayment(long Voters, Fraction EachFen, bool IsAllTheyHad);

/// <summary>Why a project got no money.</summary>
public enum BudgetLoss
{
    /// <summary>Nobody (or fewer than the floor) voted for it.</summary>
    TooFewVotes,

    /// <summary>It costs more than was left when its turn came.</summary>
    DoesNotFit,

    /// <summary>The count stopped at a project before it that did not fit.</summary>
    CountStopped,

    /// <summary>Its supporters had already spent too much on other projects.</summary>
    SupportersSpent,
}

/// <summary>A project that gets no money, with the figures that say why.</summary>
/// <param name="MissingFen">What was lacking, rounded up to whole fen.</param>
public sealed record UnfundedProject(string Id, long CostFen, long Votes, BudgetLoss Reason, long MissingFen);

/// <summary>The result of a budget vote.</summary>
public sealed record BudgetDecision
{
    public required long BudgetFen { get; init; }

    /// <summary>In the order of funding.</summary>
    public required IReadOnlyList<FundedProject> Funded { get; init; }

    /// <summary>Most votes first.</summary>
    public required IReadOnlyList<UnfundedProject> Unfunded { get; init; }

    /// <summary>Votes (or points) per project, in the order of the projects.</summary>
    public required IReadOnlyDictionary<string, long> Votes { get; init; }

    /// <summary>The share each voter held in the count that stands; null unless equal shares.</summary>
    public required Fraction? FinalShareFen { get; init; }

    /// <summary>What each voter has left, in the order of papers; empty unless equal shares.</summary>
    public required IReadOnlyList<Fraction> LeftoverFen { get; init; }

    public required Explanation Explanation { get; init; }

    public long CostFen => Funded.Sum(f => f.CostFen);

    public long RestFen => BudgetFen - CostFen;
}
