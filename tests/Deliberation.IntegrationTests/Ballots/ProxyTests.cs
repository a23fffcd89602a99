using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Written proxies (委托): each bound of domain.md 3.1.</summary>
public sealed class ProxyTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData(null, 4)]
    [InlineData(0, 7)]
    [InlineData(7, 0)]
    [InlineData(1, 6)]
    public async Task A_proxy_is_registered_until_the_days_before_the_close(int? setting, int openForDays)
    {
        await using var own = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(own);
        var (giver, _) = await hall.AddHouseholdAsync("1-1", 1960);
        var (_, holder) = await hall.AddHouseholdAsync("1-2", 1960);
        var opens = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        await own.SetCouncilTimeAsync(opens.AddHours(-1));
        var rule = Majority();
        if (setting is { } days)
        {
            rule["proxyRegisterDays"] = days;
        }

        var ballot = await hall.OpenBallotAsync(BallotHall.Question(opens, rule: rule));
        var until = opens.AddDays(openForDays);

        await own.SetCouncilTimeAsync(until);
        BallotHall.CodeOf(await GrantAsync(hall, ballot, giver, holder[0])).ShouldBe(setting == 0 ? "ballot.window-closed" : "proxy.too-late");
        (await hall.ScalarAsync<int>("select count(*) from proxy where ballot_id = @ballot", new { ballot })).ShouldBe(0);
        await own.SetCouncilTimeAsync(until.AddMinutes(-1));
        (await GrantAsync(hall, ballot, giver, holder[0])).Require();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task The_rule_says_for_how_many_units_one_holder_acts(int most)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, holder) = await hall.AddHouseholdAsync("1-100", 1960);
        var givers = new List<HouseholdId>();
        for (var i = 0; i <= most; i++)
        {
            givers.Add((await hall.AddHouseholdAsync($"1-{i}", 1960)).Household);
        }

        var rule = Majority();
        rule["maxProxiesPerHolder"] = most;
        var ballot = await hall.OpenBallotAsync(rule: rule);
        foreach (var giver in givers.Take(most))
        {
            (await GrantAsync(hall, ballot, giver, holder[0])).Require();
        }

        BallotHall.CodeOf(await GrantAsync(hall, ballot, givers[most], holder[0])).ShouldBe(most == 0 ? "proxy.none-here" : "proxy.too-many");
        (await hall.ScalarAsync<int>("select count(*) from proxy where ballot_id = @ballot", new { ballot })).ShouldBe(most);
    }

    [Fact]
    public async Task A_holder_is_known_of_age_and_of_another_unit()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var year = (await database.CouncilNowAsync()).Year;
        var (giver, givers) = await hall.AddHouseholdAsync("1-1", 1960);
        var (_, others) = await hall.AddHouseholdAsync("1-2", year - 18, year - 17);
        var ballot = await hall.OpenBallotAsync();

        BallotHall.CodeOf(await GrantAsync(hall, ballot, giver, ResidentId.New())).ShouldBe("proxy.holder-unknown");
        BallotHall.CodeOf(await GrantAsync(hall, ballot, giver, givers[0])).ShouldBe("proxy.own-unit");
        BallotHall.CodeOf(await GrantAsync(hall, ballot, giver, others[1])).ShouldBe("proxy.holder-under-age");
        BallotHall.CodeOf(await hall.SendAsync(new GrantProxy(hall.AsStaff(), hall.Community, ballot, $"h:{giver}", others[0], " x"))).ShouldBe("proxy.document-required");
        BallotHall.CodeOf(await hall.SendAsync(new GrantProxy(hall.AsStaff(), hall.Community, ballot, "h:nobody", others[0], "Letter 1"))).ShouldBe("ballot.unit-not-found");
        (await GrantAsync(hall, ballot, giver, others[0])).Require();
        BallotHall.CodeOf(await GrantAsync(hall, ballot, giver, others[0])).ShouldBe("proxy.already-granted");
    }

    [Fact]
    public async Task A_proxy_is_not_passed_on()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (first, firsts) = await hall.AddHouseholdAsync("1-1", 1960);
        var (second, seconds) = await hall.AddHouseholdAsync("1-2", 1960);
        var (_, thirds) = await hall.AddHouseholdAsync("1-3", 1960);
        var ballot = await hall.OpenBallotAsync();
        (await GrantAsync(hall, ballot, first, seconds[0])).Require();

        BallotHall.CodeOf(await GrantAsync(hall, ballot, second, thirds[0])).ShouldBe("proxy.passed-on"); // who holds gives none away
        (await hall.SendAsync(new WithdrawProxy(hall.AsStaff(), hall.Community, ballot, $"h:{first}"))).Require();
        (await GrantAsync(hall, ballot, second, thirds[0])).Require();
        BallotHall.CodeOf(await GrantAsync(hall, ballot, first, seconds[0])).ShouldBe("proxy.passed-on"); // who gave the own away holds none
        firsts.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Candidates_and_the_election_board_hold_none()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (giver, _) = await hall.AddHouseholdAsync("1-1", 1960);
        var (_, others) = await hall.AddHouseholdAsync("1-2", 1960, 1961, 1962);
        await hall.ExecuteAsync("update resident set full_name = 'Board' where resident_id = @id", new { id = others[1] });
        await hall.ExecuteAsync(
            """
            insert into post (community_id, post_code) values (@Community, 'ElectionBoard') on conflict do nothing;
            update staff set display_name = 'Board' where staff_id = @Staff;
            insert into post_holder (community_id, post_code, staff_id, is_substitute, held_from) values (@Community, 'ElectionBoard', @Staff, false, council_now() - interval '1 day');
            """,
            new { hall.Community, hall.Staff });
        var election = await ElectionAsync(hall, "residents-committee-2026", others[0]);
        var question = await hall.OpenBallotAsync();

        BallotHall.CodeOf(await GrantAsync(hall, election, giver, others[0])).ShouldBe("proxy.holder-is-candidate");
        BallotHall.CodeOf(await GrantAsync(hall, election, giver, others[1])).ShouldBe("proxy.holder-on-board");
        (await GrantAsync(hall, election, giver, others[2])).Require();
        (await GrantAsync(hall, question, giver, others[1])).Require(); // no election, no board
    }

    [Fact]
    public async Task In_a_village_election_the_holder_is_a_close_relative_who_may_vote()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (giver, _) = await hall.AddHouseholdAsync("1-1", 1960);
        var (_, voters) = await hall.AddHouseholdAsync("1-2", 1960);
        var away = ResidentId.New();
        await hall.AddResidentAsync(away);
        var ballot = await ElectionAsync(hall, "villagers-committee-2018", (await hall.AddHouseholdAsync("1-3", 1960)).People[0]);

        BallotHall.CodeOf(await GrantAsync(hall, ballot, giver, voters[0])).ShouldBe("proxy.not-a-relative");
        BallotHall.CodeOf(await GrantAsync(hall, ballot, giver, away, ProxyRelation.Child)).ShouldBe("proxy.holder-not-on-roll");
        (await GrantAsync(hall, ballot, giver, voters[0], ProxyRelation.Child)).Require();
        (await hall.SendAsync(new ListProxies(hall.As(away), hall.Community, ballot))).Require().ShouldHaveSingleItem().Relation.ShouldBe(ProxyRelation.Child);
    }

    [Fact]
    public async Task The_names_of_giver_and_holder_are_published_masked()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (giver, givers) = await hall.AddHouseholdAsync("1-1", 1960);
        var (_, holder) = await hall.AddHouseholdAsync("1-2", 1960);
        await hall.ExecuteAsync("update resident set full_name = '王小明' where resident_id = @id", new { id = givers[0] });
        var ballot = await hall.OpenBallotAsync();
        (await GrantAsync(hall, ballot, giver, holder[0])).Require();

        var line = (await hall.SendAsync(new ListProxies(hall.As(holder[0]), hall.Community, ballot))).Require().ShouldHaveSingleItem();
        (line.GiverNames.ShouldHaveSingleItem(), line.HolderName, line.UnitLabel).ShouldBe(("王*明", "Z*n", "1-1"));
    }

    [Theory]
    [InlineData("Named")]
    [InlineData("Secret")]
    public async Task Proxy_and_principal_at_once_leave_one_vote_and_in_a_named_ballot_the_principal_s(string secrecy) // D37
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (giver, givers) = await hall.AddHouseholdAsync("1-1", 1960);
        var (_, holder) = await hall.AddHouseholdAsync("1-2", 1960);
        var ballot = await hall.OpenBallotAsync(secrecy: secrecy);
        var unit = $"h:{giver}";
        (await GrantAsync(hall, ballot, giver, holder[0])).Require();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => i % 2 == 0
            ? hall.VoteAsync(holder[0], ballot, "Against", unit: unit)
            : hall.VoteAsync(givers[0], ballot, "For")));

        if (secrecy == "Named")
        {
            answers.Where((_, i) => i % 2 == 1).ShouldAllBe(a => a is Result<CastAnswer>.Accepted);
            (await hall.ScalarAsync<string>("select choices[1] || ' ' || channel from vote where ballot_id = @ballot and unit_key = @unit", new { ballot, unit })).ShouldBe("For Online");
            BallotHall.CodeOf(await hall.VoteAsync(holder[0], ballot, "Against", unit: unit)).ShouldBe("ballot.already-voted");
        }
        else
        {
            answers.Count(a => a is Result<CastAnswer>.Accepted).ShouldBe(1);
            (await hall.ScalarAsync<int>("select count(*) from ballot_intake where ballot_id = @ballot", new { ballot })).ShouldBe(1);
        }

        (await hall.ScalarAsync<int>(
            "select (select count(*) from vote where ballot_id = @ballot and unit_key = @unit) + (select count(*) from participation where ballot_id = @ballot and unit_key = @unit)",
            new { ballot, unit })).ShouldBe(1);
    }

    [Fact]
    public async Task The_principal_takes_the_proxy_back_while_it_has_not_been_used_and_not_somebody_else_s()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (giver, givers) = await hall.AddHouseholdAsync("1-1", 1960);
        var (_, holder) = await hall.AddHouseholdAsync("1-2", 1960);
        var ballot = await hall.OpenBallotAsync();
        (await GrantAsync(hall, ballot, giver, holder[0])).Require();

        BallotHall.CodeOf(await hall.SendAsync(new WithdrawProxy(hall.As(holder[0]), hall.Community, ballot, $"h:{giver}"))).ShouldBe("proxy.not-found");
        (await hall.SendAsync(new WithdrawProxy(hall.As(givers[0]), hall.Community, ballot, $"h:{giver}"))).Require();
        BallotHall.CodeOf(await hall.VoteAsync(holder[0], ballot, "For", unit: $"h:{giver}")).ShouldBe("ballot.not-on-roll");
    }

    private static Task<Result<Guid>> GrantAsync(BallotHall hall, BallotId ballot, HouseholdId giver, ResidentId holder, ProxyRelation? relation = null) =>
        hall.SendAsync(new GrantProxy(hall.AsStaff(), hall.Community, ballot, $"h:{giver}", holder, "Letter 1", relation));

    private static JsonObject Majority() => new() { ["rule"] = "Majority", ["base"] = "Cast", ["threshold"] = "1/2", ["strict"] = true };

    private static async Task<BallotId> ElectionAsync(BallotHall hall, string law, params ResidentId[] candidates) =>
        await hall.OpenBallotAsync(BallotHall.Question(await hall.Database.CouncilNowAsync(), secrecy: "Secret", rule: new JsonObject { ["rule"] = "OfficeElection", ["seats"] = 1 }) with
        {
            LawProfile = law,
            Options = [.. candidates.Select(candidate => new BallotOption($"{candidate}", $"{candidate}"))],
        });
}
