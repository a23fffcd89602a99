using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Microsoft.Extensions.Hosting;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>The count of papers: who goes before whom, what waits for three signatures, and what is left afterwards.</summary>
public sealed class PaperCountTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData(-1, "For", 1, "Replaced")] // online after the hand-in: online counts
    [InlineData(1, "Against", 1, "Counted")] // paper handed in later: the paper counts
    public async Task Who_voted_on_paper_and_online_counts_once_the_later_before_the_close(int paperMinutesLater, string counts, int units, string became)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var papers = await PaperHall.OpenAsync(hall);
        await papers.IssueAsync();
        var serial = await papers.SerialOfAsync(household);
        (await hall.SendAsync(new HandInPaper(papers.Li, hall.Community, papers.Ballot, serial))).Require().VotedOtherwise.ShouldBeFalse();
        (await hall.VoteAsync(people[0], papers.Ballot, "For")).Require();
        await hall.ExecuteAsync("update paper_issue set returned_at = (select cast_at from vote where ballot_id = @Ballot) + make_interval(mins => @paperMinutesLater) where ballot_id = @Ballot", new { papers.Ballot, paperMinutesLater });

        await papers.ReadAsync(papers.Li, serial, "Against");
        (await hall.SendAsync(new EnterPaper(papers.Wu, hall.Community, papers.Ballot, serial, ["Against"]))).Require().Other
            .ShouldBe(became == "Counted" ? PaperOrOther.Paper : PaperOrOther.Other);
        await papers.CloseAsync();
        (await papers.CertifyAsync()).ShouldBe("accepted");
        await papers.CloseAsync();

        (await papers.TotalAsync(counts)).ShouldBe(units);
        (await papers.ResultAsync()).Turnout.ReturnedUnits.ShouldBe(1);
        (await hall.ScalarAsync<string>("select became from paper_issue where ballot_id = @Ballot", new { papers.Ballot })).ShouldBe(became);
        (await hall.ScalarAsync<int>("select count(*) from vote_replaced where ballot_id = @Ballot", new { papers.Ballot })).ShouldBe(1);
    }

    [Fact]
    public async Task The_giver_s_paper_goes_before_the_proxy_s_vote_whenever_that_was_cast()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, _) = await hall.AddHouseholdAsync("1-101", 1960);
        var (_, holders) = await hall.AddHouseholdAsync("1-102", 1960);
        var papers = await PaperHall.OpenAsync(hall);
        await papers.IssueAsync();
        (await hall.SendAsync(new GrantProxy(papers.Li, hall.Community, papers.Ballot, $"h:{household}", holders[0], "Letter 1"))).Require();
        var serial = await papers.SerialOfAsync(household);
        (await hall.SendAsync(new HandInPaper(papers.Li, hall.Community, papers.Ballot, serial))).Require();
        (await hall.VoteAsync(holders[0], papers.Ballot, "For", unit: $"h:{household}")).Require(); // later than the paper
        (await papers.ReadTwiceAsync(serial, "Against")).ShouldBe("accepted");

        await papers.CloseAsync();
        await papers.DeclareOutstandingAsync();
        (await papers.CertifyAsync()).ShouldBe("accepted");
        await papers.CloseAsync();

        (await papers.TotalAsync("Against")).ShouldBe(1);
        (await papers.TotalAsync("For")).ShouldBe(0);
        (await hall.ScalarAsync<string>("select channel from vote_replaced where ballot_id = @Ballot", new { papers.Ballot })).ShouldBe("Proxy");
    }

    [Fact]
    public async Task A_secret_vote_cannot_be_taken_back_so_the_paper_of_who_voted_online_is_set_aside()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (voted, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var (other, _) = await hall.AddHouseholdAsync("1-102", 1960);
        var papers = await PaperHall.OpenAsync(hall, "Secret");
        var serials = await papers.IssueAsync(3, "Gate");
        (await hall.VoteAsync(people[0], papers.Ballot, "For")).Require();

        BallotHall.CodeOf(await MarkAsync(voted)).ShouldBe("paper.voted-otherwise");
        (await hall.SendAsync(new SetPaperAside(papers.Li, hall.Community, papers.Ballot, serials[0], "Voted online already"))).Require();
        BallotHall.CodeOf(await MarkAsync(other)).ShouldBe("accepted");
        BallotHall.CodeOf(await MarkAsync(other)).ShouldBe("paper.voted-otherwise");
        (await papers.ReadAsync(papers.Li, serials[1], "Against")).ShouldBe("paper.box-is-shut");

        (await papers.CloseAsync()).ShouldBe(["counting"]);
        BallotHall.CodeOf(await hall.VoteAsync(people[0], papers.Ballot, "For")).ShouldBe("ballot.window-closed");
        (await papers.ReadAsync(papers.Li, serials[0], "Against")).ShouldBe("paper.is-set-aside");
        (await papers.ReadTwiceAsync(serials[1], "Against")).ShouldBe("accepted");
        (await papers.DeclareOutstandingAsync()).ShouldBe(1);
        (await papers.CertifyAsync()).ShouldBe("accepted");
        (await papers.CloseAsync()).ShouldBe(["decided"]);

        ((await papers.TotalAsync("For")), (await papers.TotalAsync("Against"))).ShouldBe((1, 1));
        var total = await papers.FiguresAsync();
        (total.Issued, total.Returned, total.SetAside, total.Outstanding).ShouldBe((3, 2, 1, 1));

        Task<Result<Done>> MarkAsync(HouseholdId household) => hall.SendAsync(new MarkPaperReturned(papers.Li, hall.Community, papers.Ballot, $"h:{household}", "Qian"));
    }

    [Fact]
    public async Task More_papers_in_the_box_than_voters_keep_the_count_from_being_certified()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, _) = await hall.AddHouseholdAsync("1-101", 1960);
        await hall.AddHouseholdAsync("1-102", 1960);
        var papers = await PaperHall.OpenAsync(hall, "Secret");
        var serials = await papers.IssueAsync(1, "Gate");
        (await hall.SendAsync(new MarkPaperReturned(papers.Li, hall.Community, papers.Ballot, $"h:{household}", "Qian"))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new MarkPaperReturned(papers.Li, hall.Community, papers.Ballot, $"h:{household}", "Qian"))).ShouldBe("paper.more-than-issued");
        serials = await papers.IssueAsync(1, "Gate");

        await papers.CloseAsync();
        foreach (var serial in serials)
        {
            (await papers.ReadTwiceAsync(serial, "For")).ShouldBe("accepted");
        }

        var refused = await papers.RefusedSignatureAsync();
        (refused.Code, refused.Values!["count"]).ShouldBe(("paper.surplus", 1));
        (await papers.StateAsync()).ShouldBe("Counting");
    }

    [Fact]
    public async Task The_window_s_end_takes_no_more_votes_and_the_count_waits_for_three_signatures_then_runs_once()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(4);
        var papers = await PaperHall.OpenAsync(hall);
        var serials = await papers.IssueAsync();
        (await hall.VoteAsync(people[0], papers.Ballot, "For")).Require();
        BallotHall.CodeOf(await hall.SendAsync(new SignPaperCount(papers.Li, hall.Community, papers.Ballot))).ShouldBe("paper.not-counting");

        (await papers.CloseAsync()).ShouldBe(["counting"]);
        (await papers.CloseAsync()).ShouldBe(["counting"]); // again: still waiting
        (await papers.StateAsync()).ShouldBe("Counting");
        BallotHall.CodeOf(await hall.VoteAsync(people[1], papers.Ballot, "For")).ShouldBe("ballot.window-closed");
        BallotHall.CodeOf(await hall.SendAsync(new GetBallotResult(hall.AsStaff(CallerKind.Admin), hall.Community, papers.Ballot))).ShouldBe("ballot.counting");
        BallotHall.CodeOf(await hall.SendAsync(new IssuePapers(papers.Li, hall.Community, papers.Ballot, null))).ShouldBe("ballot.window-closed");

        // Handed in before the close, typed after it: in the box it was all the while.
        (await papers.ReadAsync(papers.Li, serials[1], "Against")).ShouldBe("accepted");
        var refused = await papers.RefusedSignatureAsync();
        (refused.Code, refused.Values!["count"]).ShouldBe(("paper.unreconciled", 4));
        refused.Values["serials"]!.ToString()!.Split(' ').ShouldBe(serials.Select(PaperSerial.Format));
        (await papers.ReadAsync(papers.Wu, serials[1], "Against")).ShouldBe("accepted");
        (await papers.DeclareOutstandingAsync()).ShouldBe(3);

        (await papers.SignAsync(papers.Li)).ShouldBe("accepted");
        (await papers.SignAsync(papers.Li)).ShouldBe("paper.signed-by-you");
        (await papers.ReadAsync(papers.Li, serials[2], "For")).ShouldBe("paper.is-signed");
        (await hall.SendAsync(new ReopenPaperCount(papers.Wu, hall.Community, papers.Ballot, "One more was in the box"))).Require();
        (await papers.ReadTwiceAsync(serials[2], "For")).ShouldBe("accepted"); // said to be outstanding, found all the same
        (await papers.SignAsync(papers.Li)).ShouldBe("accepted");
        (await papers.SignAsync(papers.Wu)).ShouldBe("accepted");
        (await papers.CloseAsync()).ShouldBe(["counting"]); // two are not three
        (await papers.SignAsync(papers.Zhao)).ShouldBe("accepted");
        (await papers.SignAsync(papers.Clerks[3])).ShouldBe("paper.is-counted");
        BallotHall.CodeOf(await hall.SendAsync(new ReopenPaperCount(papers.Wu, hall.Community, papers.Ballot, "Too late now"))).ShouldBe("paper.is-counted");
        (await hall.ScalarAsync<int>("select count(*) from workflow_inbox where community_id = @Community and name = 'completed'", new { hall.Community })).ShouldBe(1);

        (await papers.CloseAsync()).ShouldBe(["decided"]);
        (await papers.CloseAsync()).ShouldBe(["decided"]); // a repeated command counts nothing again
        ((await papers.TotalAsync("For")), (await papers.TotalAsync("Against"))).ShouldBe((2, 1));
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'CloseBallot'", new { hall.Community })).ShouldBe(1);
        (await papers.ReadAsync(papers.Li, serials[3], "For")).ShouldBe("paper.is-counted");
    }

    [Fact]
    public async Task Eight_who_sign_at_once_certify_once()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        var papers = await PaperHall.OpenAsync(hall);
        await papers.IssueAsync();
        await papers.CloseAsync();
        await papers.DeclareOutstandingAsync();

        var answers = await Task.WhenAll(papers.Clerks.Concat(papers.Clerks).Select(papers.SignAsync));

        answers.Count(a => a == "accepted").ShouldBe(3);
        (await hall.ScalarAsync<int>("select count(*) from workflow_inbox where community_id = @Community and name = 'completed'", new { hall.Community })).ShouldBe(1);
        var closes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => papers.CloseAsync()));
        closes.ShouldAllBe(c => c.Single() == "decided");
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'CloseBallot'", new { hall.Community })).ShouldBe(1);
    }

    [Fact]
    public async Task A_ballot_without_papers_or_with_all_of_them_taken_back_closes_as_it_did()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        var without = await PaperHall.OpenAsync(hall);
        (await without.CloseAsync()).ShouldBe(["decided"]);

        var papers = await PaperHall.OpenAsync(hall);
        var serial = (await papers.IssueAsync())[0];
        (await hall.SendAsync(new CancelPaper(papers.Li, hall.Community, papers.Ballot, serial, "Not needed after all"))).Require();
        (await papers.ReadAsync(papers.Li, serial, "For")).ShouldBe("paper.is-cancelled");
        (await papers.CloseAsync()).ShouldBe(["decided"]);
    }

    [Fact]
    public async Task A_secret_paper_leaves_neither_reading_nor_photograph_that_joins_a_serial_and_a_choice()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var serials = new List<string>();
        var people = await hall.AddHouseholdsAsync(20);
        var papers = await PaperHall.OpenAsync(hall, "Secret");
        serials.AddRange(await papers.IssueAsync(20, "Gate"));
        var units = (await hall.SendAsync(new FindRollUnits(papers.Li, hall.Community, papers.Ballot, "-"))).Require();
        foreach (var unit in units)
        {
            (await hall.SendAsync(new MarkPaperReturned(papers.Li, hall.Community, papers.Ballot, unit.Key, "Qian"))).Require();
        }

        await papers.CloseAsync();
        await hall.SendAsync(new OpenPaperBatch(papers.Li, hall.Community, papers.Ballot, "Qian"));
        foreach (var (serial, i) in serials.Select((serial, i) => (serial, i)))
        {
            string[] choices = [i % 2 == 0 ? "For" : "Against"];
            (await hall.SendAsync(new EnterPaper(papers.Li, hall.Community, papers.Ballot, serial, choices, Photo: PaperVoteTests.Png()))).Require();
            (await hall.SendAsync(new EnterPaper(papers.Wu, hall.Community, papers.Ballot, serial, choices))).Require();
        }

        // Before the count: sealed, and no photograph says whose it is.
        (await hall.ScalarAsync<int>("select count(*) from paper_entry where ballot_id = @Ballot and (choices is not null or sealed is null)", new { papers.Ballot })).ShouldBe(0);
        (await hall.ScalarAsync<int>("select count(*) from paper_photo where ballot_id = @Ballot and (serial is not null or position('PNG'::bytea in content) > 0)", new { papers.Ballot })).ShouldBe(0);
        BallotHall.CodeOf(await hall.SendAsync(new GetPaperPhoto(papers.Zhao, hall.Community, papers.Ballot, serials[0]))).ShouldBe("ballot.not-found");
        var housekeeping = hall.Service<IEnumerable<IHostedService>>().OfType<BallotHousekeeping>().Single();
        await housekeeping.TidyAsync(CancellationToken.None); // the key stays while papers are read
        await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync("select drop_ballot_intake(@Community, @Ballot)", new { hall.Community, papers.Ballot }));

        (await papers.CertifyAsync()).ShouldBe("accepted");
        await papers.CloseAsync();
        await housekeeping.TidyAsync(CancellationToken.None);

        (await hall.ScalarAsync<int>("select count(*) from paper_entry where ballot_id = @Ballot", new { papers.Ballot })).ShouldBe(0);
        ((await papers.TotalAsync("For")), (await papers.TotalAsync("Against"))).ShouldBe((10, 10));
        foreach (var joined in new[] { "participation", "paper_issue", "paper_photo", "paper_batch", "paper_signature" })
        {
            foreach (var choices in new[] { "urn", "opening" })
            {
                // The close writes who took part anew, in the urn's transaction: everybody beside every paper, which tells nothing (UrnTests).
                var everyBesideEvery = joined == "participation" ? 20 * 20 : 0;
                (await hall.ScalarAsync<int>($"select count(*) from {joined} v join {choices} c on c.xmin = v.xmin where c.ballot_id = @Ballot and v.community_id = @Community", new { papers.Ballot, hall.Community })).ShouldBe(everyBesideEvery, $"{joined}, {choices}");
            }
        }

        hall.Service<BallotKeys>().Kept().ShouldNotContain(papers.Ballot);
        people.Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_unit_struck_off_the_roll_has_its_paper_set_aside()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(2);
        var papers = await PaperHall.OpenAsync(hall);
        var serials = await papers.IssueAsync();
        (await papers.ReadTwiceAsync(serials[0], "For")).ShouldBe("accepted");
        await hall.ExecuteAsync("update roll_entry e set is_removed = true from paper_issue i where i.ballot_id = @Ballot and i.serial = @serial and e.ballot_id = i.ballot_id and e.unit_key = i.unit_key", new { papers.Ballot, serial = serials[0] });

        await papers.CloseAsync();
        await papers.DeclareOutstandingAsync();
        await papers.CertifyAsync();
        await papers.CloseAsync();

        (await papers.TotalAsync("For")).ShouldBe(0);
        (await hall.ScalarAsync<string>("select became from paper_issue where ballot_id = @Ballot and serial = @serial", new { papers.Ballot, serial = serials[0] })).ShouldBe("SetAside");
    }

    [Fact]
    public async Task A_unit_whose_paper_is_in_has_voted_for_the_tracker_the_reminder_and_the_door_list()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(3);
        var papers = await PaperHall.OpenAsync(hall);
        var serials = await papers.IssueAsync();
        (await hall.SendAsync(new HandInPaper(papers.Li, hall.Community, papers.Ballot, serials[0]))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new HandInPaper(papers.Li, hall.Community, papers.Ballot, serials[0]))).ShouldBe("paper.is-returned");

        var tracker = (await hall.SendAsync(new GetTracker(papers.Li, hall.Community, papers.Ballot))).Require();
        (tracker.ReturnedUnits, tracker.ReminderAudience, tracker.Papers!.Returned, tracker.Papers.Issued).ShouldBe((1, 2, 1, 3));
        (await hall.SendAsync(new ListNonVoters(papers.Li, hall.Community, papers.Ballot))).Require().Count.ShouldBe(2);
    }
}
