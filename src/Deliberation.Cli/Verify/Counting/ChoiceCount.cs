using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Cli.Verify.Counting;

/// <summary>A paper as an order of options: places from best, options by number; options not named have no place.</summary>
internal sealed record Ranking(long Size, IReadOnlyList<int[]> Tiers);

/// <summary>Rules that choose among options by marks, scores or ranks. Nobody is chosen whom no paper names.</summary>
internal sealed class ChoiceCount
{
    private readonly Urn _urn;
    private readonly RuleText _rule;
    private readonly IReadOnlyList<string> _options;
    private readonly Dictionary<string, int> _numbers;
    private readonly List<(long Size, string[] Choices)> _papers;
    private readonly List<Ranking> _rankings;
    private readonly string _tieBreak;
    private readonly string? _seed;
    private readonly int _seats;

    private ChoiceCount(Urn urn, string? seed)
    {
        (_urn, _rule, _options, _seed) = (urn, urn.Definition.Rule, urn.Definition.Ids, seed);
        _numbers = _options.Select((id, i) => (id, i)).ToDictionary(o => o.id, o => o.i, StringComparer.Ordinal);
        _papers = [.. urn.Counted.Select(p => p.Choices).Where(c => !c.Contains(PaperForm.Abstain))
            .GroupBy(c => string.Join('\n', c.Order(StringComparer.Ordinal)), StringComparer.Ordinal).Select(g => (g.LongCount(), g.First()))];
        _rankings = _papers.ConvertAll(Rank);
        _tieBreak = _rule.Text("tieBreak", _rule.Flag("election") ? "Runoff" : "Lot");
        _seats = (int)Math.Clamp(_rule.Number("seats", 1), 1, 1_000);
    }

    /// <param name="seed">Of the lot; null when the bundle does not tell it.</param>
    public static Recounted Count(Urn urn, string? seed) => new ChoiceCount(urn, seed).Count();

    private Recounted Count()
    {
        var returned = _urn.Returned;
        if (_rule.Share("minTurnout", "minTurnoutStrict", isStrict: false) is { } line ? !line.IsMet(returned, _urn.Roll.Count) : returned == 0)
            return new(_rule.Flag("election") ? "Invalid" : "Inquorate") { Elected = [], Order = [] };
        return _rule.Name switch
        {
            "Plurality" or "Limited" or "Approval" => ByMarks(),
            "Score" => ByTotals(Scores()),
            "Star" => ByStar(),
            "Borda" => ByTotals(Borda()),
            "Condorcet" => ByPairs(),
            "Schulze" => BySchulze(),
            "InstantRunoff" => ByRunoff(),
            "StvScottish" => ByTransfer(new TransferCount(_rankings, _options.Count, _seats, DrawLeaving).Elect()),
            "StvMeek" => ByTransfer(new MeekCount(_rankings, _options.Count, _seats, DrawLeaving).Elect()),
            var name => throw new RecountException($"'{name}' is not recounted offline"),
        };
    }

    private Ranking Rank((long Size, string[] Choices) paper)
    {
        if (_rule.Name is "Plurality" or "Limited" or "Approval") return new(paper.Size, [[.. paper.Choices.Select(c => _numbers[c])]]);
        var named = paper.Choices.Select(c => PaperForm.Split(c)).Select(c => (Option: _numbers[c.Id], Number: c.Number ?? 0)).ToList();
        return new(paper.Size, _rule.Name is "Score" or "Star"
            ? [.. named.Where(c => c.Number > 0).GroupBy(c => c.Number).OrderByDescending(g => g.Key).Select(g => g.Select(c => c.Option).ToArray())]
            : [.. named.GroupBy(c => c.Number).OrderBy(g => g.Key).Select(g => g.Select(c => c.Option).ToArray())]);
    }

