using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Every rule in a live ballot: cast, closed, counted and told; what does not fit is refused and changes nothing.</summary>
public sealed class RuleTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly BallotOption[] Sites = [new("n", "North"), new("c", "Centre"), new("k", "Canal")];

    public static TheoryData<string, string> Winners => new()
    {
        { """{"rule":"Plurality"}""", "n" },
        { """{"rule":"Limited","seats":2}""", "n c" },
        { """{"rule":"Approval"}""", "c" },
        { """{"rule":"Approval","seats":2,"minApproval":"4/5"}""", "c" },
        { """{"rule":"Score"}""", "c" },
        { """{"rule":"Star"}""", "c" },
        { """{"rule":"Borda"}""", "c" },
        { """{"rule":"Condorcet"}""", "c" },
        { """{"rule":"Schulze"}""", "c" },
        { """{"rule":"Schulze","links":"Margins"}""", "c" },
        { """{"rule":"InstantRunoff"}""", "c" },
        { """{"rule":"StvScottish","seats":2}""", "n c" },
        { """{"rule":"StvMeek","seats":2}""", "n c" },
    };

    [Theory]
    [MemberData(nameof(Winners))]
    public async Task Five_households_choose_a_site(string json, string winners)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(6);
        var ballot = await OpenAsync(hall, json, Sites);
        var rule = BallotRule.Read(JsonNode.Parse(json)!.AsObject());
        // 2 × North first, 2 × Centre first, 1 × Canal then Centre: North is liked most by few, Centre suits most.
        string[][] orders = [["n", "c", "k"], ["n", "c", "k"], ["c", "n", "k"], ["c", "k", "n"], ["k", "c", "n"]];
        for (var i = 0; i < orders.Length; i++)
        {
            (await hall.VoteAsync(people[i], ballot, Paper(rule, orders[i], i))).Require();
        }

        var answer = await hall.CloseBallotAsync(ballot);

        answer["outcome"]!.GetValue<string>().ShouldBe("Passed");
        answer["elected"]!.AsArray().Select(n => n!.GetValue<string>()).Order().ShouldBe(winners.Split(' ').Order());
        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        result.Turnout.ReturnedUnits.ShouldBe(5);
        result.Elected.Order().ShouldBe(winners.Split(' ').Order());
        result.Explanation["steps"]!.AsArray().ShouldNotBeEmpty();
        result.Count.ShouldNotBeNull();
        result.Count.Lot!.Hash.ShouldBe(result.Ballot.Rule["lotHash"]!.GetValue<string>());
        Lot.Commit(result.Count.Lot.Seed).ShouldBe(result.Count.Lot.Hash);
        (await hall.ScalarAsync<int>("select count(*) from outbox_message where community_id = @Community and text_key = 'ballots.message.chosen'", new { hall.Community })).ShouldBe(6);
    }

    [Theory] // D43
    [InlineData("""{"rule":"Plurality"}""", "", "ballot.no-choice")]
    [InlineData("""{"rule":"Plurality"}""", "n c", "ballot.too-many-choices")]
    [InlineData("""{"rule":"Limited","seats":2}""", "n c k", "ballot.too-many-choices")]
    [InlineData("""{"rule":"Approval","marks":2}""", "n c k", "ballot.too-many-choices")]
    [InlineData("""{"rule":"Approval"}""", "n n", "ballot.unknown-option")]
    [InlineData("""{"rule":"Approval"}""", "n Abstain", "ballot.too-many-choices")]
    [InlineData("""{"rule":"Approval"}""", "n=1", "ballot.unknown-option")]
    [InlineData("""{"rule":"Schulze"}""", "n=1 c=3", "ballot.rank-gap")]
    [InlineData("""{"rule":"Schulze","strictRanking":true}""", "n=1 c=1", "ballot.rank-tie")]
    [InlineData("""{"rule":"StvScottish","seats":2}""", "n=1 c=1", "ballot.rank-tie")]
    [InlineData("""{"rule":"InstantRunoff"}""", "n=0", "ballot.not-a-rank")]
    [InlineData("""{"rule":"InstantRunoff"}""", "n=NaN", "ballot.not-a-rank")]
    [InlineData("""{"rule":"InstantRunoff"}""", "x=1", "ballot.unknown-option")]
    [InlineData("""{"rule":"Score"}""", "n=6", "ballot.not-a-score")]
    [InlineData("""{"rule":"Score"}""", "n=-1", "ballot.not-a-score")]
    [InlineData("""{"rule":"Score"}""", "n=1e309", "ballot.not-a-score")]
    [InlineData("""{"rule":"Star"}""", "n=1000000000000000000000000000000", "ballot.not-a-score")]
    public async Task A_paper_that_does_not_fit_is_refused_and_changes_nothing(string json, string choices, string code)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(2);
        var units = await UnitsAsync(hall, await OpenAsync(hall, json, Sites));
        foreach (var secrecy in new[] { "Named", "Secret" })
        {
            var ballot = await OpenAsync(hall, json, Sites, secrecy);
            var paper = choices.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var answer = await hall.VoteAsync(people[0], ballot, paper);
            BallotHall.CodeOf(answer).ShouldBe(code);
            ((Result<CastAnswer>.Refused)answer).Reason.Kind.ShouldBe(RefusalKind.Invalid);
            ((Result<CastAnswer>.Refused)answer).Reason.Field.ShouldBe("choice");
            if (paper.Length > 0 && secrecy == "Named") // an empty paper at the desk is a spoilt one
            {
                BallotHall.CodeOf(await hall.SendAsync(new RecordPaperVote(hall.AsStaff(), hall.Community, ballot, units[0], "S-1", paper, "Li Wei"))).ShouldBe(code);
            }

            (await hall.ScalarAsync<int>(
                """
                select (select count(*) from vote where community_id = @Community) + (select count(*) from participation where community_id = @Community)
                    + (select count(*) from cast_answer where community_id = @Community) + (select count(*) from ballot_intake where community_id = @Community)
                """, new { hall.Community })).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_tie_is_drawn_by_a_lot_that_was_bound_before_anybody_voted()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(4);
        var ballot = await OpenAsync(hall, """{"rule":"Plurality"}""", Sites);
        var bound = await hall.ScalarAsync<string>("select rule ->> 'lotHash' from ballot where ballot_id = @ballot", new { ballot });
        (await hall.VoteAsync(people[0], ballot, "n")).Require();
        (await hall.VoteAsync(people[1], ballot, "k")).Require();
        await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync("update ballot set lot_seed = 'another seed of the clerk' where ballot_id = @ballot", new { ballot }));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync("""update ballot set rule = rule || '{"lotHash":"00"}' where ballot_id = @ballot""", new { ballot }));

        var answer = await hall.CloseBallotAsync(ballot);

        var lot = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Count!.Lot!;
        lot.Hash.ShouldBe(bound);
        Lot.Commit(lot.Seed).ShouldBe(bound);
        lot.Drawn.Select(d => d.Id).Order().ShouldBe(["k", "n"]);
        answer["elected"]!.AsArray().Single()!.GetValue<string>().ShouldBe(new[] { "k", "n" }.MinBy(id => Lot.KeyOf(lot.Seed, id), StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Runoff", "Tied", "")]
    [InlineData("EarlierProposal", "Passed", "n")]
    [InlineData("All", "Passed", "k n")]
    public async Task A_tie_ends_as_the_rule_says(string tieBreak, string outcome, string elected)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(4);
        var ballot = await OpenAsync(hall, $$"""{"rule":"Plurality","tieBreak":"{{tieBreak}}"}""", Sites);
        (await hall.VoteAsync(people[0], ballot, "n")).Require();
        (await hall.VoteAsync(people[1], ballot, "k")).Require();

        var answer = await hall.CloseBallotAsync(ballot);

        answer["outcome"]!.GetValue<string>().ShouldBe(outcome);
        string.Join(' ', answer["elected"]!.AsArray().Select(n => n!.GetValue<string>()).Order()).ShouldBe(elected);
        if (tieBreak == "Runoff")
        {
            answer["runoff"]!.AsArray().Select(n => n!.GetValue<string>()).Order().ShouldBe(["k", "n"]);
        }
    }

    [Theory]
    [MemberData(nameof(Winners))]
    public async Task Nobody_votes_and_nobody_is_chosen(string json, string winners)
    {
        winners.ShouldNotBeEmpty();
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(2);
        foreach (var secrecy in new[] { "Named", "Secret" })
        {
            var answer = await hall.CloseBallotAsync(await OpenAsync(hall, json, Sites, secrecy));
            answer["outcome"]!.GetValue<string>().ShouldBe("Inquorate");
            answer["elected"]!.AsArray().ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task An_election_by_transferable_vote_ends_in_the_words_of_elections()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var ballot = await OpenAsync(hall, """{"rule":"StvScottish","seats":2,"election":true}""", Sites, "Secret");
        (await hall.VoteAsync(people[0], ballot, ["n=1"])).Require();
        var answer = await hall.CloseBallotAsync(ballot);
        answer["outcome"]!.GetValue<string>().ShouldBe("PartlyFilled");
        (answer["elected"]!.AsArray().Single()!.GetValue<string>(), answer["vacancies"]!.GetValue<int>()).ShouldBe(("n", 1));

        var nobody = await hall.CloseBallotAsync(await OpenAsync(hall, """{"rule":"StvScottish","seats":2,"election":true}""", Sites, "Secret"));
        nobody["outcome"]!.GetValue<string>().ShouldBe("Invalid");
    }

    [Theory]
    [InlineData("""{"rule":"TwoThirds"}""", 2, 1, 5, "Passed")]
    [InlineData("""{"rule":"TwoThirds"}""", 3, 2, 0, "Rejected")]
    [InlineData("""{"rule":"AllButK","k":1}""", 1, 1, 0, "Passed")]
    [InlineData("""{"rule":"AllButK","k":1}""", 9, 2, 0, "Rejected")]
    [InlineData("""{"rule":"Unanimous"}""", 1, 0, 3, "Passed")]
    [InlineData("""{"rule":"Unanimous"}""", 5, 1, 0, "Rejected")]
    [InlineData("""{"rule":"Unanimous"}""", 0, 0, 3, "Rejected")]
    [InlineData("""{"rule":"Majority","base":"Roll"}""", 6, 0, 0, "Rejected")]
    [InlineData("""{"rule":"Majority","base":"Roll"}""", 7, 0, 0, "Passed")]
    [InlineData("""{"rule":"Recall"}""", 6, 0, 0, "Inquorate")]
    [InlineData("""{"rule":"Recall"}""", 4, 3, 0, "Passed")]
    [InlineData("""{"rule":"Recall"}""", 4, 3, 1, "Rejected")]
    [InlineData("""{"rule":"Meeting","body":"CouncilMeeting"}""", 6, 0, 0, "Inquorate")]
    [InlineData("""{"rule":"Meeting","body":"CouncilMeeting"}""", 4, 2, 1, "Passed")]
    [InlineData("""{"rule":"Meeting","body":"CouncilMeeting"}""", 4, 3, 1, "Rejected")]
    [InlineData("""{"rule":"Meeting","body":"GroupMeeting","form":"Households"}""", 7, 0, 0, "Inquorate")]
    [InlineData("""{"rule":"Meeting","body":"GroupMeeting","form":"Households"}""", 8, 0, 0, "Passed")]
    public async Task Twelve_households_say_for_against_or_abstain(string json, int inFavour, int against, int abstain, string outcome)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(12);
        var ballot = await OpenAsync(hall, json, []);
        var answers = Enumerable.Repeat("For", inFavour).Concat(Enumerable.Repeat("Against", against)).Concat(Enumerable.Repeat("Abstain", abstain)).ToList();
        await Task.WhenAll(answers.Select(async (answer, i) => (await hall.VoteAsync(people[i], ballot, answer)).Require()));

        (await hall.CloseBallotAsync(ballot))["outcome"]!.GetValue<string>().ShouldBe(outcome);

        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        result.Explanation["rule"]!.GetValue<string>().ShouldBe(json.Contains("Meeting", StringComparison.Ordinal) ? JsonNode.Parse(json)!["body"]!.GetValue<string>() : JsonNode.Parse(json)!["rule"]!.GetValue<string>());
        result.Explanation["arithmetic"]!.AsArray().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Who_signed_in_and_did_not_vote_was_present()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        List<HouseholdId> households = [];
        List<ResidentId> people = [];
        for (var i = 0; i < 10; i++)
        {
            var (household, adults) = await hall.AddHouseholdAsync($"1-{i}", 1970);
            households.Add(household);
            people.Add(adults[0]);
        }

        var meeting = Guid.CreateVersion7();
        await hall.ExecuteAsync(
            """
            insert into meeting (community_id, meeting_id, project_id, instance_id, visit_id, kind, round, theme, meets_at, quorum_numerator, quorum_denominator, quorum_is_strict)
            values (@Community, @meeting, @Project, @Instance, 'm', 'Council', 1, 'Lifts', council_now(), 1, 2, true);
            insert into attendance (community_id, meeting_id, attendee_id, signed_at) select @Community, @meeting, unnest(@signed), council_now();
            """, new { hall.Community, meeting, hall.Project, hall.Instance, signed = households.Take(8).Select(h => h.Value).ToArray() });
        var ballot = await OpenAsync(hall, """{"rule":"Meeting","body":"CouncilMeeting"}""", []);
        for (var i = 0; i < 4; i++)
        {
            (await hall.VoteAsync(people[i], ballot, "For")).Require();
        }

        (await hall.CloseBallotAsync(ballot))["outcome"]!.GetValue<string>().ShouldBe("Rejected", "4 of 8 present is not more than half");
        (await hall.ScalarAsync<int>("select (result ->> 'present')::int from ballot where ballot_id = @ballot", new { ballot })).ShouldBe(8);
    }

    [Theory]
    [InlineData(1, 6, 2, 0, "Passed", "Passed")] // one silent: 3 of 9 stand aside, a third is allowed
    [InlineData(1, 5, 3, 0, "Rejected", "Revise")]
    [InlineData(1, 8, 0, 1, "Rejected", "Revise")]
    [InlineData(3, 8, 0, 1, "Passed", "FallBack")] // the majority that was named beforehand
    [InlineData(3, 1, 0, 8, "Rejected", "FallBack")]
    public async Task Consent_needs_no_open_objection_and_few_who_stand_aside(int round, int consent, int aside, int objections, string outcome, string consented)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(9);
        var ballot = await OpenAsync(hall, $$$"""{"rule":"Consent","round":{{{round}}},"fallback":{"rule":"Majority"}}""", []);
        string[][] papers =
        [
            .. Enumerable.Repeat(new[] { "For" }, consent), .. Enumerable.Repeat(new[] { "Abstain" }, aside),
            .. Enumerable.Repeat(new[] { "Against", "because:too loud at night" }, objections),
        ];
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "Against")).ShouldBe("ballot.objection-reason");
        for (var i = 0; i < papers.Length; i++)
        {
            (await hall.VoteAsync(people[i], ballot, papers[i])).Require();
        }

        (await hall.CloseBallotAsync(ballot))["outcome"]!.GetValue<string>().ShouldBe(outcome);
        (await hall.ScalarAsync<string>("select result ->> 'consent' from ballot where ballot_id = @ballot", new { ballot })).ShouldBe(consented);
    }

    [Fact]
    public async Task An_objector_who_votes_again_has_withdrawn_the_objection()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(1);
        var ballot = await OpenAsync(hall, """{"rule":"Consent"}""", []);
        (await hall.VoteAsync(people[0], ballot, ["Against", "because:too loud at night"])).Require();
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        (await hall.CloseBallotAsync(ballot))["outcome"]!.GetValue<string>().ShouldBe("Passed");
    }

    [Theory]
    [InlineData("For", "Passed")]
    [InlineData("Against", "Rejected")]
    [InlineData("Abstain", "Tied")]
    public async Task The_holder_of_the_casting_vote_breaks_a_tie(string chair, string outcome)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(chair == "Abstain" ? 3 : 2);
        var ballot = await OpenAsync(hall, """{"rule":"Majority"}""", []);
        var units = await UnitsAsync(hall, ballot);
        var tied = await OpenAsync(hall, $$"""{"rule":"Majority","castingVote":"{{await UnitOfAsync(hall, ballot, people[0])}}"}""", []);
        units.Count.ShouldBe(people.Count);
        (await hall.VoteAsync(people[0], tied, chair)).Require();
        (await hall.VoteAsync(people[1], tied, chair == "For" ? "Against" : "For")).Require();
        if (chair == "Abstain")
        {
            (await hall.VoteAsync(people[2], tied, "Against")).Require();
        }

        (await hall.CloseBallotAsync(tied))["outcome"]!.GetValue<string>().ShouldBe(outcome);
    }

    [Fact]
    public async Task Owners_elect_their_committee_by_persons_and_area()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var owners = new List<ResidentId>();
        for (var i = 0; i < 6; i++)
        {
            owners.Add(ResidentId.New());
            await hall.AddResidentAsync(owners[i]);
            await hall.AddUnitAsync($"1-{i}", i == 0 ? 60_000 : 10_000, "Residential", "Delivered", owners[i]);
        }

        var ballot = await hall.OpenBallotAsync(BallotHall.Question(
            await database.CouncilNowAsync(), "Owners", rule: new JsonObject { ["rule"] = "OwnersCommitteeElection", ["seats"] = 2 }) with
        {
            Options = [new("a", "Ann"), new("b", "Ben"), new("d", "Dan")],
        });
        string[][] papers = [["a", "b"], ["a", "b"], ["a", "d"], ["a", "d"], ["d", "b"]];
        for (var i = 0; i < papers.Length; i++)
        {
            (await hall.VoteAsync(owners[i], ballot, papers[i])).Require();
        }

        var answer = await hall.CloseBallotAsync(ballot);

        // a: 4 of 5 persons, 900 of 1,000 m²; b: 3 persons, 800 m²; d: 3 persons but 300 m² only.
        answer["outcome"]!.GetValue<string>().ShouldBe("Filled");
        answer["elected"]!.AsArray().Select(n => n!.GetValue<string>()).ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData("""{"rule":"OwnersAssembly"}""", 2, 20_000)]
    [InlineData("""{"rule":"OwnersAssembly","parkingCounts":true}""", 3, 22_500)]
    [InlineData("""{"rule":"OwnersAssembly","coOwners":"ByUnit"}""", 3, 20_000)]
    public async Task The_rules_of_procedure_say_how_owners_count(string json, int persons, long area)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        ResidentId[] people = [ResidentId.New(), ResidentId.New(), ResidentId.New()];
        foreach (var person in people)
        {
            await hall.AddResidentAsync(person);
        }

        await hall.AddUnitAsync("1-1", 5_000, "Residential", "Delivered", people[0], people[1]);
        await hall.AddUnitAsync("1-2", 5_000, "Residential", "Delivered", people[0], people[1]);
        await hall.AddUnitAsync("1-3", 10_000, "Shop", "Delivered", people[0]);
        await hall.AddUnitAsync("P-1", 1_250, "Parking", "Delivered", people[0]);
        await hall.AddUnitAsync("P-2", 1_250, "Parking", "Delivered", people[2]);

        var ballot = await hall.OpenBallotAsync("Owners", rule: JsonNode.Parse(json)!.AsObject());

        var roll = (await hall.SendAsync(new GetBallot(hall.AsStaff(), hall.Community, ballot))).Require().Roll;
        (roll.Persons, roll.AreaHundredths).ShouldBe((persons, area));
    }

    [Theory]
    [InlineData(3, 0, "Passed")]
    [InlineData(2, 0, "Rejected")]
    [InlineData(2, 1, "Rejected")]
    public async Task A_home_becomes_a_shop_when_every_owner_with_an_interest_agrees(int inFavour, int against, string outcome)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        ResidentId[] owners = [ResidentId.New(), ResidentId.New(), ResidentId.New()];
        for (var i = 0; i < owners.Length; i++)
        {
            await hall.AddResidentAsync(owners[i]);
            await hall.AddUnitAsync($"1-{i}", 5_000, "Residential", "Delivered", owners[i]);
        }

        var ballot = await hall.OpenBallotAsync("Owners", rule: new JsonObject { ["rule"] = "ChangeOfUse" });
        for (var i = 0; i < inFavour + against; i++)
        {
            (await hall.VoteAsync(owners[i], ballot, i < inFavour ? "For" : "Against")).Require();
        }

        (await hall.CloseBallotAsync(ballot))["outcome"]!.GetValue<string>().ShouldBe(outcome);
        (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Explanation["articles"]!.AsArray().Single()!.GetValue<string>().ShouldBe("279");
    }

    [Theory]
    [InlineData("BudgetGreedy", "None", "Bins Canopy Lights Ramp")]
    [InlineData("BudgetGreedyNoSkip", "None", "Bins Canopy")]
    [InlineData("EqualShares", "None", "Bins Court Ramp")]
    [InlineData("EqualShares", "Greedy", "Bins Court Garden Ramp")]
    public async Task A_budget_is_shared_out_by_its_rule(string rule, string completion, string funded)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(10);
        var json = new JsonObject { ["rule"] = rule, ["budgetFen"] = 6000, ["completion"] = completion };
        var ballot = await OpenAsync(hall, json.ToJsonString(),
            [new("Lights", "L", 700), new("Ramp", "R", 400), new("Bins", "B", 2600), new("Garden", "G", 1800), new("Canopy", "C", 2000), new("Court", "T", 1100)], "Secret");
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
        string.Join(' ', answer["funded"]!.AsArray().Select(n => n!.GetValue<string>()).Order()).ShouldBe(funded);
    }

    [Theory]
    [InlineData("""{"rule":"Nothing"}""", "Named", "Households", false)]
    [InlineData("""{"rule":"Schulze"}""", "Named", "Households", false)]
    [InlineData("""{"rule":"Majority"}""", "Named", "Households", true)]
    [InlineData("""{"rule":"Consent"}""", "Secret", "Households", false)]
    [InlineData("""{"rule":"Majority","castingVote":"h:1"}""", "Secret", "Households", false)]
    [InlineData("""{"rule":"OwnersAssembly"}""", "Named", "Households", false)]
    [InlineData("""{"rule":"EqualShares","budgetFen":1}""", "Named", "Households", true)]
    public void A_ballot_that_could_not_be_counted_does_not_open(string json, string secrecy, string roll, bool hasOptions) =>
        BallotCheck.Problem(JsonNode.Parse(json)!.AsObject(), hasOptions ? Sites : [], secrecy, roll).ShouldNotBeNull();

    private static string[] Paper(BallotRule rule, string[] order, int voter) => rule switch
    {
        { IsRanked: true } => [.. order.Select((id, i) => $"{id}={i + 1}")],
        { IsScored: true } => [.. order.Select((id, i) => $"{id}={new[] { 5, 4, 0 }[i]}")],
        { Kind: RuleKind.Plurality } => [voter == 2 ? "n" : order[0]],
        _ => order[..2],
    };

    private async Task<BallotId> OpenAsync(BallotHall hall, string rule, BallotOption[] options, string secrecy = "Named") =>
        await hall.OpenBallotAsync(BallotHall.Question(await database.CouncilNowAsync(), secrecy: secrecy, rule: JsonNode.Parse(rule)!.AsObject()) with { Options = options });

    private async Task<List<string>> UnitsAsync(BallotHall hall, BallotId ballot)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<string>("select unit_key from roll_entry where community_id = @Community and ballot_id = @ballot order by unit_key", new { hall.Community, ballot })).AsList();
    }

    private static Task<string> UnitOfAsync(BallotHall hall, BallotId ballot, ResidentId person) => hall.ScalarAsync<string>(
        "select unit_key from roll_entry_person where community_id = @Community and ballot_id = @ballot and resident_id = @person", new { hall.Community, ballot, person });
}
