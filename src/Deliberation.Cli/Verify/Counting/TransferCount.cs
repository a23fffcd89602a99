using System.Numerics;

namespace Deliberation.Cli.Verify.Counting;

/// <summary>
/// Single transferable vote as Scottish councils count it (rules 45 to 52 of their election order): values in units of 0.00001, every
/// division cut off, one surplus or one exclusion a stage.
/// </summary>
internal sealed class TransferCount
{
    private const long One = 100_000;

    private readonly int _seats;
    private readonly Func<List<int>, int> _lot;
    private readonly long _quota;
    private readonly List<Bundle> _bundles;
    private readonly HashSet<int> _running;
    private readonly List<int> _elected = [];
    private readonly List<BigInteger[]> _stages = [];
    private readonly BigInteger[] _kept; // of the elected: what stays with them

    /// <param name="lot">The one of several equals that is taken.</param>
    public TransferCount(IEnumerable<Ranking> papers, int options, int seats, Func<List<int>, int> lot)
    {
        (_seats, _lot) = (seats, lot);
        _bundles = [.. papers.Where(p => p.Tiers.Count > 0).Select(p => new Bundle([.. p.Tiers.Select(t => t[0])], p.Size))];
        _quota = ((_bundles.Sum(b => b.Size) / (seats + 1)) + 1) * One;
        _running = [.. Enumerable.Range(0, options)];
        _kept = new BigInteger[options];
        _bundles.ForEach(MoveOn);
    }

    public List<int> Elect()
    {
        var surpluses = new List<int>();
        Declare(surpluses);
        while (_elected.Count < _seats && _running.Count > _seats - _elected.Count)
        {
            var votes = Votes();
            if (surpluses.Count > 0)
            {
                var largest = Take(surpluses, votes, higher: true);
                surpluses.Remove(largest);
                Pass(largest, votes[largest]);
            }
            else
            {
                var lowest = Take([.. _running.Order()], votes, higher: false);
                _running.Remove(lowest);
                foreach (var bundle in _bundles.Where(b => b.Holder == lowest).ToList()) MoveOn(bundle);
            }

            Declare(surpluses);
        }

        if (_elected.Count < _seats) _elected.AddRange(_running.Order().OrderByDescending(c => _stages[^1][c]));
        return _elected;
    }

    private BigInteger[] Votes()
    {
        var votes = (BigInteger[])_kept.Clone();
        foreach (var bundle in _bundles.Where(b => b.Holder >= 0)) votes[bundle.Holder] += (BigInteger)bundle.Size * bundle.Value;
        return votes;
    }

    private void Declare(List<int> surpluses)
    {
        var votes = Votes();
        foreach (var candidate in _running.Where(c => votes[c] >= _quota).Order().OrderByDescending(c => votes[c]).ToList())
        {
            _running.Remove(candidate);
            _elected.Add(candidate);
            if (votes[candidate] > _quota) surpluses.Add(candidate);
        }

        _stages.Add(votes);
    }

    private void Pass(int candidate, BigInteger votes)
    {
        var surplus = votes - _quota;
        _kept[candidate] = _quota;
        foreach (var bundle in _bundles.Where(b => b.Holder == candidate).ToList())
        {
            bundle.Value = (long)(bundle.Value * surplus / votes);
            MoveOn(bundle);
        }
    }

    private void MoveOn(Bundle bundle)
    {
        do
        {
            bundle.Place++;
        }
        while (bundle.Place < bundle.Ranking.Length && !_running.Contains(bundle.Ranking[bundle.Place]));
    }

    /// <summary>The highest or lowest; among equals by the latest stage before where they differ, then by lot.</summary>
    private int Take(List<int> candidates, BigInteger[] votes, bool higher)
    {
        for (var stage = _stages.Count; stage >= 0 && candidates.Count > 1; stage--)
        {
            var figures = stage == _stages.Count ? votes : _stages[stage];
            var best = higher ? candidates.Max(c => figures[c]) : candidates.Min(c => figures[c]);
            candidates = candidates.FindAll(c => figures[c] == best);
        }

        return candidates.Count == 1 ? candidates[0] : _lot(candidates);
    }

    /// <summary>Equal papers; they lie with whom <see cref="Place"/> points at, or with nobody at the end.</summary>
    private sealed class Bundle(int[] ranking, long size)
    {
        public int[] Ranking => ranking;

        public long Size => size;

        public long Value { get; set; } = One;

        public int Place { get; set; } = -1;

        public int Holder => Place >= 0 && Place < ranking.Length ? ranking[Place] : -1;
    }
}
