using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>A second vote in a secret ballot (改投): the code of the receipt replaces, whatever is sent and however often exactly one vote counts (decision 0021).</summary>
public sealed class ReplaceVoteTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Wrong = "ballot.replace-code-wrong";

    [Fact]
    public async Task The_later_vote_counts_and_the_earlier_receipt_says_that_it_was_replaced()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var ballot = await OpenAsync(hall);
        var first = (await hall.VoteAsync(people[0], ballot, "For")).Require();
        (await hall.VoteAsync(people[1], ballot, "For")).Require();
        var view = (await hall.SendAsync(new GetBallot(hall.As(people[0]), hall.Community, ballot))).Require();

        view.MayReplace.ShouldBeTrue();
        first.MayReplaceUntil.ShouldBe(view.ClosesAt);
        first.ReplaceCode.ShouldNotBeNull().ShouldMatch("^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$");
        var second = (await hall.ReplaceAsync(people[0], ballot, "Against", $" {first.ReplaceCode.ToLowerInvariant().Replace('-', ' ')} ")).Require(); // as typed

        second.ReplaceCode.ShouldNotBe(first.ReplaceCode);
        (await StateAsync(hall, first)).ShouldBe(ReceiptState.Replaced);
        (await StateAsync(hall, second)).ShouldBe(ReceiptState.Received);
        (await hall.ScalarAsync<int>("select count(*) from ballot_intake where ballot_id = @ballot and sealed is null and replace_hash is null", new { ballot })).ShouldBe(1); // what it said is gone
        await hall.CloseBallotAsync(ballot);

        (await StateAsync(hall, first)).ShouldBe(ReceiptState.Replaced);
        (await StateAsync(hall, second)).ShouldBe(ReceiptState.Counted);
        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        result.Turnout.ReturnedUnits.ShouldBe(2);
        result.Turnout.Spoilt.ShouldBe(0);
        result.Totals.ToDictionary(total => total.Choice, total => total.Units).ShouldBe(new Dictionary<string, int> { ["For"] = 1, ["Against"] = 1, ["Abstain"] = 0 }, ignoreOrder: true);
    }

    [Fact]
    public async Task Every_vote_has_a_code_of_its_own_and_only_the_last_one_s_works()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await OpenAsync(hall);
        var codes = new List<string?> { (await hall.VoteAsync(people[0], ballot, "For")).Require().ReplaceCode };
        for (var i = 0; i < 5; i++)
        {
            codes.Add((await hall.ReplaceAsync(people[0], ballot, i % 2 == 0 ? "Against" : "For", codes[^1])).Require().ReplaceCode);
        }

        codes.Distinct().Count().ShouldBe(6);
        foreach (var code in codes[..^1])
        {
            BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "Abstain", code)).ShouldBe(Wrong);
        }

        await hall.CloseBallotAsync(ballot);
        (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Totals.Single(total => total.Units > 0).Choice.ShouldBe("Against");
        (await hall.ScalarAsync<int>("select count(*) from superseded where ballot_id = @ballot", new { ballot })).ShouldBe(5);
    }

    [Fact]
    public async Task Whatever_is_wrong_with_a_code_gets_one_answer_and_changes_nothing()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(4);
        var ballot = await OpenAsync(hall);
        var other = await OpenAsync(hall);
        var mine = (await hall.VoteAsync(people[0], ballot, "For")).Require();
        var theirs = (await hall.VoteAsync(people[1], ballot, "For")).Require();
        var elsewhere = (await hall.VoteAsync(people[0], other, "For")).Require();

        foreach (var code in new[] { "", null, "no code", "0000-0000-0000-0000", mine.Receipt.Code, theirs.ReplaceCode, elsewhere.ReplaceCode, new string('Z', 5_000) })
        {
            BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "Against", code)).ShouldBe(Wrong, code);
        }

        BallotHall.CodeOf(await hall.ReplaceAsync(people[1], ballot, "Against", mine.ReplaceCode)).ShouldBe(Wrong); // bought
        BallotHall.CodeOf(await hall.ReplaceAsync(people[2], ballot, "Against", mine.ReplaceCode)).ShouldBe(Wrong); // by one who has not voted
        (await hall.VoteAsync(people[2], ballot, "Against")).Require(); // and may still
        await hall.CloseBallotAsync(ballot);
        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        result.Totals.ToDictionary(total => total.Choice, total => total.Units).ShouldBe(new Dictionary<string, int> { ["For"] = 2, ["Against"] = 1, ["Abstain"] = 0 }, ignoreOrder: true);
    }

    [Fact]
    public async Task After_ten_wrong_codes_even_the_right_one_waits_a_quarter_of_an_hour()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(2);
        var ballot = await OpenAsync(hall);
        var mine = (await hall.VoteAsync(people[0], ballot, "For")).Require();
        var theirs = (await hall.VoteAsync(people[1], ballot, "For")).Require();
        for (var i = 0; i < 10; i++)
        {
            BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "Against", "0000-0000-0000-0000")).ShouldBe(Wrong);
        }

        BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "Against", mine.ReplaceCode)).ShouldBe("ballot.replace-tries");
        (await hall.ReplaceAsync(people[1], ballot, "Against", theirs.ReplaceCode)).Require(); // nobody else is held up
        await hall.ExecuteAsync("update replace_miss set missed_at = missed_at - interval '14 minutes'");
        BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "Against", mine.ReplaceCode)).ShouldBe("ballot.replace-tries");
        await hall.ExecuteAsync("update replace_miss set missed_at = missed_at - interval '1 minute'");
        (await hall.ReplaceAsync(people[0], ballot, "Against", mine.ReplaceCode)).Require();
        await hall.CloseBallotAsync(ballot);
        (await hall.ScalarAsync<int>("select count(*) from replace_miss where ballot_id = @ballot", new { ballot })).ShouldBe(0);
    }

    [Theory]
    [InlineData("Secret", null)]
    [InlineData("Secret", false)]
    [InlineData("Named", null)]
    [InlineData("Named", true)]
    public async Task Where_the_rule_does_not_say_so_or_votes_are_by_name_there_is_no_code(string secrecy, bool? allow)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var rule = new JsonObject { ["rule"] = "Majority" };
        if (allow is { } said)
        {
            rule["allowReplace"] = said;
        }

        var ballot = await hall.OpenBallotAsync(secrecy: secrecy, rule: rule);
        (await hall.VoteAsync(people[0], ballot, "For")).Require().ReplaceCode.ShouldBeNull();

        BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "Against", "0000-0000-0000-0000")).ShouldBe("ballot.already-voted");
    }

    [Fact]
    public async Task A_thousand_replacements_of_one_voter_at_once_on_three_nodes_leave_one_vote()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await OpenAsync(hall);
        var code = (await hall.VoteAsync(people[0], ballot, "For")).Require().ReplaceCode!;
        await using var second = hall.Node();
        await using var third = hall.Node();
        Func<ReplaceVote, Task<Result<CastAnswer>>>[] nodes = [hall.SendAsync, second.SendAsync, third.SendAsync];

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => nodes[i % 3](
            new ReplaceVote(hall.As(people[0]), hall.Community, ballot, [i % 2 == 0 ? "Against" : "Abstain"], code, $"{Guid.NewGuid()}"))));

        answers.Count(answer => answer is Result<CastAnswer>.Accepted).ShouldBe(1);
        answers.Select(BallotHall.CodeOf).Distinct().ShouldBeSubsetOf(["accepted", Wrong, "ballot.replace-tries"]);
        (await hall.ScalarAsync<int>("select count(*) from ballot_intake where ballot_id = @ballot and sealed is not null", new { ballot })).ShouldBe(1);
        (await hall.ScalarAsync<int>("select count(*) from participation where ballot_id = @ballot", new { ballot })).ShouldBe(1);
        await hall.CloseBallotAsync(ballot);
        (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Totals.Sum(total => total.Units).ShouldBe(1);
    }

    [Fact]
    public async Task A_first_vote_and_a_wrong_code_at_once_do_not_cost_the_vote()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(40);
        var ballot = await OpenAsync(hall);

        var answers = await Task.WhenAll(people.SelectMany(person => new[] { hall.ReplaceAsync(person, ballot, "Against", "0000-0000-0000-0000"), hall.VoteAsync(person, ballot, "For") }));

        answers.Where((_, i) => i % 2 == 0).Select(BallotHall.CodeOf).Distinct().ShouldBe([Wrong]);
        answers.Where((_, i) => i % 2 == 1).Select(BallotHall.CodeOf).Distinct().ShouldBe(["accepted"]);
    }

    [Fact]
    public async Task The_same_request_gets_the_same_answer_and_a_key_that_was_used_otherwise_none() // P4, D34, D38
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await OpenAsync(hall);
        var (firstKey, key) = ($"{Guid.NewGuid()}", $"{Guid.NewGuid()}");
        var first = (await hall.VoteAsync(people[0], ballot, "For", firstKey)).Require();
        BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "Against", first.ReplaceCode, firstKey)).ShouldBe("idempotency.key-reused");

        var second = (await hall.ReplaceAsync(people[0], ballot, "Against", first.ReplaceCode, key)).Require();
        var again = (await hall.ReplaceAsync(people[0], ballot, "Against", first.ReplaceCode, key)).Require();

        again.ShouldBe(second with { IsReplay = true });
        (await hall.VoteAsync(people[0], ballot, "For", firstKey)).Require().ShouldBe(first with { IsReplay = true });
        BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "For", first.ReplaceCode, key)).ShouldBe("idempotency.key-reused");
        BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "Against", second.ReplaceCode, key)).ShouldBe("idempotency.key-reused");
        BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "Against", second.ReplaceCode, "short")).ShouldBe("idempotency.key-required");
        (await hall.ScalarAsync<int>("select count(*) from ballot_intake where ballot_id = @ballot", new { ballot })).ShouldBe(2);
    }

    [Theory]
    [InlineData("paused", "ballot.paused")]
    [InlineData("cancelled", "ballot.cancelled")]
    [InlineData("closed", "ballot.window-closed")]
    [InlineData("off the roll", "ballot.not-on-roll")]
    public async Task Outside_the_window_and_for_a_unit_that_left_the_roll_the_first_vote_stays(string when, string refused)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await OpenAsync(hall);
        var first = (await hall.VoteAsync(people[0], ballot, "For")).Require();
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
            default:
                await hall.ExecuteAsync("update roll_entry set is_removed = true where ballot_id = @ballot", new { ballot });
                break;
        }

        BallotHall.CodeOf(await hall.ReplaceAsync(people[0], ballot, "Against", first.ReplaceCode)).ShouldBe(refused);
        (await StateAsync(hall, first)).ShouldBe(when switch { "cancelled" => ReceiptState.Void, "closed" => ReceiptState.Counted, _ => ReceiptState.Received });
    }

    [Fact]
    public async Task A_holder_of_a_proxy_replaces_what_the_holder_cast_and_the_giver_cannot_without_the_code()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (giver, givers) = await hall.AddHouseholdAsync("1-1", 1960);
        var (_, holder) = await hall.AddHouseholdAsync("1-2", 1960);
        var ballot = await OpenAsync(hall);
        (await hall.SendAsync(new GrantProxy(hall.AsStaff(), hall.Community, ballot, $"h:{giver}", holder[0], "Letter 1"))).Require();
        var first = (await hall.VoteAsync(holder[0], ballot, "For", unit: $"h:{giver}")).Require();

        BallotHall.CodeOf(await hall.VoteAsync(givers[0], ballot, "Against")).ShouldBe("ballot.already-voted");
        BallotHall.CodeOf(await hall.ReplaceAsync(givers[0], ballot, "Against", "0000-0000-0000-0000")).ShouldBe(Wrong);
        var second = (await hall.ReplaceAsync(holder[0], ballot, "Against", first.ReplaceCode, unit: $"h:{giver}")).Require();
        (await hall.ReplaceAsync(givers[0], ballot, "Abstain", second.ReplaceCode)).Require(); // the unit's own person, told the code
    }

    [Fact]
    public async Task A_vote_that_replaces_another_is_no_paper_of_the_box()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var papers = await PaperHall.OpenAsync(hall, BallotHall.Question(await database.CouncilNowAsync(), secrecy: "Secret", rule: new JsonObject { ["rule"] = "Majority", ["allowReplace"] = true }));
        var first = (await hall.VoteAsync(people[0], papers.Ballot, "For")).Require();
        var second = (await hall.ReplaceAsync(people[0], papers.Ballot, "Against", first.ReplaceCode)).Require();
        (await hall.ReplaceAsync(people[0], papers.Ballot, "For", second.ReplaceCode)).Require();

        (await hall.ScalarAsync<int>($"select {PaperBoxes.HandedIn}", new { community = hall.Community, ballot = papers.Ballot })).ShouldBe(0);
        await hall.ExecuteAsync("insert into participation (community_id, ballot_id, unit_key) select community_id, ballot_id, unit_key from roll_entry where ballot_id = @Ballot on conflict do nothing", new { papers.Ballot });
        (await hall.ScalarAsync<int>($"select {PaperBoxes.HandedIn}", new { community = hall.Community, ballot = papers.Ballot })).ShouldBe(2);
    }

    private static Task<BallotId> OpenAsync(BallotHall hall) => hall.OpenBallotAsync(
        secrecy: "Secret", rule: new JsonObject { ["rule"] = "Majority", ["base"] = "Cast", ["threshold"] = "1/2", ["strict"] = true, ["allowReplace"] = true });

    private static async Task<ReceiptState> StateAsync(BallotHall hall, CastAnswer answer) =>
        (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, answer.Receipt.Code))).Require().State;
}
