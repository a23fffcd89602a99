using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.OpenData;
using Deliberation.Features.Ballots.Recounts;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Counting again: by two people, from the stored votes, with both counts visible for ever.</summary>
public sealed class RecountTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("Named")]
    [InlineData("Secret")]
    public async Task Published_figures_that_were_wrong_are_corrected_visibly_and_declared_again(string secrecy)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, people) = await DeclaredAsync(hall, secrecy, "For", "For", "Against");
        // Somebody published a wrong sum; the votes themselves are as they were cast.
        await hall.ExecuteAsync(
            """
            update ballot set outcome = 'Rejected', result = jsonb_set(jsonb_set(result, '{totals,0,units}', '1'), '{outcome}', '"Rejected"')
            where community_id = @Community and ballot_id = @ballot
            """,
            new { hall.Community, ballot });
        var order = (await hall.SendAsync(new OrderRecount(hall.AsStaff(), hall.Community, ballot, "The sum on the sheet differs"))).Require();

        var done = (await hall.SendAsync(new ConfirmRecount(await OtherAsync(hall), hall.Community, ballot, order))).Require();

        done.ShouldBe(new RecountDone(2, true));
        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        (result.Outcome, result.Version, result.Ballot.State).ShouldBe(("Passed", 2, BallotState.Closed));
        result.Totals.Single(t => t.Choice == "For").Units.ShouldBe(2);
        var before = result.Recounts.Single();
        (before.Version, before.Cause, before.IsChanged, before.OldOutcome).ShouldBe((2, "The sum on the sheet differs", true, "Rejected"));
        before.OldTotals.Single(t => t.Choice == "For").Units.ShouldBe(1);
        BallotHall.CodeOf(await hall.SendAsync(new GetOpenResult(Caller.Anonymous, hall.Community, ballot))).ShouldBe("ballot.not-declared", "it has to be declared again");
        (await hall.ScalarAsync<int>("select count(*) from outbox_message where community_id = @Community and text_key = 'ballots.message.recounted-otherwise'", new { hall.Community }))
            .ShouldBe(people);
        (await hall.ScalarAsync<int>("select count(*) from log_document where ballot_id = @ballot and kind = 'tally'", new { ballot })).ShouldBe(2);
        (await hall.ScalarAsync<string>("select content::jsonb ->> 'reason' from log_document where ballot_id = @ballot and kind = 'tally' and version = 2", new { ballot }))
            .ShouldBe("The sum on the sheet differs");
        await Should.ThrowAsync<PostgresException>(() => hall.ExecuteAsync("update ballot_recount set cause = 'Nothing was wrong' where ballot_id = @ballot", new { ballot }));
        await Should.ThrowAsync<PostgresException>(() => hall.ExecuteAsync("delete from ballot_recount where ballot_id = @ballot", new { ballot }));
    }

    [Fact]
    public async Task A_count_that_was_right_stays_declared_and_every_version_is_numbered()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, _) = await DeclaredAsync(hall, "Named", "For", "Against", "Abstain");
        var other = await OtherAsync(hall);
        for (var version = 2; version <= 3; version++)
        {
            var order = (await hall.SendAsync(new OrderRecount(hall.AsStaff(), hall.Community, ballot, "A neighbour asked"))).Require();
            (await hall.SendAsync(new ConfirmRecount(other, hall.Community, ballot, order))).Require().ShouldBe(new RecountDone(version, false));
        }

        var open = (await hall.SendAsync(new GetOpenResult(Caller.Anonymous, hall.Community, ballot))).Require();
        open.Version.ShouldBe(3);
        (await hall.ScalarAsync<string>("select string_agg(version::text, ' ' order by version) from log_document where ballot_id = @ballot and kind = 'tally'", new { ballot })).ShouldBe("1 2 3");
        (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Ballot.State.ShouldBe(BallotState.Declared);
    }

    [Fact]
    public async Task Who_ordered_it_or_set_the_project_up_does_not_confirm_it()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, _) = await DeclaredAsync(hall, "Named", "For", "For", "For");
        var launcher = await OtherAsync(hall);
        await hall.ExecuteAsync("update project set launched_by = @Staff where community_id = @Community", new { launcher.Staff, hall.Community });
        var order = (await hall.SendAsync(new OrderRecount(hall.AsStaff(), hall.Community, ballot, "A neighbour asked"))).Require();

        BallotHall.CodeOf(await hall.SendAsync(new OrderRecount(launcher, hall.Community, ballot, "Another asked"))).ShouldBe("recount.already-ordered");
        BallotHall.CodeOf(await hall.SendAsync(new ConfirmRecount(hall.AsStaff(), hall.Community, ballot, order))).ShouldBe("recount.ordered-by-you");
        BallotHall.CodeOf(await hall.SendAsync(new ConfirmRecount(launcher, hall.Community, ballot, order))).ShouldBe("recount.set-up-by-you");
        (await hall.SendAsync(new ListRecounts(launcher, hall.Community, ballot))).Require().Blocked!.Code.ShouldBe("recount.set-up-by-you");
        (await hall.SendAsync(new RefuseRecount(hall.AsStaff(), hall.Community, ballot, order))).Require();
        var third = await OtherAsync(hall);
        BallotHall.CodeOf(await hall.SendAsync(new ConfirmRecount(third, hall.Community, ballot, order))).ShouldBe("recount.decided");
        BallotHall.CodeOf(await hall.SendAsync(new RefuseRecount(third, hall.Community, ballot, order))).ShouldBe("recount.decided");
        BallotHall.CodeOf(await hall.SendAsync(new ConfirmRecount(third, hall.Community, ballot, Guid.NewGuid()))).ShouldBe("recount.not-found");
        (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Version.ShouldBe(1);
    }

    [Theory]
    [InlineData("four", "ballot.reason-required")]
    [InlineData("fives", "accepted")]
    public async Task A_cause_has_five_characters_or_more(string cause, string code)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, _) = await DeclaredAsync(hall, "Named", "For");

        BallotHall.CodeOf(await hall.SendAsync(new OrderRecount(hall.AsStaff(), hall.Community, ballot, cause))).ShouldBe(code);
    }

    [Fact]
    public async Task Only_a_count_can_be_repeated_and_only_by_the_communitys_staff()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var other = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(1);
        var ballot = await hall.OpenBallotAsync();
        var cancelled = await hall.OpenBallotAsync();
        (await hall.SendAsync(new CancelBallot(hall.AsStaff(CallerKind.Admin), hall.Community, cancelled, "Wrong question"))).Require();

        BallotHall.CodeOf(await hall.SendAsync(new OrderRecount(hall.AsStaff(), hall.Community, ballot, "Too early"))).ShouldBe("ballot.not-closed");
        BallotHall.CodeOf(await hall.SendAsync(new OrderRecount(hall.AsStaff(), hall.Community, cancelled, "Too late"))).ShouldBe("ballot.cancelled");
        BallotHall.CodeOf(await hall.SendAsync(new OrderRecount(hall.As(people[0]), hall.Community, ballot, "Please"))).ShouldBe("access.not-allowed");
        BallotHall.CodeOf(await other.SendAsync(new OrderRecount(other.AsStaff(), other.Community, ballot, "Please"))).ShouldBe("ballot.not-found");
    }

    [Fact]
    public async Task Two_who_confirm_at_once_count_once()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, _) = await DeclaredAsync(hall, "Secret", "For", "For", "Against");
        var (second, third) = (await OtherAsync(hall), await OtherAsync(hall));
        var order = (await hall.SendAsync(new OrderRecount(hall.AsStaff(), hall.Community, ballot, "A neighbour asked"))).Require();

        var answers = await Task.WhenAll(new[] { second, third }.Select(caller => hall.SendAsync(new ConfirmRecount(caller, hall.Community, ballot, order))));

        answers.Select(BallotHall.CodeOf).Order().ShouldBe(["accepted", "recount.decided"]);
        (await hall.ScalarAsync<int>("select tally_version from ballot where ballot_id = @ballot", new { ballot })).ShouldBe(2);
    }

    private static async Task<(BallotId Ballot, int People)> DeclaredAsync(BallotHall hall, string secrecy, params string[] votes)
    {
        var people = await hall.AddHouseholdsAsync(votes.Length);
        var ballot = await hall.OpenBallotAsync(secrecy: secrecy);
        foreach (var (person, choice) in people.Zip(votes))
        {
            (await hall.VoteAsync(person, ballot, choice)).Require();
        }

        await hall.CloseBallotAsync(ballot);
        await hall.ExecuteAsync("update ballot set state = 'Declared' where community_id = @Community and ballot_id = @ballot", new { hall.Community, ballot });
        return (ballot, people.Count);
    }

    private static async Task<Caller> OtherAsync(BallotHall hall)
    {
        var staff = StaffId.New();
        await hall.ExecuteAsync(
            "insert into staff (staff_id, login, display_name, kind, password_hash) values (@staff, @login, 'Li', 'Staff', 'x')", new { staff, login = $"li-{staff.Value:N}" });
        return hall.AsStaff() with { Staff = staff };
    }
}
