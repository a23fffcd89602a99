namespace Deliberation.Domain.Ballots;

/// <summary>
/// Single transferable vote by Meek's method: the elected keep just the part of each paper that they need. Nine decimals, sums of
/// parts rounded up, iterated until the surplus is below 0.000001.
/// </summary>
/// <remarks>Reference rule of the Proportional Representation Foundation.</remarks>
public sealed class StvMeek
{
    private const long One = 1_000_000_000;
    private const long Omega = 1_000;

    private readonly IReadOnlyList<string> _names;
    private readonly List<(long Count, int[] Ranking)> _papers;
    private readonly int _seats;
    private readonly Lot _lot;
    private readonly long[] _keep;
    private readonly List<int> _hopeful;
    private readonly List<int> _elected = [];
    private readonly List<StvEvent> _events = [];
    private readonly List<CountTie> _ties = [];
    private readonly List<long[]> _rounds = [];
    private long[] _votes;
    private long _quota;

    private StvMeek(RankedPapers papers, int seats, Lot lot)
    {
        _papers = StvDecision.Strict(papers, seats);
        (_names, _seats, _lot) = (papers.Options, seats, lot);
        _votes = new long[_names.Count];
        _keep = [.. _names.Select((_, i) => papers.Withdrawn.Contains(i) ? 0 : One)];
        _hopeful = [.. papers.Standing];
    }

    /// <param name="lot">For a tie for exclusion: the candidate drawn first leaves.</param>
    /// <exception cref="ArgumentException">A paper ranks two options equally, or there is no seat.</exception>
    public static StvDecision Decide(RankedPapers papers, int seats, Lot lot) => new StvMeek(papers, seats, lot).Count();

    private StvDecision Count()
    {
        while (_elected.Count < _seats && _elected.Count + _hopeful.Count > _seats)
        {
            var surplus = Iterate();
            _rounds.Add(_votes);
            if (surplus is { } total) Exclude(total);
        }

        if (_elected.Count < _seats)
        {
            foreach (var candidate in _hopeful.OrderByDescending(c => _votes[c]).ToList()) Elect(candidate);
        }

        var quota = (decimal)_quota / One;
        return new(quota, _papers.Sum(p => p.Count), [.. _elected.Select(c => _names[c])], _rounds.Count,
            [.. _rounds.Select(r => _names.Select((n, i) => (n, r[i])).ToDictionary(v => v.n, v => (decimal)v.Item2 / One, StringComparer.Ordinal))],
            _events, _ties, StvDecision.Explain("StvMeek", quota, _events));
    }

    /// <summary>Iterates until somebody is elected (null), or the surplus is settled (its total): then the lowest must go.</summary>
    private long? Iterate()
    {
        long? previous = null;
        while (true)
        {
            Distribute();
            _quota = (_votes.Sum() / (_seats + 1)) + 1;
            var winners = _hopeful.Where(c => _votes[c] >= _quota).OrderByDescending(c => _votes[c]).ToList();
            if (winners.Count > 0)
            {
                winners.ForEach(Elect);
                return null;
            }

            var surplus = Math.Max(0, _elected.Sum(c => _votes[c] - _quota));
            if (surplus < Omega || surplus >= previous) return surplus;
            previous = surplus;
            foreach (var candidate in _elected)
            {
                var needed = CeilingDivide((Int128)_keep[candidate] * _quota, One);
                _keep[candidate] = CeilingDivide((Int128)needed * One, _votes[candidate]);
            }
        }
    }

    private void Distribute()
    {
        _votes = new long[_names.Count];
        foreach (var (count, ranking) in _papers)
        {
            var weight = One;
            foreach (var candidate in ranking)
            {
                if (_keep[candidate] == 0) continue;
                var part = CeilingDivide((Int128)weight * _keep[candidate], One);
                _votes[candidate] += part * count;
                weight -= part;
                if (weight == 0) break;
            }
        }
    }

    private void Elect(int candidate)
    {
        _hopeful.Remove(candidate);
        _elected.Add(candidate);
        _events.Add(new("elect", _names[candidate], (decimal)_votes[candidate] / One));
    }

    private void Exclude(long surplus)
    {
        var lowest = _hopeful.Min(c => _votes[c]);
        var tied = _hopeful.Where(c => _votes[c] <= lowest + surplus).ToList();
        var candidate = tied[0];
        if (tied.Count > 1)
        {
            var name = _lot.First(tied.Select(c => _names[c]));
            _ties.Add(new("exclude", [.. tied.Select(c => _names[c])], name, true));
            candidate = tied.Find(c => _names[c] == name);
        }

        _hopeful.Remove(candidate);
        _keep[candidate] = 0;
        _events.Add(new("exclude", _names[candidate], (decimal)_votes[candidate] / One));
    }

    private static long CeilingDivide(Int128 value, long divisor) => (long)((value + divisor - 1) / divisor);
}
