namespace Deliberation.Domain;

/// <summary>Hides numbers of people so small that they could point at somebody, and so many others that no published sum gives one back.</summary>
/// <remarks>Source: domain.md 5 (cells of 5 and more), requirement 13 (turnout cell of one voter).</remarks>
public static class SmallCells
{
    /// <summary>Counts from 1 to below this are hidden.</summary>
    public const int Smallest = 5;

    private const long Prime = 2_147_483_647; // ranks are found modulo it: exact, and products stay in a long

    /// <summary>The cells as they may be published when their sum is known.</summary>
    public static IReadOnlyList<int?> Hide(IReadOnlyList<int> counts) => Hide(counts, [[.. Enumerable.Repeat(1, counts.Count)]]);

    /// <summary>
    /// Cells of 1 to 4 become null. While the hidden ones are together fewer than 5, or a hidden one follows from the sums, the next smallest of the others is hidden too:
    /// in the end perhaps all. A 0 is never hidden.
    /// </summary>
    /// <param name="counts">0 or more each.</param>
    /// <param name="sums">What else is published of the same cells: a row per sum, with as many times as it counts each cell.</param>
    public static IReadOnlyList<int?> Hide(IReadOnlyList<int> counts, IReadOnlyList<IReadOnlyList<int>> sums)
    {
        var hidden = Enumerable.Range(0, counts.Count).Where(i => counts[i] is > 0 and < Smallest).ToHashSet();
        var shown = new Queue<int>(Enumerable.Range(0, counts.Count).Where(i => counts[i] >= Smallest).OrderBy(i => counts[i]));
        while (hidden.Count > 0 && shown.Count > 0 && (IsTold(counts, hidden) || IsComputable([.. hidden.Order()], sums)))
        {
            hidden.Add(shown.Dequeue());
        }

        return [.. counts.Select((count, i) => hidden.Contains(i) ? (int?)null : count)];
    }

    /// <summary>Together too few; or the bounds tell: as many as cells are all 1, four times as many are all 4.</summary>
    private static bool IsTold(IReadOnlyList<int> counts, HashSet<int> hidden)
    {
        var sum = hidden.Sum(i => counts[i]);
        return sum < Smallest || sum == hidden.Count || hidden.All(i => counts[i] == Smallest - 1);
    }

    /// <summary>Some hidden cell is a combination of the sums: its unit vector lies in the space of their rows, so a row of the reduced form holds it alone.</summary>
    private static bool IsComputable(int[] hidden, IReadOnlyList<IReadOnlyList<int>> sums)
    {
        var rows = sums.Select(sum => hidden.Select(i => (((long)sum[i] % Prime) + Prime) % Prime).ToArray()).ToList();
        var rank = 0;
        for (var column = 0; column < hidden.Length && rank < rows.Count; column++)
        {
            var pivot = rows.FindIndex(rank, row => row[column] != 0);
            if (pivot < 0)
            {
                continue;
            }

            (rows[rank], rows[pivot]) = (rows[pivot], rows[rank]);
            Reduce(rows, rank++, column);
        }

        return rows.Take(rank).Any(row => row.Count(value => value != 0) == 1);
    }

    private static void Reduce(List<long[]> rows, int pivot, int column)
    {
        var inverse = Power(rows[pivot][column], Prime - 2);
        rows[pivot] = [.. rows[pivot].Select(value => value * inverse % Prime)];
        for (var other = 0; other < rows.Count; other++)
        {
            if (other == pivot || rows[other][column] is not (> 0 and var times))
            {
                continue;
            }

            for (var i = column; i < rows[other].Length; i++)
            {
                rows[other][i] = (rows[other][i] + ((Prime - times) * rows[pivot][i] % Prime)) % Prime;
            }
        }
    }

    private static long Power(long value, long exponent)
    {
        var result = 1L;
        for (; exponent > 0; exponent >>= 1)
        {
            result = (exponent & 1) == 1 ? result * value % Prime : result;
            value = value * value % Prime;
        }

        return result;
    }
}