    private Recounted ByMarks()
    {
        var votes = new Ratio[_options.Count];
        foreach (var option in _rankings.SelectMany(r => r.Tiers.SelectMany(t => t).Select(o => (o, r.Size)))) votes[option.o] += option.Size;
        var tiers = Tiers(votes);
        if (_rule.Share("minApproval", null, isStrict: false) is not { } line) return Seat(tiers, tiers);
        long cast = _urn.Counted.Count();
        return Seat(Only(tiers, o => line.IsMet((long)votes[o].Over, cast)), tiers);
    }

    private Recounted ByTotals(Ratio[] totals)
    {
        var tiers = Tiers(totals);
        return Seat(tiers, tiers);
    }

    private Ratio[] Scores()
    {
        var totals = new Ratio[_options.Count];
        foreach (var (size, choices) in _papers)
        {
            foreach (var (id, score) in choices.Select(PaperForm.Split)) totals[_numbers[id]] += size * (score ?? 0);
        }

        return totals;
    }

    /// <summary>A place is worth the number of options behind it; who shares places shares their worth; who is not named shares the last ones.</summary>
    private Ratio[] Borda()
    {
        var points = new Ratio[_options.Count];
        foreach (var ranking in _rankings)
        {
            var behind = _options.Count;
            var rest = Enumerable.Range(0, _options.Count).Except(ranking.Tiers.SelectMany(t => t)).ToArray();
            IEnumerable<int[]> tiers = _rule.Text("unranked", "Mean") == "Mean" && rest.Length > 0 ? ranking.Tiers.Append(rest) : ranking.Tiers;
            foreach (var tier in tiers)
            {
                var (best, worst) = (behind - 1, behind - tier.Length);
                foreach (var option in tier) points[option] += new Ratio(ranking.Size * (best + worst), 2);
                behind -= tier.Length;
            }
        }

        return points;
    }

    /// <summary>The two highest totals; of them the one that more papers score higher.</summary>
    private Recounted ByStar()
    {
        var (totals, all) = (Scores(), Tiers(Scores()));
        var finalists = new List<int>();
        foreach (var tier in all)
        {
            if (finalists.Count + tier.Count <= 2)
            {
                finalists.AddRange(tier);
            }
            else
            {
                while (finalists.Count < 2)
                {
                    var left = tier.Except(finalists).ToList();
                    var places = 2 - finalists.Count;
                    if (left.Count <= places)
                    {
                        finalists.AddRange(left);
                        break;
                    }

                    // Among equals: who wins most comparisons with the others, then most highest scores, then the lot.
                    var best = Most(Most(left, x => left.Count(y => Prefer(x, y) > Prefer(y, x))), Highest);
                    if (best.Count > places)
                    {
                        if (_tieBreak is not ("Lot" or "EarlierProposal")) return Star([.. finalists, .. best], all);
                        best = [Draw(best)[0]];
                    }

                    finalists.AddRange(best);
                }
            }

            if (finalists.Count == 2) break;
        }

        if (finalists.Count < 2) return Star(finalists, all);
        var (a, b) = (finalists[0], finalists[1]);
        var winners = Most(Most(Most(finalists, x => x == a ? Prefer(a, b) : Prefer(b, a)), x => (long)totals[x].Over), Highest);
        if (winners.Count > 1 && _tieBreak is "Lot" or "EarlierProposal") winners = [Draw(winners)[0]];
        return Star(winners, all);
    }

    private Recounted Star(List<int> winners, List<List<int>> all) =>
        Seat(winners.Count == 0 ? [] : [winners], [.. winners.Count == 0 ? [] : new[] { winners }, .. Only(all, o => !winners.Contains(o))]);

    private Recounted ByPairs()
    {
        var pairs = Pairs();
        var all = Enumerable.Range(0, _options.Count).ToList();
        var winner = all.FindIndex(x => all.TrueForAll(y => x == y || pairs[x, y] > pairs[y, x]));
        if (winner >= 0) return Seat([[winner]], SchulzeTiers(pairs, "WinningVotes"));
        return _rule.Text("fallback", "Schulze") switch
        {
            "Schulze" => BySchulze(),
            "Borda" => ByTotals(Borda()),
            "InstantRunoff" => ByRunoff(),
            _ => Seat([], SchulzeTiers(pairs, "WinningVotes")),
        };
    }

