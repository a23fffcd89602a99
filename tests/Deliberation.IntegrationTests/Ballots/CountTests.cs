using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

public sealed class CountTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    [Mechanism("M3.22")]
    public async Task The_owners_of_the_renovation_pass_matter_7_with_80_of_104()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var owners = new List<ResidentId>();
        for (var i = 0; i < 150; i++)
        {
            var area = i < 80 ? 8_250 : i < 104 ? 8_750 : i < 149 ? 8_478 : 8_490; // 6,600.00 + 2,100.00 + 3,900.00 m²
            owners.Add(ResidentId.New());
            await hall.AddResidentAsync(owners[i]);
            await hall.AddUnitAsync(string.Create(CultureInfo.InvariantCulture, $"{(i % 6) + 1}-{i}"), area, "Residential", "Delivered", owners[i]);
        }

        var ballot = await hall.OpenBallotAsync("Owners", rule: new JsonObject { ["rule"] = "OwnersAssembly", ["matter"] = 7 });
        await Task.WhenAll(owners.Take(104).Select(async (owner, i) => (await hall.VoteAsync(owner, ballot, i < 80 ? "For" : "Against")).Require()));
        var tracker = (await hall.SendAsync(new GetTracker(hall.AsStaff(), hall.Community, ballot))).Require();

        tracker.Ballot.Roll.ShouldBe(new BallotRoll(150, 150, 1_260_000, tracker.Ballot.Roll.Hash));
        (tracker.ReturnedPersons, tracker.ReturnedAreaHundredths).ShouldBe((104, 870_000));
        (tracker.NeededPersons, tracker.NeededAreaHundredths).ShouldBe((100, 840_000));
        tracker.Buildings.Count.ShouldBe(6);
        tracker.ReminderAudience.ShouldBe(46);
        (await hall.CloseBallotAsync(ballot))["outcome"]!.GetValue<string>().ShouldBe("Passed");

        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        result.Totals.Single(t => t.Choice == "For").ShouldBe(new ChoiceTotal("For", null, 80, 80, 660_000));
        result.Explanation["arithmetic"]!.AsArray().Select(line => line!.GetValue<string>()).ShouldContain("104×3 ≥ 150×2");
        result.Explanation["arithmetic"]!.AsArray().Select(line => line!.GetValue<string>()).ShouldContain("660000×4 ≥ 870000×3");
        (await hall.ScalarAsync<int>("select count(*) from outbox_message where community_id = @Community and text_key = 'ballots.message.passed'", new { hall.Community })).ShouldBe(150);
    }

    [Fact]
    [Mechanism("M3.22")]
    public async Task A_tie_for_the_fifth_seat_leads_to_a_run_off_of_the_tied()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AllowOnlineElectionsAsync();
        var people = await hall.AddHouseholdsAsync(160);
        int[] votes = [95, 88, 80, 71, 64, 64, 40, 12];
        string[] names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        var now = await database.CouncilNowAsync();
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(now, secrecy: "Secret", rule: new JsonObject { ["rule"] = "OfficeElection", ["seats"] = 5, ["mode"] = "First" }) with
        {
            Options = [.. names.Select(name => new BallotOption(name, name.ToUpperInvariant()))],
            LawProfile = "residents-committee-2026",
        });

        var papers = Spread(votes, names, 121);
        await Task.WhenAll(people.Take(121).Select(async (person, i) => (await hall.VoteAsync(person, ballot, papers[i])).Require()));
        var answer = await hall.CloseBallotAsync(ballot);

        answer["outcome"]!.GetValue<string>().ShouldBe("Runoff");
        answer["elected"]!.AsArray().Select(n => n!.GetValue<string>()).ShouldBe(["a", "b", "c", "d"]);
        answer["runoff"]!.AsArray().Select(n => n!.GetValue<string>()).ShouldBe(["e", "f"]);
        answer["vacancies"]!.GetValue<int>().ShouldBe(1);
        (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Totals.Take(8).Select(t => t.Units).ShouldBe([95, 88, 80, 71, 64, 64, 40, 12]);
    }

    [Fact]
    public async Task Whoever_abstains_in_an_election_takes_part_and_is_for_nobody()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var now = await database.CouncilNowAsync();
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(now, secrecy: "Secret", rule: new JsonObject { ["rule"] = "OfficeElection", ["seats"] = 1 }) with
        {
            Options = [new("a", "Ann", null), new("b", "Ben", null)],
        });
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, ["a", "Abstain"])).ShouldBe("ballot.too-many-choices");
        (await hall.VoteAsync(people[0], ballot, "a")).Require();
        (await hall.VoteAsync(people[1], ballot, "Abstain")).Require();

        var answer = await hall.CloseBallotAsync(ballot);

        answer["elected"]!.AsArray().ShouldBeEmpty("one of two papers is not more than half");
        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        (result.Turnout.ReturnedUnits, result.Turnout.Spoilt).ShouldBe((2, 0));
        result.Totals.Select(t => (t.Choice, t.Units)).ShouldBe([("a", 1), ("b", 0), ("Abstain", 1)]);
    }

    [Fact]
    public async Task A_budget_by_equal_shares_names_what_is_funded()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(10);
        var now = await database.CouncilNowAsync();
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(
            now, secrecy: "Secret", rule: new JsonObject { ["rule"] = "EqualShares", ["budgetFen"] = 60, ["utility"] = "Cost", ["completion"] = "None" }) with
        {
            Options = [new("Lights", "", 7), new("Ramp", "", 4), new("Bins", "", 26), new("Garden", "", 18), new("Canopy", "", 20), new("Court", "", 11)],
        });
        string[][] papers =
        [
            ["Canopy", "Bins"], ["Canopy", "Lights", "Bins"], ["Ramp"], ["Court"], ["Bins"],
            ["Garden", "Lights"], ["Ramp", "Bins"], ["Garden", "Canopy", "Bins"], ["Canopy"], ["Garden", "Court"],
        ];
        for (var i = 0; i < papers.Length; i++)
        {
            (await hall.VoteAsync(people[i], ballot, papers[i])).Require();
        }

        var answer = await hall.CloseBallotAsync(ballot);

        answer["outcome"]!.GetValue<string>().ShouldBe("Passed");
        answer["funded"]!.AsArray().Select(n => n!.GetValue<string>()).Order().ShouldBe(["Bins", "Court", "Ramp"]);
        var money = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Budget!;
        (money.BudgetFen, money.CostFen).ShouldBe((60, 41));
        money.Unfunded.ShouldAllBe(miss => miss.Reason == BudgetLoss.SupportersSpent && miss.MissingFen > 0);
        money.Unfunded.Select(miss => miss.Id).Order().ShouldBe(["Canopy", "Garden", "Lights"]);
        (await hall.ScalarAsync<string>("select distinct values ->> 'chosen' from outbox_message where community_id = @Community and text_key = 'ballots.message.chosen'", new { hall.Community })).ShouldBe("3");
    }

    [Fact]
    public async Task A_ballot_closed_twice_gives_the_workflow_the_same_answer()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var ballot = await hall.OpenBallotAsync();
        (await hall.VoteAsync(people[0], ballot, "For")).Require();

        var first = await hall.CloseBallotAsync(ballot);
        var second = await hall.CloseBallotAsync(ballot);

        second.ToJsonString().ShouldBe(first.ToJsonString());
        (await hall.ScalarAsync<int>("select count(*) from project_event where community_id = @Community and text_key = 'ballots.timeline.passed'", new { hall.Community })).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_who_voted_is_reminded_and_nobody_twice()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(5);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        (await hall.VoteAsync(people[0], ballot, "For")).Require();

        await hall.RemindAsync(ballot, "3wd");
        await hall.RemindAsync(ballot, "3wd");
        (await RemindersAsync(hall)).ShouldBe(4);
        (await hall.VoteAsync(people[1], ballot, "For")).Require();
        await hall.RemindAsync(ballot, "1wd");

        (await RemindersAsync(hall)).ShouldBe(4 + 3);
        (await hall.ScalarAsync<int>(
            "select count(*) from outbox_message where community_id = @Community and text_key = 'ballots.message.reminder' and resident_id = @voter",
            new { hall.Community, voter = people[0] })).ShouldBe(0);
        (await hall.SendAsync(new RemindNow(hall.AsStaff(), hall.Community, ballot))).Require().ShouldBe(3);
        (await hall.SendAsync(new RemindNow(hall.AsStaff(), hall.Community, ballot))).Require().ShouldBe(0);
    }

    private static Task<int> RemindersAsync(BallotHall hall) => hall.ScalarAsync<int>(
        "select count(*) from outbox_message where community_id = @Community and text_key = 'ballots.message.reminder'", new { hall.Community });

    /// <summary>Papers of at most five names that add up to the votes.</summary>
    private static List<string[]> Spread(int[] votes, string[] names, int papers)
    {
        var result = Enumerable.Range(0, papers).Select(_ => new List<string>()).ToList();
        for (var n = 0; n < names.Length; n++)
        {
            foreach (var paper in result.OrderBy(p => p.Count).Take(votes[n]).ToList())
            {
                paper.Add(names[n]);
            }
        }

        return [.. result.Select(p => p.Count == 0 ? new[] { "Abstain" } : [.. p])];
    }
}
