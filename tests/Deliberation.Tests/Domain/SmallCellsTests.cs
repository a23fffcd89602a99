using Deliberation.Domain;

namespace Deliberation.Tests.Domain;

/// <summary>No hidden cell follows from what is shown: by its bounds, by the sum, or by any published sum.</summary>
public sealed class SmallCellsTests
{
    [Fact]
    public void Five_is_shown_four_is_hidden_and_zero_is_no_secret() =>
        Assert.Equal([5, null, 0, null, 30], SmallCells.Hide([5, 4, 0, 3, 30]));

    [Fact]
    public void A_single_small_cell_takes_the_next_smallest_with_it() => Assert.Equal([null, null, 30, 0], SmallCells.Hide([4, 7, 30, 0]));

    [Fact]
    public void Small_cells_that_are_together_fewer_than_five_take_another_with_them() => Assert.Equal([null, null, null, 20], SmallCells.Hide([1, 2, 9, 20]));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(4, 2)]
    public void Cells_that_their_bounds_would_tell_take_another_with_them(int each, int cells)
    {
        var hidden = SmallCells.Hide([.. Enumerable.Repeat(each, cells), 6, 20]);

        Assert.All(hidden.Take(cells + 1), cell => Assert.Null(cell));
        Assert.Equal(20, hidden[^1]);
    }

    [Fact]
    public void Nothing_small_hides_nothing_and_small_ones_alone_are_all_hidden()
    {
        Assert.Equal([5, 6, 0], SmallCells.Hide([5, 6, 0]));
        Assert.Equal([null], SmallCells.Hide([3]));
        Assert.Empty(SmallCells.Hide([]));
    }

    [Fact]
    public void A_cell_that_another_published_sum_gives_back_takes_more_with_it()
    {
        // The sum of all, and of the first and fourth: with 7 and then 9 hidden too, the second sum less the fourth cell still gives the first.
        int[][] sums = [[1, 1, 1, 1, 1], [1, 0, 0, 1, 0]];

        Assert.Equal([null, null, null, null, 40], SmallCells.Hide([3, 7, 9, 10, 40], sums));
        Assert.Equal([null, null, 9, 10, 40], SmallCells.Hide([3, 7, 9, 10, 40]));
    }

    [Fact]
    public void Whatever_the_cells_and_sums_another_count_of_the_hidden_ones_fits_all_sums()
    {
        var random = new Random(20261127);
        for (var round = 0; round < 200; round++)
        {
            var counts = Enumerable.Range(0, random.Next(2, 6)).Select(_ => random.Next(0, 12)).ToArray();
            int[][] sums = [[.. counts.Select(_ => 1)], .. Enumerable.Range(0, random.Next(0, 3)).Select(_ => counts.Select(_ => random.Next(0, 2)).ToArray())];

            var shown = SmallCells.Hide(counts, sums);

            Assert.All(counts.Zip(shown), pair => Assert.True(pair.Second is null || pair.Second == pair.First && pair.First is 0 or >= SmallCells.Smallest));
            if (shown.Any(cell => cell >= SmallCells.Smallest)) // else everything is hidden already, and only the sums are left
            {
                Assert.All(Enumerable.Range(0, counts.Length).Where(i => shown[i] is null), i => Assert.True(MayDiffer(i, counts, shown, sums)));
            }
        }
    }

    /// <summary>Some other whole numbers in the hidden cells, near the true ones, give the same sums and a different cell.</summary>
    private static bool MayDiffer(int cell, int[] counts, IReadOnlyList<int?> shown, int[][] sums)
    {
        var hidden = Enumerable.Range(0, counts.Length).Where(i => shown[i] is null).ToArray();
        var moves = new int[counts.Length];
        return Try(0);

        bool Try(int at)
        {
            if (at == hidden.Length)
            {
                return moves[cell] != 0 && sums.All(sum => sum.Select((times, i) => times * moves[i]).Sum() == 0);
            }

            for (var move = -3; move <= 3; move++)
            {
                moves[hidden[at]] = move;
                if (Try(at + 1))
                {
                    return true;
                }
            }

            moves[hidden[at]] = 0;
            return false;
        }
    }
}
