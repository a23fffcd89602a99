using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Who confirms a counted result, when, and only once.</summary>
public sealed class DeclareTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task The_scrutineer_declares_a_counted_result_once_and_it_stays_on_record()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await HoldAsync(hall, "Scrutineer");
        await hall.AddHouseholdsAsync(1);
        var ballot = await hall.OpenBallotAsync();
        var declare = new DeclareBallot(hall.AsStaff(), hall.Community, ballot);

        (await WaitingAsync(hall, ballot)).ShouldBeNull("nothing is counted yet");
        BallotHall.CodeOf(await hall.SendAsync(declare)).ShouldBe("ballot.not-closed");
        await hall.CloseBallotAsync(ballot);
        (await WaitingAsync(hall, ballot)).ShouldBe(new ResultToDeclare("Scrutineer", "Wang", true));
        (await StateAsync(hall, ballot)).ShouldBe(BallotState.Closed);

        (await hall.SendAsync(declare)).Require();

        (await StateAsync(hall, ballot)).ShouldBe(BallotState.Declared);
        (await WaitingAsync(hall, ballot)).ShouldBeNull();
        BallotHall.CodeOf(await hall.SendAsync(declare)).ShouldBe("ballot.already-declared");
        (await hall.ScalarAsync<int>("select count(*) from project_event where community_id = @Community and text_key = 'ballots.timeline.declared'", new { hall.Community })).ShouldBe(1);
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'DeclareBallot' and actor_id = @Staff", new { hall.Community, hall.Staff })).ShouldBe(1);
        (await hall.CloseBallotAsync(ballot))["outcome"]!.GetValue<string>().ShouldBe("Rejected", "the workflow's answer does not change");
    }

    [Fact]
    public async Task Nobody_declares_for_the_scrutineer_but_where_the_post_is_vacant_the_community_does()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await HoldAsync(hall, "Community");
        var scrutineer = StaffId.New();
        await hall.ExecuteAsync(
            "insert into staff (staff_id, login, display_name, kind, password_hash) values (@scrutineer, @login, 'Li', 'Staff', 'x')",
            new { scrutineer, login = $"{hall.Code}-li" });
        await HoldAsync(hall, "Scrutineer", scrutineer);
        await hall.AddHouseholdsAsync(1);
        var ballot = await hall.OpenBallotAsync();
        await hall.CloseBallotAsync(ballot);
        var declare = new DeclareBallot(hall.AsStaff(), hall.Community, ballot);

        (await WaitingAsync(hall, ballot)).ShouldBe(new ResultToDeclare("Scrutineer", "Li", false));
        BallotHall.CodeOf(await hall.SendAsync(declare)).ShouldBe("ballot.not-declarer");
        await hall.ExecuteAsync("update post_holder set held_until = council_now() where community_id = @Community and post_code = 'Scrutineer'", new { hall.Community });

        (await WaitingAsync(hall, ballot)).ShouldBe(new ResultToDeclare("Community", "Wang", true));
        (await hall.SendAsync(declare)).Require();
    }

    [Fact]
    public async Task A_cancelled_ballot_has_no_result_to_declare_and_another_communitys_is_absent()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var other = await BallotHall.OpenAsync(database);
        await HoldAsync(hall, "Scrutineer");
        await HoldAsync(other, "Scrutineer");
        await hall.AddHouseholdsAsync(1);
        var ballot = await hall.OpenBallotAsync();
        (await hall.SendAsync(new CancelBallot(hall.AsStaff(CallerKind.Admin), hall.Community, ballot, "Wrong question"))).Require();

        BallotHall.CodeOf(await hall.SendAsync(new DeclareBallot(hall.AsStaff(), hall.Community, ballot))).ShouldBe("ballot.cancelled");
        BallotHall.CodeOf(await other.SendAsync(new DeclareBallot(other.AsStaff(), other.Community, ballot))).ShouldBe("ballot.not-found");
    }

    [Theory]
    [InlineData("Scrutineer Community", "", "Community")] // the scrutineer set it up; somebody else is the community
    [InlineData("Scrutineer", "Community", "Community")]
    [InlineData("Community", "", "Admin")]
    [InlineData("", "Scrutineer", "Scrutineer")]
    [InlineData("", "", "Community")] // both posts are vacant
    public async Task Who_set_the_ballot_up_does_not_declare_it_and_is_told_who_does(string mine, string others, string expected)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.ExecuteAsync("update project set launched_by = @Staff where community_id = @Community", new { hall.Staff, hall.Community });
        var other = StaffId.New();
        await hall.ExecuteAsync(
            "insert into staff (staff_id, login, display_name, kind, password_hash) values (@other, @login, 'Li', 'Staff', 'x')", new { other, login = $"{hall.Code}-li" });
        foreach (var post in mine.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await HoldAsync(hall, post);
        }

        foreach (var post in others.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await HoldAsync(hall, post, other);
        }

        if (mine == "Scrutineer Community")
        {
            await hall.ExecuteAsync(
                "insert into post_holder (community_id, post_code, staff_id, is_substitute, held_from) values (@Community, 'Community', @other, false, '2020-01-01')", new { hall.Community, other });
        }

        await hall.AddHouseholdsAsync(1);
        var ballot = await hall.OpenBallotAsync();
        await hall.CloseBallotAsync(ballot);

        foreach (var kind in new[] { CallerKind.Staff, CallerKind.Admin })
        {
            var refusal = (await hall.SendAsync(new DeclareBallot(hall.AsStaff(kind), hall.Community, ballot))).ShouldBeOfType<Result<Done>.Refused>().Reason;
            (refusal.Code, refusal.Values!["post"]).ShouldBe(("ballot.set-up-by-you", expected));
        }

        (await WaitingAsync(hall, ballot))!.MayDeclare.ShouldBeFalse();
        var admin = hall.AsStaff(CallerKind.Admin) with { Staff = other };
        (await hall.SendAsync(new DeclareBallot(expected is "Admin" or "Community" && others.Length == 0 && mine != "Scrutineer Community" ? admin : admin with { Kind = CallerKind.Staff }, hall.Community, ballot))).Require();
    }

    private static Task HoldAsync(BallotHall hall, string post, StaffId? by = null) => hall.ExecuteAsync(
        """
        insert into post (community_id, post_code) values (@Community, @post);
        insert into post_holder (community_id, post_code, staff_id, is_substitute, held_from) values (@Community, @post, @staff, false, '2020-01-01')
        """,
        new { hall.Community, post, staff = by ?? hall.Staff });

    private static async Task<ResultToDeclare?> WaitingAsync(BallotHall hall, BallotId ballot) =>
        (await hall.SendAsync(new GetTracker(hall.AsStaff(), hall.Community, ballot))).Require().ToDeclare;

    private static async Task<BallotState> StateAsync(BallotHall hall, BallotId ballot) =>
        (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Ballot.State;
}
