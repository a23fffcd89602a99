using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.IntegrationTests.Rolls;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Who has not voted is told of named ballots only; of secret ones staff see a number. Every look at a list of names is on record.</summary>
public sealed class DoorListTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Of_a_named_ballot_the_list_names_who_has_not_voted_and_the_look_is_on_record()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var ballot = await hall.OpenBallotAsync();
        (await hall.VoteAsync(people[0], ballot, "For")).Require();

        (await hall.SendAsync(new ListNonVoters(hall.AsStaff(), hall.Community, ballot))).Require().Count.ShouldBe(2);
        (await hall.SendAsync(new FindRollUnits(hall.AsStaff(), hall.Community, ballot, "-"))).Require().Count(unit => unit.HasVoted is true).ShouldBe(1);

        (await LooksAsync(hall)).ShouldBe(["FindRollUnits 3", "ListNonVoters 2"]);
        (await hall.ScalarAsync<string>("select details::text from audit_entry where community_id = @Community and action = 'FindRollUnits'", new { hall.Community })).ShouldNotContain("-");
    }

    [Theory]
    [InlineData(CallerKind.Staff)]
    [InlineData(CallerKind.Admin)]
    public async Task Of_a_secret_ballot_there_is_no_list_for_anybody(CallerKind kind)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        var staff = hall.AsStaff(kind);

        BallotHall.CodeOf(await hall.SendAsync(new ListNonVoters(staff, hall.Community, ballot))).ShouldBe("ballot.secret-no-list");
        (await hall.SendAsync(new FindRollUnits(staff, hall.Community, ballot, "-"))).Require().ShouldAllBe(unit => unit.HasVoted == null);
        var tracker = (await hall.SendAsync(new GetTracker(staff, hall.Community, ballot))).Require();
        (tracker.ReturnedUnits, tracker.ReminderAudience).ShouldBe((1, 2));
        (await hall.SendAsync(new RemindNow(staff, hall.Community, ballot))).Require().ShouldBe(2);
        (await LooksAsync(hall)).ShouldBe(["FindRollUnits 3"], "what was refused told nothing");
    }

    [Fact]
    public async Task The_list_of_messages_does_not_tell_either_whom_a_secret_ballot_reminded()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(2);
        foreach (var secrecy in new[] { "Named", "Secret" })
        {
            var ballot = await hall.OpenBallotAsync(secrecy: secrecy);
            (await hall.VoteAsync(people[0], ballot, "For")).Require();
            await hall.RemindAsync(ballot, "1d");
        }

        var reminders = (await hall.SendAsync(new ListMessages(hall.AsStaff(), hall.Community, null, null, new PageRequest(1, 200)))).Require()
            .Items.Where(line => line.TextKey == "ballots.message.reminder").ToList();

        reminders.Count.ShouldBe(2);
        reminders.Single(line => line.IsSecretReminder).Recipient.ShouldBeNull();
        reminders.Single(line => !line.IsSecretReminder).Recipient.ShouldNotBeNull();
    }

    [Fact]
    public async Task Proposing_a_change_of_the_roll_or_a_proxy_does_not_tell_who_has_voted_in_secret()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var holder = (await hall.AddHouseholdAsync("1-2", 1960)).People[0];
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        var second = await RollChangeTests.SecondAsync(hall);

        var change = (await hall.SendAsync(new ProposeRollChange(hall.AsStaff(), hall.Community, ballot, $"h:{household}", RollChange.Remove, null, "Moved out last week"))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, change))).ShouldBe("ballot.already-voted", "a unit that has voted stays");
        (await hall.SendAsync(new GrantProxy(hall.AsStaff(), hall.Community, ballot, $"h:{household}", holder, "Letter 1", null))).Require();
        BallotHall.CodeOf(await hall.VoteAsync(holder, ballot, "For", unit: $"h:{household}")).ShouldBe("ballot.already-voted");
    }

    [Theory]
    [InlineData("5 6", "5 6")] // none is small
    [InlineData("4 6", "10")] // the small one hides among the next
    [InlineData("1 2 9 7", "9 10")]
    [InlineData("2 3 9", "9 5")]
    [InlineData("3", "3")] // there is nobody to hide among
    public async Task Small_buildings_of_a_secret_ballot_are_told_together_with_as_many_as_it_takes(string units, string expected)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var building = 0;
        foreach (var count in units.Split(' ').Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)))
        {
            building++;
            for (var door = 1; door <= count; door++)
            {
                await hall.AddHouseholdAsync($"{building}-{door}", 1960);
            }
        }

        var ballot = await hall.OpenBallotAsync(secrecy: "Secret", rule: new JsonObject { ["rule"] = "Majority" });

        var told = (await hall.SendAsync(new GetTracker(hall.AsStaff(), hall.Community, ballot))).Require().Buildings;
        string.Join(' ', told.Select(b => b.RollUnits)).ShouldBe(expected);
    }

    private static async Task<string[]> LooksAsync(BallotHall hall) => (await hall.ScalarAsync<string>(
        """
        select coalesce(string_agg(action || ' ' || (details ->> 'count'), ';' order by action), '') from audit_entry
        where community_id = @Community and action in ('ListNonVoters', 'FindRollUnits')
        """,
        new { hall.Community })).Split(';', StringSplitOptions.RemoveEmptyEntries);
}
