using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Rolls;

/// <summary>A frozen roll changes by two people or not at all, in public (reliability.md P6).</summary>
public sealed class RollChangeTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Reason = "Two households were taken for one";

    [Fact]
    public async Task One_proposes_and_only_another_confirms()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("1-101", 1960);
        await hall.AddHouseholdAsync("1-102", 1960);
        var ballot = await hall.OpenBallotAsync();
        var second = await SecondAsync(hall);
        var hash = await HashAsync(hall, ballot);
        var change = (await hall.SendAsync(Propose(hall, ballot, $"h:{household}", RollChange.Remove))).Require();

        BallotHall.CodeOf(await hall.SendAsync(Propose(hall, ballot, $"h:{household}", RollChange.Remove))).ShouldBe("roll.already-proposed");
        BallotHall.CodeOf(await hall.SendAsync(new ConfirmRollChange(hall.AsStaff(), hall.Community, ballot, change))).ShouldBe("roll.same-person");
        BallotHall.CodeOf(await hall.SendAsync(new ConfirmRollChange(hall.AsStaff(CallerKind.Admin), hall.Community, ballot, change))).ShouldBe("roll.same-person");
        (await UnitsAsync(hall, ballot)).ShouldBe(2);
        (await hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, change))).Require();
        (await UnitsAsync(hall, ballot)).ShouldBe(1);
        BallotHall.CodeOf(await hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, change))).ShouldBe("roll.already-decided");
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "For")).ShouldBe("ballot.not-on-roll");
        (await hall.SendAsync(new WhyNotOnRoll(hall.As(people[0]), hall.Community, ballot))).Require().TextKey.ShouldBe("ballots.roll.removed");

        var restore = (await hall.SendAsync(Propose(hall, ballot, $"h:{household}", RollChange.Restore))).Require();
        (await hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, restore))).Require();
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        (await HashAsync(hall, ballot)).ShouldBe(hash); // of the roll as it was frozen
        await hall.CloseBallotAsync(ballot);
        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        result.Corrections.Select(line => (line.Change, line.Reason)).ShouldBe([("Removed", Reason), ("Restored", Reason)]);
        (await hall.ScalarAsync<int>("select count(*)::int from roll_correction where ballot_id = @ballot and confirmed_by <> staff_id", new { ballot })).ShouldBe(2);
    }

    [Fact]
    public async Task The_database_itself_refuses_one_person_in_both_parts()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, _) = await hall.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync();
        var change = (await hall.SendAsync(Propose(hall, ballot, $"h:{household}", RollChange.Remove))).Require();

        await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync(
            "update roll_change set state = 'Confirmed', decided_by = proposed_by, decided_at = council_now() where change_id = @change", new { change }));
    }

    [Fact]
    public async Task A_unit_that_has_voted_stays_and_a_closed_ballot_is_not_changed()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var (other, _) = await hall.AddHouseholdAsync("1-102", 1960);
        var ballot = await hall.OpenBallotAsync();
        var second = await SecondAsync(hall);
        var remove = (await hall.SendAsync(Propose(hall, ballot, $"h:{household}", RollChange.Remove))).Require();
        var late = (await hall.SendAsync(Propose(hall, ballot, $"h:{other}", RollChange.Remove))).Require();
        (await hall.VoteAsync(people[0], ballot, "For")).Require(); // between the two

        BallotHall.CodeOf(await hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, remove))).ShouldBe("ballot.already-voted");
        BallotHall.CodeOf(await hall.SendAsync(Propose(hall, ballot, $"h:{household}", RollChange.Remove) with { Caller = second })).ShouldBe("ballot.already-voted");
        (await hall.SendAsync(new RefuseRollChange(hall.AsStaff(), hall.Community, ballot, remove))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new RefuseRollChange(second, hall.Community, ballot, remove))).ShouldBe("roll.already-decided");
        await hall.CloseBallotAsync(ballot);
        BallotHall.CodeOf(await hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, late))).ShouldBe("ballot.window-closed");
        BallotHall.CodeOf(await hall.SendAsync(Propose(hall, ballot, $"h:{other}", RollChange.Remove))).ShouldBe("ballot.window-closed");
        (await UnitsAsync(hall, ballot)).ShouldBe(2);
        (await hall.SendAsync(new ListRollChanges(hall.AsStaff(), hall.Community, ballot))).Require().Select(line => (line.State, line.IsMine)).ShouldBe([("Proposed", true), ("Refused", true)]);
    }

    [Fact]
    public async Task What_makes_no_sense_is_not_proposed()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync();

        BallotHall.CodeOf(await hall.SendAsync(Propose(hall, ballot, $"h:{household}", RollChange.Restore))).ShouldBe("ballot.correction-empty");
        BallotHall.CodeOf(await hall.SendAsync(Propose(hall, ballot, "h:nobody", RollChange.Remove))).ShouldBe("ballot.unit-not-found");
        BallotHall.CodeOf(await hall.SendAsync(Propose(hall, ballot, $"h:{household}", RollChange.AddPerson, people[0]))).ShouldBe("ballot.correction-empty");
        BallotHall.CodeOf(await hall.SendAsync(Propose(hall, ballot, null, RollChange.AddUnit, people[0]))).ShouldBe("roll.not-entitled");
        BallotHall.CodeOf(await hall.SendAsync(Propose(hall, ballot, null, RollChange.AddUnit))).ShouldBe("roll.not-entitled");
        BallotHall.CodeOf(await hall.SendAsync(Propose(hall, ballot, $"h:{household}", RollChange.Remove) with { Reason = "no" })).ShouldBe("ballot.reason-required");
        (await hall.ScalarAsync<int>("select count(*)::int from roll_change where community_id = @Community", new { hall.Community })).ShouldBe(0);
    }

    [Fact]
    public async Task Who_was_forgotten_is_put_on_the_roll()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync();
        var (forgotten, people) = await hall.AddHouseholdAsync("1-102", 1960);
        var second = await SecondAsync(hall);

        var change = (await hall.SendAsync(Propose(hall, ballot, null, RollChange.AddUnit, people[0]))).Require();
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "For")).ShouldBe("ballot.not-on-roll");
        (await hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, change))).Require();

        (await hall.VoteAsync(people[0], ballot, "For")).Require().Unit.ShouldBe($"h:{forgotten}");
        (await UnitsAsync(hall, ballot)).ShouldBe(2);
    }

    [Fact]
    public async Task No_square_metre_votes_twice()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (seller, buyer, third) = (ResidentId.New(), ResidentId.New(), ResidentId.New());
        foreach (var person in new[] { seller, buyer, third })
        {
            await hall.AddResidentAsync(person);
        }

        await hall.AddUnitAsync("1-1", 8_000, "Residential", "Delivered", seller);
        var ballot = await hall.OpenBallotAsync("Owners");
        await hall.ExecuteAsync("update unit_owner set resident_id = @buyer where community_id = @Community", new { hall.Community, buyer });
        await hall.AddUnitAsync("1-2", 5_000, "Residential", "Delivered", third); // left out when the roll was frozen
        var second = await SecondAsync(hall);

        var change = (await hall.SendAsync(Propose(hall, ballot, null, RollChange.AddUnit, third))).Require();
        (await hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, change))).Require();
        BallotHall.CodeOf(await hall.SendAsync(Propose(hall, ballot, null, RollChange.AddUnit, buyer))).ShouldBe("roll.area-counted");
        (await hall.SendAsync(new GetBallot(hall.As(third), hall.Community, ballot))).Require().Roll.AreaHundredths.ShouldBe(13_000);
    }

    [Fact]
    public async Task A_removal_and_a_vote_at_once_end_with_one_of_them()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var second = await SecondAsync(hall);
        for (var i = 0; i < 20; i++)
        {
            var (household, people) = await hall.AddHouseholdAsync($"1-1{i:00}", 1960);
            var ballot = await hall.OpenBallotAsync();
            var change = (await hall.SendAsync(Propose(hall, ballot, $"h:{household}", RollChange.Remove))).Require();

            var vote = hall.VoteAsync(people[0], ballot, "For");
            var confirm = hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, change));
            var answers = $"{BallotHall.CodeOf(await vote)} {BallotHall.CodeOf(await confirm)}";

            answers.ShouldBeOneOf("accepted ballot.already-voted", "ballot.not-on-roll accepted");
        }
    }

    private static ProposeRollChange Propose(BallotHall hall, BallotId ballot, string? unit, RollChange change, ResidentId? resident = null) =>
        new(hall.AsStaff(), hall.Community, ballot, unit, change, resident, Reason);

    private static Task<int> UnitsAsync(BallotHall hall, BallotId ballot) => hall.ScalarAsync<int>("select roll_units from ballot where ballot_id = @ballot", new { ballot });

    private static Task<string> HashAsync(BallotHall hall, BallotId ballot) => hall.ScalarAsync<string>("select encode(roll_hash, 'hex') from ballot where ballot_id = @ballot", new { ballot });

    internal static async Task<Caller> SecondAsync(BallotHall hall)
    {
        var id = StaffId.New();
        await hall.ExecuteAsync("insert into staff (staff_id, login, display_name, kind, password_hash) values (@id, @login, 'Zhou', 'Staff', 'x')", new { id, login = $"{hall.Code}-second" });
        return hall.AsStaff() with { Staff = id };
    }
}
