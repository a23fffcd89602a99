using System.Numerics;

namespace Deliberation.Cli.Verify.Counting;

/// <summary>Which projects a budget pays for: by votes, or by equal shares.</summary>
internal sealed class BudgetCount
{
    private readonly RuleText _rule;
    private readonly long _budgetFen;
    private readonly long _voters;
    private readonly Project[] _projects;
    private readonly List<(long Size, int[] Projects)> _groups = [];

    private BudgetCount(Urn urn)
    {
        _rule = urn.Definition.Rule;
        _budgetFen = _rule.NumberOrNull("budgetFen") ?? throw new RecountException("the rule names no budget");
        var votes = urn.Definition.Ids.ToDictionary(id => id, _ => 0L, StringComparer.Ordinal);
        var sets = new Dictionary<string, (long Size, string[] Ids)>(StringComparer.Ordinal);
        foreach (var paper in urn.Counted)
        {
            _voters++;
            string[] ids = [.. paper.Choices.Where(votes.ContainsKey).Order(StringComparer.Ordinal)];
            foreach (var id in ids) votes[id]++;
            var key = string.Join('\n', ids);
            sets[key] = (sets.TryGetValue(key, out var known) ? known.Size + 1 : 1, ids);
        }

        // The order of ties: lower cost, more votes, id. Nobody's project is never paid for.
        var least = Math.Max(1, _rule.Number("minVotes", 1));
        _projects = [.. urn.Definition.Options
            .Select(o => new Project(o.Id, o.CostFen is > 0 ? o.CostFen.Value : throw new RecountException($"option {o.Id} has no cost"), votes[o.Id]))
            .Where(p => p.Votes >= least)
            .OrderBy(p => p.CostFen).ThenByDescending(p => p.Votes).ThenBy(p => p.Id, StringComparer.Ordinal)];
        var places = _projects.Select((p, i) => (p.Id, i)).ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);
        foreach (var (size, ids) in sets.Values) _groups.Add((size, [.. ids.Where(places.ContainsKey).Select(id => places[id])]));
    }

    public static Recounted Count(Urn urn)
    {
        var count = new BudgetCount(urn);
        var funded = count._rule.Name switch
        {
            "BudgetGreedy" => count.ByVotes([], count._budgetFen, stops: false),
            "BudgetGreedyNoSkip" => count.ByVotes([], count._budgetFen, stops: true),
            _ => count.ByShares(),
        };
        return new(funded.Count > 0 ? "Passed" : count._voters == 0 ? "Inquorate" : "Rejected") { Funded = [.. funded.Select(p => count._projects[p].Id)] };
    }

    private long Cost(IEnumerable<int> projects) => projects.Sum(p => _projects[p].CostFen);

    private List<int> ByVotes(List<int> funded, long restFen, bool stops)
    {
        foreach (var project in Enumerable.Range(0, _projects.Length).Except(funded).OrderByDescending(p => _projects[p].Votes).ToList()) // stable: ties as ordered
        {
            if (_projects[project].CostFen <= restFen)
            {
                funded.Add(project);
                restFen -= _projects[project].CostFen;
            }
            else if (stops)
            {
                break;
            }
        }

        return funded;
    }

    private List<int> ByShares()
    {
        if (_voters == 0) return [];
        var completion = _rule.Text("completion", "None");
        var funded = Shares(0);
        if (completion is "Add1" or "Add1NoStop")
        {
            var step = Math.Max(1, _rule.Number("shareStepFen", 100));
            for (var more = step; funded.Count < _projects.Length; more += step)
            {
                var rest = _budgetFen - Cost(funded);
                if (completion == "Add1" && Enumerable.Range(0, _projects.Length).Except(funded).All(p => _projects[p].CostFen > rest)) break;
                var next = Shares(more);
                if (Cost(next) > _budgetFen) break;
                funded = next;
            }
        }

        return completion == "Greedy" ? ByVotes(funded, _budgetFen - Cost(funded), stops: false) : funded;
    }

    /// <summary>One count in which everybody holds an equal part of the budget and so much more. Money is in parts of a fen that all amounts are whole in.</summary>
    private List<int> Shares(long moreFen)
    {
        BigInteger parts = _voters;
        var money = new BigInteger[_groups.Count];
        Array.Fill(money, _budgetFen + (new BigInteger(moreFen) * _voters));
        var supporters = _projects.Select((_, p) => Enumerable.Range(0, _groups.Count).Where(g => _groups[g].Projects.Contains(p)).ToArray()).ToArray();
        var open = Enumerable.Range(0, _projects.Length).Select(p => (Project: p, Least: (Ratio)0)).ToList();
        var funded = new List<int>();
        while (true)
        {
            // Money only becomes less and prices only rise: who was dearer before than the best now need not be asked.
            open.Sort((a, b) => a.Least.CompareTo(b.Least) is var order and not 0 ? order : a.Project.CompareTo(b.Project));
            (int Project, Ratio Price, Ratio Payment)? best = null;
            for (var i = 0; i < open.Count; i++)
            {
                var project = open[i].Project;
                if (best is { } sure && open[i].Least > sure.Price) break;
                if (Payment(project, supporters[project], money, parts) is not { } payment)
                {
                    open.RemoveAt(i--); // its supporters hold too little, and will never hold more
                    continue;
                }

                var utility = _rule.Text("utility", "Cost") == "Cost" ? _projects[project].CostFen : 1;
                var price = payment * new Ratio(1, parts * utility);
                open[i] = (project, price);
                if (best is not { } other || price < other.Price || (price == other.Price && project < other.Project)) best = (project, price, payment);
            }

            if (best is not { } bought) return funded;
            open.RemoveAll(o => o.Project == bought.Project);
            funded.Add(bought.Project);
            parts *= bought.Payment.Under;
            for (var g = 0; g < money.Length && !bought.Payment.Under.IsOne; g++) money[g] *= bought.Payment.Under;
            foreach (var group in supporters[bought.Project]) money[group] -= BigInteger.Min(money[group], bought.Payment.Over);
        }
    }

    /// <summary>What a supporter pays at most, in parts: who holds less gives all of it. Null when all together hold too little.</summary>
    private Ratio? Payment(int project, int[] supporters, BigInteger[] money, BigInteger parts)
    {
        var missing = _projects[project].CostFen * parts;
        var payers = supporters.Sum(g => _groups[g].Size);
        foreach (var group in supporters.OrderBy(g => money[g]))
        {
            if (money[group] * payers >= missing) return new(missing, payers);
            missing -= money[group] * _groups[group].Size;
            payers -= _groups[group].Size;
        }

        return null;
    }

    private sealed record Project(string Id, long CostFen, long Votes);
}
