using System.Numerics;

namespace Deliberation.Cli.Verify.Counting;

/// <summary>
/// Single transferable vote by Meek's method (reference rule of the Proportional Representation Foundation): nine decimals, parts rounded up,
/// the elected keep of each paper what they need.
/// </summary>
internal sealed class MeekCount(IEnumerable<Ranking> papers, int options, int seats, Func<List<int>, int> lot)
{
    private static readonly BigInteger One = 1_000_000_000;
    private static readonly BigInteger Omega = 1_000;

    private readonly List<(long Size, int[] Order)> _papers = [.. papers.Where(p => p.Tiers.Count > 0).Select(p => (p.Size, p.Tiers.Select(t => t[0]).ToArray()))];
    private readonly BigInteger[] _keep = [.. Enumerable.Repeat(One, options)];
    private readonly List<int> _hopeful = [.. Enumerable.Range(0, options)];
    private readonly List<int> _elected = [];

    public List<int> Elect()
    {
        var votes = new BigInteger[options];
        while (_elected.Count < seats && _elected.Count + _hopeful.Count > seats)
        {
            BigInteger? before = null;
            while (true)
            {
                votes = Share();
                var quota = (votes.Aggregate(BigInteger.Zero, (sum, v) => sum + v) / (seats + 1)) + 1;
                var reached = _hopeful.Where(c => votes[c] >= quota).OrderByDescending(c => votes[c]).ToList();
                _elected.AddRange(reached);
                _hopeful.RemoveAll(reached.Contains);
                if (reached.Count > 0) break;
                var surplus = BigInteger.Max(0, _elected.Aggregate(BigInteger.Zero, (sum, c) => sum + votes[c] - quota));
                if (surplus < Omega || surplus >= before)
                {
                    Exclude(votes, surplus);
                    break;
                }

                before = surplus;
                foreach (var c in _elected) _keep[c] = RoundedUp(RoundedUp(_keep[c] * quota, One) * One, votes[c]);
            }
        }

        if (_elected.Count < seats) _elected.AddRange(_hopeful.OrderByDescending(c => votes[c]));
        return _elected;
    }

    private BigInteger[] Share()
    {
        var votes = new BigInteger[options];
        foreach (var (size, order) in _papers)
        {
            var rest = One;
            foreach (var c in order)
            {
                var part = RoundedUp(rest * _keep[c], One);
                votes[c] += part * size;
                rest -= part;
            }
        }

        return votes;
    }

    /// <summary>The lowest; who is within the surplus of it is tied with it.</summary>
    private void Exclude(BigInteger[] votes, BigInteger surplus)
    {
        var lowest = _hopeful.Min(c => votes[c]);
        var tied = _hopeful.FindAll(c => votes[c] <= lowest + surplus);
        var excluded = tied.Count == 1 ? tied[0] : lot(tied);
        _hopeful.Remove(excluded);
        _keep[excluded] = 0;
    }

    private static BigInteger RoundedUp(BigInteger value, BigInteger divisor) => (value + divisor - 1) / divisor;
}
