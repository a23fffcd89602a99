using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Rolls;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Process.Calendar;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Rolls;

/// <summary>"My area is wrong", "I am not on the roll": heard and answered in time (Villagers' Committee Law art. 14).</summary>
public sealed class RollDisputeTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_dispute_is_answered_once_and_the_resident_sees_it()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        await hall.AddUnitAsync("1-101", 8_000, "Residential", "Delivered", people[0]);
        var file = new FileRollDispute(hall.As(people[0]), hall.Community, RollMatter.Area, "1", "1-101", null, null, "The certificate says 89.65");

        var id = (await hall.SendAsync(file)).Require();
        BallotHall.CodeOf(await hall.SendAsync(file)).ShouldBe("roll.already-disputed");
        BallotHall.CodeOf(await hall.SendAsync(file with { Matter = null })).ShouldBe("roll.matter-invalid");
        BallotHall.CodeOf(await hall.SendAsync(file with { Message = "x" })).ShouldBe("roll.message-length");
        var open = (await hall.SendAsync(new ListRollDisputes(hall.AsStaff(), hall.Community, true, new PageRequest(1)))).Require().Disputes.Items.ShouldHaveSingleItem();
        open.DueAt.ShouldBe(WorkingCalendar.China.EndOfPeriod(open.FiledAt, 3));

        var answer = new AnswerRollDispute(hall.AsStaff(), hall.Community, id, true, "You are right, we have corrected it");
        BallotHall.CodeOf(await hall.SendAsync(answer with { Answer = " " })).ShouldBe("roll.answer-length");
        BallotHall.CodeOf(await hall.SendAsync(answer with { Dispute = Guid.NewGuid() })).ShouldBe("access.not-found");
        (await hall.SendAsync(answer)).Require();
        BallotHall.CodeOf(await hall.SendAsync(answer with { IsUpheld = false })).ShouldBe("roll.already-answered");

        var mine = (await hall.SendAsync(new GetMyRoll(hall.As(people[0]), hall.Community))).Require();
        mine.Units.ShouldHaveSingleItem().AreaHundredths.ShouldBe(8_000);
        (mine.Disputes.Single().State, mine.Disputes.Single().Answer).ShouldBe(("Upheld", "You are right, we have corrected it"));
        (await hall.ScalarAsync<string>("select text_key from outbox_message where community_id = @Community and resident_id = @resident", new { hall.Community, resident = people[0] })).ShouldBe("roll.message.upheld");
    }

    [Fact]
    public async Task Who_answers_for_the_community_is_told_at_once_and_reminded_until_it_is_answered()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        await hall.ExecuteAsync(
            """
            insert into post (community_id, post_code, rung) values (@Community, 'Community', 1);
            insert into post_holder (community_id, post_code, staff_id, held_from) values (@Community, 'Community', @Staff, council_now() - interval '1 day')
            """,
            new { hall.Community, hall.Staff });

        var id = (await hall.SendAsync(new FileRollDispute(hall.As(people[0]), hall.Community, RollMatter.NotOnRoll, null, null, null, null, "I live here"))).Require();

        (await MessagesAsync("roll.message.filed")).ShouldBe(1);
        (await MessagesAsync("roll.message.due")).ShouldBeGreaterThan(0);
        (await hall.SendAsync(new AnswerRollDispute(hall.AsStaff(), hall.Community, id, false, "Registered elsewhere"))).Require();
        (await MessagesAsync("roll.message.due")).ShouldBe(0);

        Task<int> MessagesAsync(string key) => hall.ScalarAsync<int>(
            "select count(*)::int from outbox_message where community_id = @Community and staff_id = @Staff and text_key = @key", new { hall.Community, hall.Staff, key });
    }

    [Fact]
    public async Task A_frozen_roll_is_appealed_against_for_five_days_and_never_after_the_close()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(await database.CouncilNowAsync()) with { ClosesAt = (await database.CouncilNowAsync()).AddDays(40) });
        var file = new FileRollDispute(hall.As(people[0]), hall.Community, RollMatter.Household, null, null, ballot, null, "My mother is the delegate");

        (await hall.SendAsync(new GetMyRoll(hall.As(people[0]), hall.Community))).Require().Ballots.ShouldHaveSingleItem().Id.ShouldBe(ballot);
        BallotHall.CodeOf(await hall.SendAsync(file with { Ballot = BallotId.New() })).ShouldBe("ballot.not-found");
        await hall.ExecuteAsync("update ballot set roll_frozen_at = roll_frozen_at - interval '20 days' where ballot_id = @ballot", new { ballot });
        BallotHall.CodeOf(await hall.SendAsync(file)).ShouldBe("roll.appeal-too-late");
        (await hall.SendAsync(new GetMyRoll(hall.As(people[0]), hall.Community))).Require().Ballots.ShouldBeEmpty();
        (await hall.ScalarAsync<int>("select count(*)::int from roll_dispute where community_id = @Community", new { hall.Community })).ShouldBe(0);

        await hall.ExecuteAsync("update ballot set roll_frozen_at = council_now() where ballot_id = @ballot", new { ballot });
        (await hall.SendAsync(file)).Require();
        (await hall.SendAsync(new GetTracker(hall.AsStaff(), hall.Community, ballot))).Require().OpenDisputes.ShouldBe(1);
        await hall.CloseBallotAsync(ballot);
        BallotHall.CodeOf(await hall.SendAsync(file with { Matter = RollMatter.Other })).ShouldBe("roll.appeal-too-late");
    }

    [Fact]
    public async Task Staff_write_down_what_somebody_says_who_cannot_sign_in()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var file = new FileRollDispute(hall.AsStaff(), hall.Community, RollMatter.NotOnRoll, "1", "1-101", null, "Zhao Si, 100-0000-0009", "Moved in last year");

        BallotHall.CodeOf(await hall.SendAsync(file with { Claimant = " " })).ShouldBe("roll.claimant-required");
        var id = (await hall.SendAsync(file)).Require();
        (await hall.SendAsync(new ListRollDisputes(hall.AsStaff(), hall.Community, true, new PageRequest(1)))).Require().Disputes.Items.ShouldHaveSingleItem().Who.ShouldBe("Zhao Si, 100-0000-0009");
        (await hall.SendAsync(new AnswerRollDispute(hall.AsStaff(), hall.Community, id, true, "Registered now"))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new ListRollDisputes(hall.AsStaff(CallerKind.Supervisor), hall.Community, true, new PageRequest(1)))).ShouldBe("access.not-allowed");
    }
}