    private Recounted BySchulze()
    {
        var tiers = SchulzeTiers(Pairs(), _rule.Text("links", "WinningVotes"));
        return Seat(tiers, tiers);
    }

    /// <summary>Papers that put x before y; whoever is named stands before everybody who is not.</summary>
    private long[,] Pairs()
    {
        var pairs = new long[_options.Count, _options.Count];
        foreach (var ranking in _rankings)
        {
            var after = Enumerable.Range(0, _options.Count).ToHashSet();
            foreach (var tier in ranking.Tiers)
            {
                after.ExceptWith(tier);
                foreach (var x in tier)
                {
                    foreach (var y in after) pairs[x, y] += ranking.Size;
                }
            }
        }

        return pairs;
    }

    /// <summary>Strongest paths, then tier by tier those whom nobody left beats.</summary>
    private List<List<int>> SchulzeTiers(long[,] pairs, string links)
    {
        var size = _options.Count;
        var strength = new long[size, size];
        for (var x = 0; x < size; x++)
        {
            for (var y = 0; y < size; y++)
            {
                if (pairs[x, y] > pairs[y, x]) strength[x, y] = links == "Margins" ? pairs[x, y] - pairs[y, x] : pairs[x, y];
            }
        }

        for (var over = 0; over < size; over++)
        {
            for (var x = 0; x < size; x++)
            {
                for (var y = 0; y < size; y++)
                {
                    if (x != y) strength[x, y] = Math.Max(strength[x, y], Math.Min(strength[x, over], strength[over, y]));
                }
            }
        }

        var left = Enumerable.Range(0, size).ToList();
        var tiers = new List<List<int>>();
        while (left.Count > 0)
        {
            var top = left.Where(x => !left.Exists(y => strength[y, x] > strength[x, y])).ToList();
            tiers.Add(top);
            left.RemoveAll(top.Contains);
        }

        return tiers;
    }

    /// <summary>The lowest drops out until somebody has more than half of the papers that still name one.</summary>
    private Recounted ByRunoff()
    {
        var left = Enumerable.Range(0, _options.Count).ToHashSet();
        var rounds = new List<Ratio[]>();
        var dropped = new List<int>();
        int? winner = null;
        while (left.Count > 0)
        {
            var votes = new Ratio[_options.Count];
            long counted = 0;
            foreach (var ranking in _rankings)
            {
                if (ranking.Tiers.Select(t => t.Where(left.Contains).ToArray()).FirstOrDefault(t => t.Length > 0) is not { } first) continue;
                counted += ranking.Size;
                foreach (var option in first) votes[option] += new Ratio(ranking.Size, first.Length);
            }

            if (counted == 0) break;
            var leader = left.Order().MaxBy(o => votes[o]);
            rounds.Add(votes);
            var hasMost = left.Count == 1 || votes[leader] + votes[leader] > counted;
            if (hasMost) winner ??= leader;
            if (hasMost && (!_rule.Flag("countToTwo") || left.Count <= 2)) break;
            var lowest = Lowest([.. left.Order()], rounds);
            dropped.Add(lowest);
            left.Remove(lowest);
        }

        List<List<int>> last = rounds.Count == 0 ? [] : Only(Tiers(rounds[^1]), left.Contains);
        return Seat(winner is { } one ? [[one]] : [], [.. last, .. Enumerable.Reverse(dropped).Select(o => new List<int> { o })]);
    }

    private Recounted ByTransfer(List<int> seated)
    {
        var elected = seated.FindAll(Named().Contains);
        return Ended(elected, isTied: false, [.. elected.Select(e => new List<int> { e })]);
    }

