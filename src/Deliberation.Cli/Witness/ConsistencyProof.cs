using Deliberation.Cli.Verify.Log;

namespace Deliberation.Cli.Witness;

/// <summary>A proof that one log is the beginning of another: RFC 9162, 2.1.4.2.</summary>
internal static class ConsistencyProof
{
    /// <param name="older">Leaves of the older log, 1 or more, fewer than <paramref name="newer"/>.</param>
    public static bool Holds(Hash32 olderRoot, long older, Hash32 newerRoot, long newer, IReadOnlyList<Hash32> proof)
    {
        if (older < 1 || older >= newer) return false;
        var path = (older & (older - 1)) == 0 ? [olderRoot, .. proof] : proof.ToList(); // a whole tree is not repeated in the proof
        if (path.Count == 0) return false;
        var (from, to) = (older - 1, newer - 1);
        for (; (from & 1) == 1; from >>= 1) to >>= 1;
        var (first, second) = (path[0], path[0]);
        foreach (var hash in path.Skip(1))
        {
            if (to == 0) return false;
            if ((from & 1) == 1 || from == to)
            {
                first = LogTree.Node(hash, first);
                second = LogTree.Node(hash, second);
                for (; (from & 1) == 0 && from != 0; from >>= 1) to >>= 1;
            }
            else
            {
                second = LogTree.Node(second, hash);
            }

            from >>= 1;
            to >>= 1;
        }

        return to == 0 && first == olderRoot && second == newerRoot;
    }
}
