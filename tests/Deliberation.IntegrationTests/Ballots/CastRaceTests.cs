using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>One voter, one counted vote, whatever is sent and however often (reliability.md P3, F13, D34 to D46).</summary>
public sealed class CastRaceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly string[] Choices = ["For", "Against", "Abstain"];

    [Theory]
    [InlineData("Named", 2_000)] // each is taken and replaces the one before: one after the other
    [InlineData("Secret", 10_000)]
    public async Task Thousands_of_races_of_one_voter_with_different_keys_and_options_on_three_nodes_count_once(string secrecy, int races)
    {
        var keys = Directory.CreateTempSubdirectory("dlbkeys").FullName;
        await using var hall = await BallotHall.OpenAsync(database, keys);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await hall.OpenBallotAsync(secrecy: secrecy);
        await using var second = hall.Node();
        await using var third = hall.Node();
        Func<CastVote, Task<Result<CastAnswer>>>[] nodes = [hall.SendAsync, second.SendAsync, third.SendAsync];

        var answers = await Task.WhenAll(Enumerable.Range(0, races).Select(i => nodes[i % 3](
            new CastVote(hall.As(people[0]), hall.Community, ballot, [Choices[i % 7 % 3]], $"{Guid.NewGuid()}"))));

        var accepted = answers.Count(answer => answer is Result<CastAnswer>.Accepted);
        accepted.ShouldBe(secrecy == "Secret" ? 1 : races);
        answers.Count(answer => BallotHall.CodeOf(answer) is "accepted" or "ballot.already-voted").ShouldBe(races);
        (await hall.ScalarAsync<int>(
            "select (select count(*) from vote where ballot_id = @ballot) + (select count(*) from participation where ballot_id = @ballot)", new { ballot })).ShouldBe(1);
        (await hall.ScalarAsync<int>("select count(*) from vote_replaced where ballot_id = @ballot", new { ballot })).ShouldBe(secrecy == "Secret" ? 0 : races - 1);

        await hall.CloseBallotAsync(ballot);
        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        result.Totals.Sum(total => total.Units).ShouldBe(1);
        result.Turnout.ReturnedUnits.ShouldBe(1);
    }

    [Fact]
    public async Task A_rule_that_allows_no_second_vote_makes_a_named_one_final() // D35
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await hall.OpenBallotAsync(rule: new JsonObject { ["rule"] = "Majority", ["base"] = "Cast", ["threshold"] = "1/2", ["strict"] = true, ["allowReplace"] = false });

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => hall.VoteAsync(people[0], ballot, Choices[i % 3])));

        answers.Count(answer => answer is Result<CastAnswer>.Accepted).ShouldBe(1);
        answers.OfType<Result<CastAnswer>.Accepted>().Single().Value.MayReplaceUntil.ShouldBeNull();
        answers.Count(answer => BallotHall.CodeOf(answer) == "ballot.already-voted").ShouldBe(99);
        (await hall.ScalarAsync<int>("select count(*) from vote_replaced where ballot_id = @ballot", new { ballot })).ShouldBe(0);
        (await hall.SendAsync(new GetBallot(hall.As(people[0]), hall.Community, ballot))).Require().MayReplace.ShouldBeFalse();
    }

    [Fact]
    public async Task A_final_vote_of_a_proxy_still_gives_way_to_the_principal_s()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (giver, givers) = await hall.AddHouseholdAsync("1-1", 1960);
        var (_, holder) = await hall.AddHouseholdAsync("1-2", 1960);
        var ballot = await hall.OpenBallotAsync(rule: new JsonObject { ["rule"] = "Majority", ["allowReplace"] = false });
        (await hall.SendAsync(new GrantProxy(hall.AsStaff(), hall.Community, ballot, $"h:{giver}", holder[0], "Letter 1"))).Require();
        (await hall.VoteAsync(holder[0], ballot, "Against", unit: $"h:{giver}")).Require();

        BallotHall.CodeOf(await hall.VoteAsync(holder[0], ballot, "For", unit: $"h:{giver}")).ShouldBe("ballot.already-voted");
        (await hall.VoteAsync(givers[0], ballot, "For")).Require();
        BallotHall.CodeOf(await hall.VoteAsync(givers[0], ballot, "Against")).ShouldBe("ballot.already-voted");
    }

    [Fact]
    public async Task A_named_vote_may_be_changed_until_the_close_and_a_secret_one_not_unless_the_rule_says_so()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var named = await hall.OpenBallotAsync();
        var secret = await hall.OpenBallotAsync(secrecy: "Secret");
        var view = (await hall.SendAsync(new GetBallot(hall.As(people[0]), hall.Community, named))).Require();

        view.MayReplace.ShouldBeTrue();
        (await hall.VoteAsync(people[0], named, "For")).Require().MayReplaceUntil.ShouldBe(view.ClosesAt);
        (await hall.SendAsync(new GetBallot(hall.As(people[0]), hall.Community, secret))).Require().MayReplace.ShouldBeFalse();
        (await hall.VoteAsync(people[0], secret, "For")).Require().MayReplaceUntil.ShouldBeNull();
        BallotHall.CodeOf(await hall.VoteAsync(people[0], secret, "Against")).ShouldBe("ballot.already-voted");
    }

    [Fact]
    public async Task A_key_belongs_to_its_voter() // D40
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(2);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        var key = new string('k', 128);

        var mine = (await hall.VoteAsync(people[0], ballot, "For", key)).Require();
        var theirs = (await hall.VoteAsync(people[1], ballot, "For", key)).Require();

        theirs.IsReplay.ShouldBeFalse();
        theirs.Receipt.Code.ShouldNotBe(mine.Receipt.Code);
        foreach (var wrong in new[] { "", new string('k', 15), new string('k', 129) })
        {
            BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "For", wrong)).ShouldBe("idempotency.key-required");
        }

        (await hall.ScalarAsync<int>("select count(*) from participation where ballot_id = @ballot", new { ballot })).ShouldBe(2);
    }

    [Theory]
    [InlineData("paused", "ballot.paused")]
    [InlineData("cancelled", "ballot.cancelled")]
    [InlineData("closed", "ballot.window-closed")]
    [InlineData("early", "ballot.not-open-yet")]
    public async Task Outside_its_window_a_ballot_takes_nothing(string when, string code) // D41
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var now = await database.CouncilNowAsync();
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(when == "early" ? now.AddHours(1) : now, secrecy: "Secret"));
        switch (when)
        {
            case "paused":
                (await hall.SendAsync(new PauseBallot(hall.AsStaff(), hall.Community, ballot, "The hall is flooded"))).Require();
                break;
            case "cancelled":
                (await hall.SendAsync(new CancelBallot(hall.AsStaff(CallerKind.Admin), hall.Community, ballot, "Wrong question"))).Require();
                break;
            case "closed":
                await hall.CloseBallotAsync(ballot);
                break;
        }

        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "For")).ShouldBe(code);

        (await hall.ScalarAsync<int>("select (select count(*) from participation where ballot_id = @ballot) + (select count(*) from cast_answer where ballot_id = @ballot)", new { ballot })).ShouldBe(0);
    }

    [Fact]
    public async Task Choices_that_are_not_on_the_paper_are_refused_and_leave_nothing() // D43, D44
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await hall.OpenBallotAsync();
        string[][] papers = [[], ["For", "Against"], ["For", "For"], ["for"], ["NaN"], ["1e309"], ["-1"], ["10000000000000000000000000000000"], ["For\u001fAgainst"], [""], [" For"], ["Abstain", "For"]];

        foreach (var paper in papers)
        {
            BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, paper)).ShouldBeOneOf("ballot.no-choice", "ballot.too-many-choices", "ballot.unknown-option");
        }

        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "For", unit: "h:another")).ShouldBe("ballot.not-on-roll");
        (await hall.ScalarAsync<int>("select (select count(*) from vote where ballot_id = @ballot) + (select count(*) from cast_answer where ballot_id = @ballot)", new { ballot })).ShouldBe(0);
    }

    [Fact]
    public async Task A_sealed_paper_copied_under_another_slot_or_into_another_ballot_is_not_taken() // D46
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(2);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        var other = await hall.OpenBallotAsync(secrecy: "Secret");
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        (await hall.VoteAsync(people[0], other, "For")).Require();

        (await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync(
            "insert into ballot_intake (community_id, ballot_id, slot, sealed, commitment) select community_id, ballot_id, gen_random_uuid(), sealed, commitment from ballot_intake where ballot_id = @ballot",
            new { ballot }))).SqlState.ShouldBe("23505");
        await hall.ExecuteAsync(
            "update ballot_intake i set sealed = (select sealed from ballot_intake where ballot_id = @other) where i.ballot_id = @ballot", new { ballot, other });
        await Should.ThrowAsync<System.Security.Cryptography.CryptographicException>(() => hall.CloseBallotAsync(ballot)); // nothing is counted that was not cast here
        (await hall.ScalarAsync<string>("select state from ballot where ballot_id = @ballot", new { ballot })).ShouldBe("Open");
    }

    [Theory] // D45
    [InlineData(CallerKind.Staff)]
    [InlineData(CallerKind.Admin)]
    [InlineData(CallerKind.Official)]
    [InlineData(CallerKind.Supervisor)]
    public async Task Before_the_close_nothing_that_anybody_reads_depends_on_what_was_chosen(CallerKind kind)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await hall.OpenBallotAsync();
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        var seen = await SeenAsync();

        (await hall.VoteAsync(people[0], ballot, "Against")).Require();

        (await SeenAsync()).ShouldBe(seen);
        BallotHall.CodeOf(await hall.SendAsync(new GetBallotResult(hall.AsStaff(kind), hall.Community, ballot))).ShouldBe("ballot.not-closed");

        async Task<string> SeenAsync()
        {
            var caller = hall.AsStaff(kind);
            object[] views =
            [
                (await hall.SendAsync(new GetTracker(caller, hall.Community, ballot))).Require(),
                (await hall.SendAsync(new ListBallots(caller, hall.Community, null))).Require(),
                (await hall.SendAsync(new GetBallot(hall.As(people[0]), hall.Community, ballot))).Require(),
                (await hall.SendAsync(new ListMyBallots(hall.As(people[0]), hall.Community))).Require(),
            ];
            return Regex.Replace(JsonSerializer.Serialize(views), "\"Now\":\"[^\"]*\"", "");
        }
    }

    [Fact]
    public async Task Whoever_is_gone_from_the_register_stays_counted() // D49
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await hall.OpenBallotAsync();
        var receipt = (await hall.VoteAsync(people[0], ballot, "For")).Require().Receipt.Code;

        await hall.ExecuteAsync("update resident set full_name = '-', phone = null, household_id = null where resident_id = @id", new { id = people[0] });
        await hall.CloseBallotAsync(ballot);

        (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Totals.Single(t => t.Choice == "For").Units.ShouldBe(1);
        (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, receipt))).Require().State.ShouldBe(ReceiptState.Counted);
    }

    [Fact]
    public async Task A_ballot_with_votes_and_a_voter_on_a_roll_cannot_be_deleted() // D48
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await hall.OpenBallotAsync();
        (await hall.VoteAsync(people[0], ballot, "For")).Require();

        foreach (var delete in new[] { "delete from ballot where ballot_id = @ballot", "delete from roll_entry where ballot_id = @ballot" })
        {
            (await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync(delete, new { ballot }))).SqlState.ShouldBe("23503", delete);
        }
    }
}
