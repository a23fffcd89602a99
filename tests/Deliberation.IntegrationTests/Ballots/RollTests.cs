using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.IntegrationTests.Rolls;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

public sealed class RollTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    /// <summary>Tables whose statistics know nothing of the roll must not make a plan that compares every unit with every other: the opening would outlast its command.</summary>
    [Fact]
    public async Task A_roll_of_four_thousand_is_frozen_and_knows_who_works_away()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.ExecuteAsync(
            """
            insert into household (community_id, household_id, building, door)
            select @Community, md5('four thousand ' || i)::uuid, (i / 200)::text, i::text from generate_series(1, 4000) i;
            insert into resident (community_id, resident_id, household_id, full_name, birth_year, away_group)
            select @Community, md5('person ' || i)::uuid, md5('four thousand ' || i)::uuid, 'Resident ' || i, 1970, case when i % 4 = 0 then 'Shenzhen' end
            from generate_series(1, 4000) i
            """,
            new { hall.Community });

        var ballot = await hall.OpenBallotAsync();

        (await hall.ScalarAsync<int>("select count(*)::int from roll_entry where ballot_id = @ballot", new { ballot })).ShouldBe(4000);
        (await hall.ScalarAsync<int>("select count(*)::int from roll_entry where ballot_id = @ballot and is_away", new { ballot })).ShouldBe(1000);
    }

    [Fact]
    public async Task Owners_count_by_set_the_developer_once_and_parking_not()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var o = new List<ResidentId>();
        for (var i = 0; i < 4; i++)
        {
            o.Add(ResidentId.New());
            await hall.AddResidentAsync(o[i]);
        }

        await hall.AddUnitAsync("1-1", 8_000, "Residential", "Delivered", o[0]);
        await hall.AddUnitAsync("1-2", 9_000, "Residential", "Delivered", o[0]); // two flats, one person
        await hall.AddUnitAsync("1-3", 7_000, "Residential", "Delivered", o[0], o[1]); // another set: another person
        await hall.AddUnitAsync("1-4", 10_000, "Residential", "Unsold");
        await hall.AddUnitAsync("1-5", 10_000, "Residential", "SoldNotHandedOver", o[2]);
        await hall.AddUnitAsync("P-1", 1_250, "Parking", "Delivered", o[3]);
        var ballot = await hall.OpenBallotAsync("Owners");

        var view = (await hall.SendAsync(new GetBallot(hall.As(o[0]), hall.Community, ballot))).Require();
        view.Roll.Units.ShouldBe(3);
        view.Roll.AreaHundredths.ShouldBe(44_000);
        view.MyUnits.Select(u => u.AreaHundredths).Order().ShouldBe([7_000, 17_000]);
        BallotHall.CodeOf(await hall.VoteAsync(o[0], ballot, "For")).ShouldBe("ballot.unit-required");
        BallotHall.CodeOf(await hall.VoteAsync(o[2], ballot, "For")).ShouldBe("ballot.not-on-roll");
        (await WhyAsync(hall, ballot, o[3])).ShouldBe("ballots.roll.parking-only");
        (await WhyAsync(hall, ballot, o[1])).ShouldBe("ballots.roll.on-roll");
    }

    [Theory]
    [InlineData("Households", "ballots.timeline.opened-households")]
    [InlineData("Owners", "ballots.timeline.opened-persons")]
    public async Task The_opening_says_what_its_roll_counts(string roll, string key)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var owner = ResidentId.New();
        await hall.AddResidentAsync(owner);
        await hall.AddUnitAsync("1-1", 8_000, "Residential", "Delivered", owner);
        await hall.AddHouseholdAsync("1-101", 1960);

        await hall.OpenBallotAsync(roll);

        (await hall.ScalarAsync<string>("select text_key from project_event where community_id = @Community and text_key like 'ballots.timeline.opened%'", new { hall.Community })).ShouldBe(key);
    }

    [Fact]
    public async Task A_household_s_delegate_votes_and_without_one_any_adult()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var year = (await database.CouncilNowAsync()).Year;
        var (free, people) = await hall.AddHouseholdAsync("1-101", year - 18, year - 17);
        var (led, pair) = await hall.AddHouseholdAsync("1-102", 1960, 1961);
        await hall.ExecuteAsync("update household set delegate_id = @delegate where household_id = @led", new { @delegate = pair[1], led });
        var (gone, movers) = await hall.AddHouseholdAsync("1-103", 1960);
        await hall.ExecuteAsync("update household set moved_out_at = council_now() where household_id = @gone", new { gone });
        var ballot = await hall.OpenBallotAsync();

        (await hall.VoteAsync(people[0], ballot, "For")).Require().Unit.ShouldBe($"h:{free}");
        (await WhyAsync(hall, ballot, people[1])).ShouldBe("ballots.roll.under-age");
        BallotHall.CodeOf(await hall.VoteAsync(pair[0], ballot, "For")).ShouldBe("ballot.not-on-roll");
        (await WhyAsync(hall, ballot, pair[0])).ShouldBe("ballots.roll.delegate-votes");
        (await hall.VoteAsync(pair[1], ballot, "For")).Require();
        (await WhyAsync(hall, ballot, movers[0])).ShouldBe("ballots.roll.moved-out");
    }

    [Fact]
    public async Task Who_comes_after_the_opening_is_not_on_the_roll_until_it_is_corrected_in_public()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync();
        var late = ResidentId.New();
        await hall.AddResidentAsync(late, household);

        BallotHall.CodeOf(await hall.VoteAsync(late, ballot, "For")).ShouldBe("ballot.not-on-roll");
        (await WhyAsync(hall, ballot, late)).ShouldBe("ballots.roll.joined-later");
        var second = await RollChangeTests.SecondAsync(hall);
        var propose = new ProposeRollChange(hall.AsStaff(), hall.Community, ballot, $"h:{household}", RollChange.AddPerson, late, "Registered by mistake elsewhere");
        var change = (await hall.SendAsync(propose)).Require();
        (await hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, change))).Require();
        (await hall.VoteAsync(late, ballot, "For")).Require();

        BallotHall.CodeOf(await hall.SendAsync(propose with { Change = RollChange.Remove, Resident = null })).ShouldBe("ballot.already-voted");
        await hall.CloseBallotAsync(ballot);
        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        result.Corrections.ShouldHaveSingleItem().Change.ShouldBe("Added");
        BallotHall.CodeOf(await hall.SendAsync(propose)).ShouldBe("ballot.window-closed");
    }

    [Fact]
    public async Task Only_members_and_only_the_building_in_scope_are_asked()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, one) = await hall.AddHouseholdAsync("1-101", 1960, 1961);
        var (_, two) = await hall.AddHouseholdAsync("2-201", 1960);
        var now = await database.CouncilNowAsync();
        var members = await hall.OpenBallotAsync(BallotHall.Question(now, "Members") with { Members = [one[0].ToString(), two[0].ToString()] });
        var building = await hall.OpenBallotAsync(BallotHall.Question(now) with { RollScope = "2" });

        (await hall.VoteAsync(one[0], members, "For")).Require();
        (await WhyAsync(hall, members, one[1])).ShouldBe("ballots.roll.not-member");
        (await hall.VoteAsync(two[0], building, "For")).Require();
        (await WhyAsync(hall, building, one[0])).ShouldBe("ballots.roll.other-building");
        var mine = (await hall.SendAsync(new ListMyBallots(hall.As(two[0]), hall.Community))).Require();
        mine.Select(line => (line.Id, line.UnitsToVote)).ShouldBe([(members, 1), (building, 0)]);
    }

    [Fact]
    public async Task A_holder_acts_for_three_units_at_most()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var holder = (await hall.AddHouseholdAsync("1-100", 1960)).People[0];
        var units = new List<string>();
        for (var i = 1; i <= 4; i++)
        {
            units.Add($"h:{(await hall.AddHouseholdAsync($"1-10{i}", 1960)).Household}");
        }

        var ballot = await hall.OpenBallotAsync();
        var answers = new List<string>();
        foreach (var unit in units)
        {
            answers.Add(BallotHall.CodeOf(await hall.SendAsync(new GrantProxy(hall.AsStaff(), hall.Community, ballot, unit, holder, "Letter 1"))));
        }

        answers.ShouldBe(["accepted", "accepted", "accepted", "proxy.too-many"]);
        (await hall.SendAsync(new WithdrawProxy(hall.AsStaff(), hall.Community, ballot, units[0]))).Require();
        BallotHall.CodeOf(await hall.VoteAsync(holder, ballot, "For", unit: units[0])).ShouldBe("ballot.not-on-roll");
    }

    [Fact]
    public async Task A_ballot_can_be_asked_about_for_sixty_days_after_its_end()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync();
        (await ListAsync()).ShouldContain(ballot); // open
        await hall.CloseBallotAsync(ballot);

        await hall.ExecuteAsync("update ballot set closed_at = council_now() - interval '59 days 23 hours 59 minutes' where ballot_id = @ballot", new { ballot });
        (await ListAsync()).ShouldContain(ballot);
        await hall.ExecuteAsync("update ballot set closed_at = council_now() - interval '60 days' where ballot_id = @ballot", new { ballot });
        (await ListAsync()).ShouldNotContain(ballot);

        async Task<IEnumerable<BallotId>> ListAsync() =>
            (await hall.SendAsync(new ListBallots(hall.As(people[0]), hall.Community, null, ClosedWithinDays: 60))).Require().Select(line => line.Id);
    }

    private static async Task<string> WhyAsync(BallotHall hall, BallotId ballot, ResidentId resident) =>
        (await hall.SendAsync(new WhyNotOnRoll(hall.As(resident), hall.Community, ballot))).Require().TextKey;
}
