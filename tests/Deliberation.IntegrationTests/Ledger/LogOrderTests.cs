using Dapper;
using Deliberation.Features.Ledger;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ledger;

/// <summary>Votes that went into the log together stand there in an order that says nothing of when they came.</summary>
public sealed class LogOrderTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Batches = 30;

    /// <summary>The mean of thirty rank correlations of eight is within 0.35 of nothing; beyond, once in a million runs.</summary>
    private const double Line = 0.35;

    [Theory]
    [InlineData("Named")]
    [InlineData("Secret")]
    public async Task The_order_of_arrival_and_the_order_in_the_log_do_not_agree(string secrecy)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(Batches * LedgerSequencer.Enough);
        var ballot = await hall.OpenBallotAsync(secrecy: secrecy);
        var arrived = new List<string>();
        foreach (var batch in people.Chunk(LedgerSequencer.Enough))
        {
            foreach (var person in batch)
            {
                var receipt = (await hall.VoteAsync(person, ballot, "For")).Require().Receipt;
                arrived.Add(Convert.ToHexString(Features.Ballots.ReceiptCodes.TryParse(receipt.Code)!));
            }

            (await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: false, CancellationToken.None)).Leaves.ShouldBeGreaterThanOrEqualTo(batch.Length);
        }

        await using var connection = await database.DataSource.OpenConnectionAsync();
        var inLog = (await connection.QueryAsync<byte[]>("select commitment from log_leaf where ballot_id = @ballot and kind = 'vote' order by idx", new { ballot }))
            .Select(commitment => Convert.ToHexString(commitment[..10])).ToList();

        inLog.Order(StringComparer.Ordinal).ShouldBe(arrived.Order(StringComparer.Ordinal)); // all are there
        var correlations = arrived.Chunk(LedgerSequencer.Enough).Zip(inLog.Chunk(LedgerSequencer.Enough)).Select(batch => Correlation(batch.First, batch.Second)).ToList();
        correlations.Average().ShouldBeInRange(-Line, Line);
    }

    [Fact]
    public void The_measure_sees_an_order_that_was_kept_or_turned_round()
    {
        string[] batch = ["a", "b", "c", "d", "e", "f", "g", "h"];
        Correlation(batch, batch).ShouldBe(1, 1e-9);
        Correlation(batch, [.. Enumerable.Reverse(batch)]).ShouldBe(-1, 1e-9);
    }

    /// <summary>Spearman's rank correlation.</summary>
    private static double Correlation(string[] arrived, string[] inLog)
    {
        var n = arrived.Length;
        var squares = arrived.Select((code, i) => Math.Pow(i - Array.IndexOf(inLog, code), 2)).Sum();
        return 1 - (6 * squares / (n * ((n * n) - 1.0)));
    }
}
