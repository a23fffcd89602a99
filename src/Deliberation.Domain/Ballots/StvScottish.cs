namespace Deliberation.Domain.Ballots;

/// <summary>
/// Single transferable vote (单记可转让投票) as Scottish councils count it: one surplus or one exclusion a stage, values in units of
/// 0.00001, every division cut off.
/// </summary>
/// <remarks>Scottish Local Government Elections Order, rules 45 to 52.</remarks>
public sealed class StvScottish
{
    private const long One = 100_000;

    private readonly IReadOnlyList<string> _names;
    private readonly Lot _lot;
    private readonly int _seats;
    private readonly long _valid;
    private readonly long _quota;
    private readonly List<Parcel>[] _held;
    private readonly long[] _votes;
    private readonly List<int> _continuing;
    private readonly List<int> _elected = [];
    private readonly List<int> _surpluses = [];
    private readonly List<long[]> _stages = [];
    private readonly List<StvEvent> _events = [];
    private readonly List<CountTie> _ties = [];

    private StvScottish(RankedPapers papers, int seats, Lot lot)
    {
        var strict = StvDecision.Strict(papers, seats);
        (_names, _lot, _seats) = (papers.Options, lot, seats);
        _valid = strict.Sum(p => p.Count);
        _quota = ((_valid / (seats + 1)) + 1) * One;
        _votes = new long[_names.Count];
        _held = [.. _names.Select(_ => new List<Parcel>())];
        _continuing = [.. papers.Standing];
        foreach (var (count, ranking) in strict) Give(new(ranking, 0, count, One));
    }

    /// <param name="lot">For a tie that no earlier stage breaks: the candidate drawn first is taken (transferred first, or excluded).</param>
    /// <exception cref="ArgumentException">A paper ranks two options equally, or there is no seat.</exception>
    public static StvDecision Decide(RankedPapers papers, int seats, Lot lot) => new StvScottish(papers, seats, lot).Count();

    private StvDecision Count()
    {
        CloseStage();
        while (_elected.Count < _seats && _continuing.Count > _seats - _elected.Count)
        {
            if (_surpluses.Count > 0) TransferSurplus();
            else Exclude();
            CloseStage();
        }

        if (_elected.Count < _seats)
        {
            foreach (var candidate in _continuing.OrderByDescending(c => _votes[c]).ToList())
            {
                _elected.Add(candidate);
                _events.Add(new("fill", _names[candidate], Amount(_votes[candidate])));
            }
        }

        return new(Amount(_quota), _valid, [.. _elected.Select(c => _names[c])], _stages.Count,
            [.. _stages.Select(stage => _names.Select((n, i) => (n, stage[i])).ToDictionary(v => v.n, v => Amount(v.Item2), StringComparer.Ordinal))],
            _events, _ties, StvDecision.Explain("StvScottish", Amount(_quota), _events));
    }

    /// <summary>Declares who reached the quota, and keeps the figures of the stage.</summary>
    private void CloseStage()
    {
        foreach (var candidate in _continuing.Where(c => _votes[c] >= _quota).OrderByDescending(c => _votes[c]).ToList())
        {
            _continuing.Remove(candidate);
            _elected.Add(candidate);
            _events.Add(new("elect", _names[candidate], Amount(_votes[candidate])));
            if (_votes[candidate] > _quota) _surpluses.Add(candidate);
        }

        _stages.Add([.. _votes]);
    }

    private void TransferSurplus()
    {
        var largest = _surpluses.Max(c => _votes[c]);
        var candidate = Choose("surplus", [.. _surpluses.Where(c => _votes[c] == largest)], higher: true);
        _surpluses.Remove(candidate);
        var votes = _votes[candidate];
        var surplus = votes - _quota;
        _events.Add(new("surplus", _names[candidate], Amount(surplus)));
        var parcels = _held[candidate];
        _held[candidate] = [];
        _votes[candidate] = _quota;
        foreach (var parcel in parcels)
            Give(parcel with { Place = parcel.Place + 1, Value = (long)((Int128)parcel.Value * surplus / votes) });
    }

    private void Exclude()
    {
        var lowest = _continuing.Min(c => _votes[c]);
        var candidate = Choose("exclude", [.. _continuing.Where(c => _votes[c] == lowest)], higher: false);
        _events.Add(new("exclude", _names[candidate], Amount(lowest)));
        _continuing.Remove(candidate);
        var parcels = _held[candidate];
        _held[candidate] = [];
        _votes[candidate] = 0;
        foreach (var parcel in parcels) Give(parcel with { Place = parcel.Place + 1 });
    }

    /// <summary>To the next continuing preference; without one the papers are not transferable.</summary>
    private void Give(Parcel parcel)
    {
        for (var place = parcel.Place; place < parcel.Ranking.Length; place++)
        {
            var candidate = parcel.Ranking[place];
            if (!_continuing.Contains(candidate)) continue;
            _held[candidate].Add(parcel with { Place = place });
            _votes[candidate] += parcel.Count * parcel.Value;
            return;
        }
    }

    /// <summary>By the latest earlier stage where the tied differed, else by lot.</summary>
    private int Choose(string purpose, List<int> tied, bool higher)
    {
        if (tied.Count == 1) return tied[0];
        var left = tied;
        for (var stage = _stages.Count - 1; stage >= 0 && left.Count > 1; stage--)
        {
            var figures = _stages[stage];
            var best = higher ? left.Max(c => figures[c]) : left.Min(c => figures[c]);
            left = [.. left.Where(c => figures[c] == best)];
        }

        var chosen = left.Count == 1 ? _names[left[0]] : _lot.First(left.Select(c => _names[c]));
        _ties.Add(new(purpose, [.. tied.Select(c => _names[c])], chosen, left.Count > 1));
        return left.Find(c => _names[c] == chosen);
    }

    private static decimal Amount(long units) => (decimal)units / One;

    /// <summary>Papers that move together.</summary>
    /// <param name="Place">Where in the ranking they lie.</param>
    /// <param name="Value">Of one paper, in units of 0.00001.</param>
    private readonly record struct Parcel(int[] Ranking, int Place, long Count, long Value);
}
