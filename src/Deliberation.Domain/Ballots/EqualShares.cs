using System.Globalization;
using System.Numerics;

namespace Deliberation.Domain.Ballots;

/// <summary>
/// One count by equal shares. Exact: every voter's money is a whole number over one common denominator, which grows with each
/// purchase; voters with the same paper always hold the same and are kept as one group.
/// </summary>
internal sealed class EqualShares
{
    private readonly List<BudgetProject> _projects;
    private readonly BudgetUtility _utility;
    private readonly Dictionary<string, long> _votes;
    private readonly int[] _groupOfPaper;
    private readonly int[] _groupSizes;
    private readonly int[][] _supporters;

    public EqualShares(
        List<BudgetProject> projects, IReadOnlyList<BudgetPaper> papers, Dictionary<string, long> votes, BudgetUtility utility)
    {
        // The tie order is the project order: of two equal prices the earlier project wins.
        _projects = [.. projects.OrderBy(p => p.CostFen).ThenByDescending(p => votes[p.Id]).ThenBy(p => p.Id, StringComparer.Ordinal)];
        _utility = utility;
        _votes = votes;
        _groupOfPaper = new int[papers.Count];

        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var project in _projects) places.Add(project.Id, places.Count);
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        var sizes = new List<int>();
        var supporters = _projects.ConvertAll(_ => new List<int>());
        for (var paper = 0; paper < papers.Count; paper++)
        {
            var supported = new List<int>();
            foreach (var (id, points) in papers[paper].Points)
                if (points > 0 && places.TryGetValue(id, out var place)) supported.Add(place);
            supported.Sort();
            var key = string.Join(',', supported.Select(p => p.ToString(CultureInfo.InvariantCulture)));
            if (!groups.TryGetValue(key, out var group))
            {
                groups[key] = group = sizes.Count;
                sizes.Add(0);
                foreach (var project in supported) supporters[project].Add(group);
            }

            sizes[group]++;
            _groupOfPaper[paper] = group;
        }

        _groupSizes = [.. sizes];
        _supporters = [.. supporters.Select(s => s.ToArray())];
    }

    /// <param name="raisedFen">Added to every voter's share of the budget.</param>
    public EqualSharesCount Run(long budgetFen, long raisedFen)
    {
        var voters = _groupOfPaper.Length;
        BigInteger denominator = voters;
        var held = new BigInteger[_groupSizes.Length];
        Array.Fill(held, budgetFen + ((BigInteger)raisedFen * voters));

        var funded = new List<FundedProject>();
        // Money only shrinks, so a price only rises: yesterday's price is a lower bound, most need not be worked out again.
        var open = Enumerable.Range(0, _projects.Count).Select(p => (Project: p, Bound: Fraction.Zero)).ToList();
        while (open.Count > 0)
        {
            open.Sort((a, b) => a.Bound.CompareTo(b.Bound) is var byBound and not 0 ? byBound : a.Project.CompareTo(b.Project));
            var best = -1;
            Offer bestOffer = default;
            for (var i = 0; i < open.Count; i++)
            {
                var project = open[i].Project;
                if (best >= 0 && open[i].Bound > bestOffer.Price) break;
                if (Price(project, held, denominator) is not { } offer)
                {
                    open.RemoveAt(i--); // its supporters will never hold more than now
                    continue;
                }

                open[i] = (project, offer.Price);
                if (best >= 0 && (offer.Price > bestOffer.Price || (offer.Price == bestOffer.Price && project > best))) continue;
                best = project;
                bestOffer = offer;
            }

            if (best < 0) break;
            open.RemoveAll(o => o.Project == best);
            funded.Add(Buy(best, bestOffer, held, ref denominator));
        }

        return new(this, funded, held, denominator, new((budgetFen + ((BigInteger)raisedFen * voters)), voters));
    }

    internal BigInteger HeldBySupporters(string projectId, BigInteger[] held) =>
        Total(_projects.FindIndex(p => p.Id == projectId), held);

    internal IReadOnlyList<Fraction> PerPaper(BigInteger[] held, BigInteger denominator)
    {
        var perGroup = Array.ConvertAll(held, h => new Fraction(h, denominator));
        return Array.ConvertAll(_groupOfPaper, group => perGroup[group]);
    }

    /// <summary>The lowest equal payment that covers the cost, poor supporters giving all they have; null when they hold too little.</summary>
    private Offer? Price(int project, BigInteger[] held, BigInteger denominator)
    {
        var cost = _projects[project].CostFen;
        if (Total(project, held) < cost * denominator) return null;

        var supporters = _supporters[project];
        BigInteger missing;
        long payers;
        var line = BigInteger.Zero;
        while (true)
        {
            missing = cost * denominator;
            payers = 0;
            foreach (var group in supporters)
            {
                if (held[group] < line) missing -= held[group] * _groupSizes[group];
                else payers += _groupSizes[group];
            }

            var next = (missing + payers - 1) / payers; // below it a supporter cannot pay the equal part
            if (next <= line) break;
            line = next;
        }

        var utility = _utility is BudgetUtility.Cost ? cost : 1;
        return new(missing, payers, new(missing, payers * denominator * utility));
    }

    private FundedProject Buy(int project, Offer offer, BigInteger[] held, ref BigInteger denominator)
    {
        var divisor = BigInteger.GreatestCommonDivisor(offer.Missing, offer.Payers);
        var factor = offer.Payers / divisor;
        var payment = offer.Missing / divisor;
        if (!factor.IsOne)
        {
            denominator *= factor;
            for (var group = 0; group < held.Length; group++) held[group] *= factor;
        }

        var payments = new Dictionary<(BigInteger Paid, bool All), long>();
        foreach (var group in _supporters[project])
        {
            var paid = BigInteger.Min(held[group], payment);
            held[group] -= paid;
            if (paid.IsZero) continue;
            payments[(paid, held[group].IsZero)] = payments.GetValueOrDefault((paid, held[group].IsZero)) + _groupSizes[group];
        }

        var scale = denominator;
        var (id, costFen) = _projects[project];
        return new(id, costFen, _votes[id], offer.Price,
            [.. payments.OrderByDescending(p => p.Key.Paid).Select(p => new BudgetPayment(p.Value, new(p.Key.Paid, scale), p.Key.All))]);
    }

    private BigInteger Total(int project, BigInteger[] held)
    {
        var total = BigInteger.Zero;
        foreach (var group in _supporters[project]) total += held[group] * _groupSizes[group];
        return total;
    }

    /// <summary>Each of <see cref="Payers"/> pays <c>Missing/Payers</c> of the common denominator; the others all they have.</summary>
    private readonly record struct Offer(BigInteger Missing, long Payers, Fraction Price);
}

/// <summary>What one count by equal shares came to.</summary>
internal sealed record EqualSharesCount(
    EqualShares Shares, IReadOnlyList<FundedProject> Funded, BigInteger[] Held, BigInteger Denominator, Fraction ShareFen)
{
    public Fraction HeldBySupporters(string projectId) => new(Shares.HeldBySupporters(projectId, Held), Denominator);

    public IReadOnlyList<Fraction> LeftoverFen() => Shares.PerPaper(Held, Denominator);
}
