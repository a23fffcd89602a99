using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

public sealed class CastVoteTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    [Mechanism("M3.22")]
    public async Task Fifty_secret_votes_of_one_household_at_once_count_once()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960, 1961);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => hall.VoteAsync(people[i % 2], ballot, i % 3 == 0 ? "For" : "Against")));

        answers.Count(a => a is Result<CastAnswer>.Accepted).ShouldBe(1);
        answers.Count(a => BallotHall.CodeOf(a) == "ballot.already-voted").ShouldBe(49);
        (await hall.ScalarAsync<int>("select count(*) from participation where ballot_id = @ballot", new { ballot })).ShouldBe(1);
        (await hall.ScalarAsync<int>("select count(*) from ballot_intake where ballot_id = @ballot", new { ballot })).ShouldBe(1);
    }

    [Fact]
    public async Task Fifty_named_votes_at_once_leave_one_that_counts_and_the_others_as_replaced()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => hall.VoteAsync(people[0], ballot, i % 2 == 0 ? "For" : "Against")));

        answers.ShouldAllBe(a => a is Result<CastAnswer>.Accepted);
        (await hall.ScalarAsync<int>("select count(*) from vote where ballot_id = @ballot", new { ballot })).ShouldBe(1);
        (await hall.ScalarAsync<int>("select count(*) from vote_replaced where ballot_id = @ballot", new { ballot })).ShouldBe(49);
    }

    [Fact]
    public async Task Another_person_of_the_household_is_refused_once_one_has_voted()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960, 1961);
        var ballot = await hall.OpenBallotAsync();

        (await hall.VoteAsync(people[0], ballot, "For")).Require();

        BallotHall.CodeOf(await hall.VoteAsync(people[1], ballot, "Against")).ShouldBe("ballot.already-voted");
    }

    [Fact]
    public async Task Two_hundred_households_at_once_all_count()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(200);
        var ballot = await hall.OpenBallotAsync();

        var answers = await Task.WhenAll(people.Select(person => hall.VoteAsync(person, ballot, "For")));

        answers.Select(a => a.Require().Receipt.Code).Distinct().Count().ShouldBe(200);
        (await hall.CloseBallotAsync(ballot))["outcome"]!.GetValue<string>().ShouldBe("Passed");
        (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Totals[0].Units.ShouldBe(200);
    }

    [Theory]
    [InlineData("Named")]
    [InlineData("Secret")]
    public async Task The_same_request_with_the_same_key_gets_the_same_answer_and_changes_nothing(string secrecy)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync(secrecy: secrecy);
        var key = Guid.NewGuid().ToString();

        var first = (await hall.VoteAsync(people[0], ballot, "For", key)).Require();
        var again = (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => hall.VoteAsync(people[0], ballot, "For", key)))).Select(a => a.Require()).ToList();

        again.Distinct().ShouldBe([first with { IsReplay = true }]);
        (await hall.ScalarAsync<int>("select count(*) from vote_replaced where ballot_id = @ballot", new { ballot })).ShouldBe(0);
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "Against", key)).ShouldBe("idempotency.key-reused");
    }

    [Fact]
    public async Task Twenty_requests_with_one_key_at_once_are_one_vote() // D39
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync();
        var key = Guid.NewGuid().ToString();

        var answers = (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => hall.VoteAsync(people[0], ballot, "For", key)))).Select(a => a.Require()).ToList();

        answers.Select(a => a.Receipt).Distinct().ShouldHaveSingleItem();
        (await hall.ScalarAsync<int>("select count(*) from vote_replaced where ballot_id = @ballot", new { ballot })).ShouldBe(0);
    }

    [Fact]
    public async Task A_vote_counts_from_the_opening_instant_until_just_before_the_closing_instant()
    {
        await using var own = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(own);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var opens = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        await own.SetCouncilTimeAsync(opens.AddMinutes(-5));
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(opens));

        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "For")).ShouldBe("ballot.not-open-yet");
        await own.SetCouncilTimeAsync(opens);
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        await own.SetCouncilTimeAsync(opens.AddDays(7).AddMinutes(-1));
        (await hall.VoteAsync(people[0], ballot, "Against")).Require();
        await own.SetCouncilTimeAsync(opens.AddDays(7));
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "For")).ShouldBe("ballot.window-closed");
        (await hall.ScalarAsync<string>("select choices[1] from vote where ballot_id = @ballot", new { ballot })).ShouldBe("Against");
    }

    [Fact]
    public async Task A_paper_with_no_choice_too_many_or_an_unknown_one_is_refused()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var now = await database.CouncilNowAsync();
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(now, secrecy: "Secret", rule: new JsonObject { ["rule"] = "OfficeElection", ["seats"] = 2 }) with
        {
            Options = [new("a", "A"), new("b", "B"), new("c", "C")],
        });

        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, [])).ShouldBe("ballot.no-choice");
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, ["a", "b", "c"])).ShouldBe("ballot.too-many-choices");
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, ["a", "Abstain"])).ShouldBe("ballot.too-many-choices");
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, ["a", "a"])).ShouldBe("ballot.unknown-option");
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, ["For"])).ShouldBe("ballot.unknown-option");
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, ["a"], key: "short")).ShouldBe("idempotency.key-required");
        (await hall.VoteAsync(people[0], ballot, ["a", "b"])).Require();
    }

    [Fact]
    public async Task Another_community_s_ballot_is_absent()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var other = await BallotHall.OpenAsync(database);
        var (_, people) = await other.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync();

        BallotHall.CodeOf(await other.VoteAsync(people[0], ballot, "For")).ShouldBe("ballot.not-found");
        BallotHall.CodeOf(await other.SendAsync(new CastVote(other.As(people[0]), hall.Community, ballot, ["For"], Guid.NewGuid().ToString()))).ShouldBe("access.not-found");
    }

    [Fact]
    public async Task A_paused_ballot_takes_no_vote_and_closes_later_by_the_time_it_stood_still()
    {
        await using var own = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(own);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync();
        var closesAt = (await hall.SendAsync(new GetBallot(hall.As(people[0]), hall.Community, ballot))).Require().ClosesAt;

        (await hall.SendAsync(new PauseBallot(hall.AsStaff(), hall.Community, ballot, "The hall is flooded"))).Require();
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "For")).ShouldBe("ballot.paused");
        await own.AdvanceCouncilTimeAsync(TimeSpan.FromDays(2));
        (await hall.SendAsync(new ResumeBallot(hall.AsStaff(), hall.Community, ballot))).Require().ShouldBe(closesAt.AddDays(2), TimeSpan.FromMinutes(1));
        (await hall.VoteAsync(people[0], ballot, "For")).Require();

        (await hall.SendAsync(new CancelBallot(hall.AsStaff(CallerKind.Admin), hall.Community, ballot, "Wrong question printed"))).Require();
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "Against")).ShouldBe("ballot.cancelled");
        (await hall.ScalarAsync<string>("select payload->>'outcome' from workflow_inbox where community_id = @Community", new { hall.Community })).ShouldBe("Voided");
        (await hall.ScalarAsync<int>("select count(*) from outbox_message where text_key in ('ballots.message.paused', 'ballots.message.resumed', 'ballots.message.cancelled')"))
            .ShouldBe(3);
    }

    [Fact]
    public async Task The_principal_s_vote_takes_the_place_of_the_proxy_s_but_not_the_other_way_round()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, principals) = await hall.AddHouseholdAsync("1-101", 1960);
        var (_, holders) = await hall.AddHouseholdAsync("1-102", 1960);
        var ballot = await hall.OpenBallotAsync();
        var unit = $"h:{household}";
        (await hall.SendAsync(new GrantProxy(hall.AsStaff(), hall.Community, ballot, unit, holders[0], "Letter 12"))).Require();

        (await hall.VoteAsync(holders[0], ballot, "Against")).Require().Unit.ShouldNotBe(unit); // without a word it is the holder's own
        (await hall.VoteAsync(holders[0], ballot, "Against", unit: unit)).Require();
        (await hall.VoteAsync(principals[0], ballot, "For")).Require();

        BallotHall.CodeOf(await hall.VoteAsync(holders[0], ballot, "Against", unit: unit)).ShouldBe("ballot.already-voted");
        (await hall.ScalarAsync<string>("select choices[1] from vote where ballot_id = @ballot and unit_key = @unit", new { ballot, unit })).ShouldBe("For");
    }

    [Fact]
    public async Task A_receipt_tells_received_counted_and_replaced_and_never_the_choice()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var named = await hall.OpenBallotAsync();
        var secret = await hall.OpenBallotAsync(secrecy: "Secret");
        var first = (await hall.VoteAsync(people[0], named, "For")).Require().Receipt;
        var second = (await hall.VoteAsync(people[0], named, "Against")).Require().Receipt;
        var hidden = (await hall.VoteAsync(people[0], secret, "For")).Require().Receipt;

        (await StateAsync(hall, first.Code)).ShouldBe(ReceiptState.Replaced);
        (await StateAsync(hall, second.Code)).ShouldBe(ReceiptState.Received);
        (await StateAsync(hall, hidden.Code)).ShouldBe(ReceiptState.Received);
        await hall.CloseBallotAsync(named);
        await hall.CloseBallotAsync(secret);

        (await StateAsync(hall, second.Code.Replace("-", " ", StringComparison.Ordinal).ToLowerInvariant())).ShouldBe(ReceiptState.Counted);
        (await StateAsync(hall, hidden.Code)).ShouldBe(ReceiptState.Counted);
        (await StateAsync(hall, hall.Code + "-0000-0000-0000-0000")).ShouldBe(ReceiptState.Unknown);
        (await StateAsync(hall, "nonsense")).ShouldBe(ReceiptState.Unknown);
    }

    [Fact]
    public async Task Whoever_looks_a_receipt_up_sees_the_three_words_that_stand_on_it()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var receipt = (await hall.VoteAsync(people[0], await hall.OpenBallotAsync(secrecy: "Secret"), "For")).Require().Receipt;

        var found = (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, receipt.Code.Replace("-", " ", StringComparison.Ordinal).ToLowerInvariant()))).Require();
        found.Words.Count.ShouldBe(3);
        found.Words.ShouldBe(receipt.Words);
        (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, "nonsense"))).Require().Words.ShouldBeEmpty();
    }

    private static async Task<ReceiptState> StateAsync(BallotHall hall, string code) =>
        (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, code))).Require().State;
}
