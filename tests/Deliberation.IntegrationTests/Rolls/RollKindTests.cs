using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Rolls;

/// <summary>Who is on which roll, and who is told why not (reliability.md D42).</summary>
public sealed class RollKindTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    [Mechanism("M2.17")]
    public async Task A_vote_on_the_residents_roll_refuses_a_merchant_only_identity()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var (merchant, both) = (ResidentId.New(), people[0]);
        await hall.AddResidentAsync(merchant);
        await MerchantAsync(hall, merchant, "S-1");
        await MerchantAsync(hall, both, "S-2");
        var residents = await hall.OpenBallotAsync("Residents");
        var merchants = await hall.OpenBallotAsync("Merchants");

        var refused = await hall.VoteAsync(merchant, residents, "For");
        BallotHall.CodeOf(refused).ShouldBe("ballot.not-on-roll");
        ((Result<CastAnswer>.Refused)refused).Reason.Kind.ShouldBe(RefusalKind.Forbidden);
        (await WhyAsync(hall, residents, merchant)).ShouldBe("merchant-only");
        (await hall.VoteAsync(both, residents, "For")).Require();
        (await hall.VoteAsync(merchant, merchants, "For")).Require().Unit.ShouldStartWith("m:");
        (await hall.VoteAsync(both, merchants, "Against")).Require();
        var (_, others) = await hall.AddHouseholdAsync("1-102", 1960);
        (await WhyAsync(hall, merchants, others[0])).ShouldBe("not-merchant");
        (await hall.ScalarAsync<int>("select count(*)::int from vote where ballot_id = @residents", new { residents })).ShouldBe(1);
    }

    [Fact]
    public async Task Those_who_work_away_vote_by_group_and_their_turnout_is_told_apart()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960, 1990);
        var (_, others) = await hall.AddHouseholdAsync("1-102", 1985);
        await AwayAsync(hall, people[1], "Dongguan");
        await AwayAsync(hall, others[0], "Suzhou");
        var away = await hall.OpenBallotAsync(BallotHall.Question(await database.CouncilNowAsync(), "AwayWorkers") with { RollScope = "Dongguan" });
        var all = await hall.OpenBallotAsync("Residents");

        (await hall.VoteAsync(people[1], away, "For")).Require();
        BallotHall.CodeOf(await hall.VoteAsync(others[0], away, "For")).ShouldBe("ballot.not-on-roll");
        (await WhyAsync(hall, away, others[0])).ShouldBe("other-group");
        (await WhyAsync(hall, away, people[0])).ShouldBe("not-away");
        (await hall.VoteAsync(people[0], all, "For")).Require();
        (await hall.VoteAsync(people[1], all, "For")).Require();
        (await hall.SendAsync(new GetTracker(hall.AsStaff(), hall.Community, all))).Require().Away.ShouldBe(new AwayTurnout(2, 1));
        var secret = await hall.OpenBallotAsync("Residents", "Secret");
        (await hall.SendAsync(new GetTracker(hall.AsStaff(), hall.Community, secret))).Require().Away.ShouldBeNull(); // a cell of two
    }

    [Fact]
    public async Task Not_on_the_roll_removed_moved_under_age_or_no_longer_delegate_is_403_with_its_reason()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var year = (await database.CouncilNowAsync()).Year;
        var (home, people) = await hall.AddHouseholdAsync("1-101", 1960, year - 17);
        var (led, pair) = await hall.AddHouseholdAsync("1-102", 1960, 1961);
        var (gone, movers) = await hall.AddHouseholdAsync("1-103", 1960);
        var stranger = ResidentId.New();
        await hall.AddResidentAsync(stranger);
        await hall.ExecuteAsync(
            """
            update household set delegate_id = @first where household_id = @led;
            update household set moved_out_at = council_now() where household_id = @gone;
            """,
            new { first = pair[0], led, gone });
        await hall.ExecuteAsync("update household set delegate_id = @second where household_id = @led", new { second = pair[1], led }); // the mandate of the first has ended
        var ballot = await hall.OpenBallotAsync();

        await RefusedAsync(stranger, "no-household");
        await RefusedAsync(movers[0], "moved-out");
        await RefusedAsync(people[1], "under-age");
        await RefusedAsync(pair[0], "delegate-votes");
        (await hall.ScalarAsync<int>("select count(*)::int from vote where ballot_id = @ballot", new { ballot })).ShouldBe(0);
        (await hall.VoteAsync(people[0], ballot, "For")).Require().Unit.ShouldBe($"h:{home}");
        (await hall.VoteAsync(pair[1], ballot, "For")).Require();

        async Task RefusedAsync(ResidentId resident, string why)
        {
            var answer = await hall.VoteAsync(resident, ballot, "For");
            ((Result<CastAnswer>.Refused)answer).Reason.ShouldBe(BallotRefusals.NotOnRoll);
            BallotRefusals.NotOnRoll.Kind.ShouldBe(RefusalKind.Forbidden);
            (await WhyAsync(hall, ballot, resident)).ShouldBe(why);
        }
    }

    [Fact]
    public async Task The_largest_areas_still_add_up()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        for (var i = 0; i < 3; i++)
        {
            var owner = ResidentId.New();
            await hall.AddResidentAsync(owner);
            await hall.AddUnitAsync($"1-{i}", 100_000_000, "Residential", "Delivered", owner);
        }

        var ballot = await hall.OpenBallotAsync("Owners");

        (await hall.SendAsync(new GetTracker(hall.AsStaff(), hall.Community, ballot))).Require().Ballot.Roll.AreaHundredths.ShouldBe(300_000_000);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.AddUnitAsync("1-9", 100_000_001, "Residential", "Delivered"));
    }

    private static Task AwayAsync(BallotHall hall, ResidentId resident, string place) =>
        hall.ExecuteAsync("update resident set away_group = @place, lives_here = false where resident_id = @resident", new { resident, place });

    private static Task MerchantAsync(BallotHall hall, ResidentId resident, string door) => hall.ExecuteAsync(
        "insert into merchant (community_id, merchant_id, kind, name, building, door, resident_id) values (@Community, @id, 'Merchant', 'Noodles', '1', @door, @resident)",
        new { hall.Community, id = Guid.CreateVersion7(), door, resident });

    private static async Task<string> WhyAsync(BallotHall hall, BallotId ballot, ResidentId resident) =>
        (await hall.SendAsync(new WhyNotOnRoll(hall.As(resident), hall.Community, ballot))).Require().TextKey.Replace("ballots.roll.", "");
}