    /// <summary>The lowest now; among equals the lowest in the latest round before where they differ; then the lot.</summary>
    private int Lowest(List<int> options, List<Ratio[]> rounds)
    {
        for (var round = rounds.Count - 1; round >= 0 && options.Count > 1; round--)
        {
            var least = options.Min(o => rounds[round][o]);
            options = options.FindAll(o => rounds[round][o] == least);
        }

        return options.Count == 1 ? options[0] : DrawLeaving(options);
    }

    /// <summary>The places by order; a tie across the last one as the rule says.</summary>
    private Recounted Seat(List<List<int>> order, List<List<int>> told)
    {
        var named = Named();
        var elected = new List<int>();
        foreach (var tier in Only(order, named.Contains))
        {
            var places = _seats - elected.Count;
            if (places == 0) break;
            if (tier.Count <= places || _tieBreak == "All") elected.AddRange(tier);
            else if (_tieBreak == "Runoff") return Ended(elected, isTied: true, told);
            else elected.AddRange(Draw(tier).Take(places));
            if (elected.Count >= _seats) break;
        }

        return Ended(elected, isTied: false, told);
    }

    /// <summary>An election ends as its seats are filled; a vote on a question passes when something is chosen.</summary>
    private Recounted Ended(List<int> elected, bool isTied, List<List<int>> order) =>
        new(_rule.Flag("election")
            ? elected.Count >= _seats ? "Filled" : isTied ? "Runoff" : "PartlyFilled"
            : isTied ? "Tied" : elected.Count > 0 ? "Passed" : "Rejected")
        {
            Elected = [.. elected.Select(o => _options[o])],
            Order = [.. order.Select(tier => (IReadOnlyList<string>)[.. tier.Select(o => _options[o]).Order(StringComparer.Ordinal)])],
        };

    private HashSet<int> Named() => [.. _rankings.SelectMany(r => r.Tiers).SelectMany(t => t)];

    /// <summary>Best total first, equal ones together in the order of their ids.</summary>
    private List<List<int>> Tiers(Ratio[] totals) =>
        [.. Enumerable.Range(0, totals.Length).GroupBy(o => totals[o]).OrderByDescending(g => g.Key).Select(g => g.OrderBy(o => _options[o], StringComparer.Ordinal).ToList())];

    private static List<List<int>> Only(List<List<int>> tiers, Func<int, bool> keep) =>
        [.. tiers.Select(tier => tier.Where(keep).ToList()).Where(tier => tier.Count > 0)];

    private static List<int> Most(List<int> options, Func<int, long> figure)
    {
        var most = options.Max(figure);
        return options.FindAll(o => figure(o) == most);
    }

    private long Prefer(int x, int y) => _papers.Where(p => ScoreOf(p.Choices, x) > ScoreOf(p.Choices, y)).Sum(p => p.Size);

    private long Highest(int option) => _papers.Where(p => ScoreOf(p.Choices, option) == _rule.Number("maxScore", 5)).Sum(p => p.Size);

    private int ScoreOf(string[] choices, int option) =>
        choices.Select(PaperForm.Split).Where(c => c.Id == _options[option]).Select(c => c.Number ?? 0).FirstOrDefault();

    /// <summary>In the order drawn: SHA-256 of <c>seed|id</c>, lowest first; or as they stand on the paper.</summary>
    private List<int> Draw(List<int> tied) => _tieBreak == "EarlierProposal" ? [.. tied.Order()] : ByLot(tied);

    /// <summary>Who leaves: the one drawn first; by the order of the paper the last of them.</summary>
    private int DrawLeaving(List<int> tied) => _tieBreak == "EarlierProposal" ? tied.Max() : ByLot(tied)[0];

    private List<int> ByLot(List<int> tied) => _seed is null
        ? throw new RecountException("a lot decided, and the bundle does not tell its seed")
        : [.. tied.OrderBy(o => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{_seed}|{_options[o]}"))), StringComparer.Ordinal)];
}
