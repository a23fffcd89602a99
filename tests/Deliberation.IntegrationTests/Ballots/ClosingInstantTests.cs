using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Thousands of votes while a ballot closes (reliability.md P5, F14): what was acknowledged counts, and nothing comes after.</summary>
public sealed class ClosingInstantTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Voters = 250;
    private const int Rounds = 20; // 5,000 votes

    private static readonly string[] Choices = ["For", "Against", "Abstain"];

    [Theory]
    [InlineData("Named")] // all but the first of a voter replace one: revotes arrive in any order
    [InlineData("Secret")] // all but the first of a voter are refused
    public async Task Of_five_thousand_votes_around_the_close_exactly_the_acknowledged_count(string secrecy)
    {
        var keys = Directory.CreateTempSubdirectory("dlbkeys").FullName;
        await using var hall = await BallotHall.OpenAsync(database, keys);
        var people = await hall.AddHouseholdsAsync(Voters);
        var ballot = await hall.OpenBallotAsync(secrecy: secrecy);
        var closesAt = await hall.ScalarAsync<DateTimeOffset>("select closes_at from ballot where ballot_id = @ballot", new { ballot });
        await database.SetCouncilTimeAsync(closesAt.AddMinutes(-1));
        await using var second = hall.Node();
        await using var third = hall.Node();
        Func<CastVote, Task<Result<CastAnswer>>>[] nodes = [hall.SendAsync, second.SendAsync, third.SendAsync];
        var acknowledged = 0;
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var voting = Enumerable.Range(0, Voters * Rounds).Select(i => Task.Run(async () =>
        {
            var voter = people[i * 7 % Voters];
            var answer = await nodes[i % nodes.Length](new CastVote(hall.As(voter), hall.Community, ballot, [Choices[i % Choices.Length]], $"{Guid.NewGuid()}"));
            if (answer is Result<CastAnswer>.Accepted && Interlocked.Increment(ref acknowledged) == Voters / 2)
            {
                half.SetResult();
            }

            return (Voter: voter, Answer: BallotHall.CodeOf(answer));
        })).ToList();
        await half.Task;
        await database.SetCouncilTimeAsync(closesAt);
        await hall.CloseBallotAsync(ballot);
        var frozen = await StoredAsync(hall, ballot);
        var answers = await Task.WhenAll(voting);

        answers.Select(answer => answer.Answer).Distinct().ShouldBeSubsetOf(["accepted", "ballot.already-voted", "ballot.window-closed"]);
        answers.Count(answer => answer.Answer == "ballot.window-closed").ShouldBePositive("the ballot must close while votes come");
        var voted = answers.Where(answer => answer.Answer == "accepted").Select(answer => answer.Voter).Distinct().Count();
        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        result.Totals.Sum(total => total.Units).ShouldBe(voted);
        result.Turnout.ReturnedUnits.ShouldBe(voted);
        (await hall.ScalarAsync<int>(
            "select (select count(*) from vote where ballot_id = @ballot and cast_at >= @closesAt) + (select count(*) from vote_replaced where ballot_id = @ballot and cast_at >= @closesAt)",
            new { ballot, closesAt })).ShouldBe(0);
        (await StoredAsync(hall, ballot)).ShouldBe(frozen);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_closed_ballot_stays_closed_when_the_databases_clock_jumps_an_hour(int hours) // F10
    {
        var keys = Directory.CreateTempSubdirectory("dlbkeys").FullName;
        await using var hall = await BallotHall.OpenAsync(database, keys);
        var people = await hall.AddHouseholdsAsync(3);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        var closesAt = await hall.ScalarAsync<DateTimeOffset>("select closes_at from ballot where ballot_id = @ballot", new { ballot });
        await database.SetCouncilTimeAsync(closesAt.AddMinutes(-90));
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "For")).ShouldBe("accepted");
        await database.SetCouncilTimeAsync(closesAt);
        await hall.CloseBallotAsync(ballot);
        var frozen = await StoredAsync(hall, ballot);

        await database.SetCouncilTimeAsync(closesAt.AddHours(hours)); // further than the clock's own anchor would ever let it go back
        BallotHall.CodeOf(await hall.VoteAsync(people[1], ballot, "For")).ShouldBe("ballot.window-closed");
        (await StoredAsync(hall, ballot)).ShouldBe(frozen);
    }

    /// <summary>All that the close left of votes, as one text.</summary>
    private static Task<string> StoredAsync(BallotHall hall, BallotId ballot) => hall.ScalarAsync<string>(
        """
        select md5(
            coalesce((select string_agg(v::text, '|' order by v.unit_key) from vote v where v.ballot_id = @ballot), '') ||
            coalesce((select string_agg(u::text, '|' order by u::text) from urn u where u.ballot_id = @ballot), '') ||
            coalesce((select string_agg(p.unit_key, '|' order by p.unit_key) from participation p where p.ballot_id = @ballot), ''))
        """,
        new { ballot });
}
