using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Laws;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Foundation;
using Deliberation.Features.Laws;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Laws;

/// <summary>Elections and recalls of committees are on paper only, until the community's local basis is on record.</summary>
public sealed class PaperElectionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("OfficeElection", "residents-committee-2018", true)]
    [InlineData("OfficeElection", "residents-committee-2026", true)]
    [InlineData("OfficeElection", "villagers-committee-2026", true)]
    [InlineData("Recall", "villagers-committee-2026", true)]
    [InlineData("Recall", "civil-code-2021", false)]
    [InlineData("OfficeElection", "civil-code-2021", false)]
    [InlineData("Majority", "residents-committee-2026", false)]
    public async Task Only_elections_and_recalls_under_a_committees_law_refuse_votes_on_pages(string rule, string law, bool isPaperOnly)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var voter = (await hall.AddHouseholdAsync("1-1", 1960)).People[0];
        var ballot = await OpenAsync(hall, rule, law);

        BallotHall.CodeOf(await hall.VoteAsync(voter, ballot, rule == "OfficeElection" ? "a" : "For")).ShouldBe(isPaperOnly ? "ballot.paper-only" : "accepted");
        (await hall.SendAsync(new GetBallot(hall.As(voter), hall.Community, ballot))).Require().IsPaperOnly.ShouldBe(isPaperOnly);
    }

    [Fact]
    public async Task Helped_by_proxy_and_on_a_paper_of_several_questions_it_is_refused_too_and_says_where_to_go()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (giver, _) = await hall.AddHouseholdAsync("1-1", 1960);
        var voter = (await hall.AddHouseholdAsync("1-2", 1960)).People[0];
        var ballot = await OpenAsync(hall, "Recall", "residents-committee-2026", paper: "all");
        var paper = await hall.ScalarAsync<Guid>("select paper_id from ballot where ballot_id = @ballot", new { ballot });
        (await hall.SendAsync(new GrantProxy(hall.AsStaff(), hall.Community, ballot, $"h:{giver}", voter, "Letter 1", null))).Require();

        var own = await hall.VoteAsync(voter, ballot, "For", unit: null);
        var helped = await hall.SendAsync(new CastVote(
            hall.As(voter) with { AssistedBy = new Assistance(hall.Staff, "Qian") }, hall.Community, ballot, ["For"], Guid.NewGuid().ToString()));
        var byProxy = await hall.VoteAsync(voter, ballot, "For", unit: $"h:{giver}");
        var together = await hall.SendAsync(new CastPaper(hall.As(voter), hall.Community, paper, [new PaperVote(ballot, ["For"])], Guid.NewGuid().ToString()));

        var refusal = own.ShouldBeOfType<Result<CastAnswer>.Refused>().Reason;
        (refusal.Code, refusal.Values!["hours"], refusal.Values["phone"]).ShouldBe(("ballot.paper-only", "1", "1"));
        BallotHall.CodeOf(helped).ShouldBe("ballot.paper-only");
        BallotHall.CodeOf(byProxy).ShouldBe("ballot.paper-only");
        BallotHall.CodeOf(together).ShouldBe("ballot.paper-only");
        (await hall.ScalarAsync<int>("select count(*)::int from participation where ballot_id = @ballot", new { ballot })).ShouldBe(0);
    }

    [Fact]
    public async Task A_basis_holds_for_its_community_and_for_ballots_that_open_afterwards()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var elsewhere = await BallotHall.OpenAsync(database);
        var voter = (await hall.AddHouseholdAsync("1-1", 1960)).People[0];
        var stranger = (await elsewhere.AddHouseholdAsync("1-1", 1960)).People[0];
        var before = await OpenAsync(hall);

        BallotHall.CodeOf(await hall.SendAsync(new WithdrawOnlineElections(hall.AsStaff(CallerKind.Admin), hall.Community, "There is none"))).ShouldBe("law.online-not-allowed");
        BallotHall.CodeOf(await hall.SendAsync(new AllowOnlineElections(hall.AsStaff(), hall.Community, "District rules, no. 3", null))).ShouldBe("access.not-allowed");
        BallotHall.CodeOf(await hall.SendAsync(new AllowOnlineElections(hall.AsStaff(CallerKind.Admin), hall.Community, "None", null))).ShouldBe("law.basis-length");
        await hall.AllowOnlineElectionsAsync();
        BallotHall.CodeOf(await hall.SendAsync(new AllowOnlineElections(hall.AsStaff(CallerKind.Admin), hall.Community, "District rules, no. 3", null))).ShouldBe("law.online-already");
        var after = await OpenAsync(hall);
        BallotHall.CodeOf(await hall.SendAsync(new WithdrawOnlineElections(hall.AsStaff(CallerKind.Admin), hall.Community, "The rules have lapsed"))).ShouldBe("accepted");
        var later = await OpenAsync(hall);

        BallotHall.CodeOf(await hall.VoteAsync(voter, before, "a")).ShouldBe("ballot.paper-only");
        BallotHall.CodeOf(await hall.VoteAsync(voter, after, "a")).ShouldBe("accepted");
        BallotHall.CodeOf(await hall.VoteAsync(voter, later, "a")).ShouldBe("ballot.paper-only");
        BallotHall.CodeOf(await elsewhere.VoteAsync(stranger, await OpenAsync(elsewhere), "a")).ShouldBe("ballot.paper-only");
        var basis = (await hall.SendAsync(new GetElectionBasis(hall.AsStaff(CallerKind.Admin), hall.Community))).Require();
        basis.IsOnlineAllowed.ShouldBeFalse();
        basis.Records.Select(record => record.IsWithdrawal).ShouldBe([true, false]);
        await Should.ThrowAsync<PostgresException>(() => hall.ExecuteAsync("update ballot set is_paper_only = false where ballot_id = @before", new { before }));
    }

    [Fact]
    public async Task Its_papers_are_there_from_the_opening_and_are_nobodys()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(12);
        var desk = await PaperHall.OpenAsync(hall, await ElectionAsync(hall), clerksFirst: true);

        (await desk.SerialsAsync()).Count.ShouldBe(12);
        var stations = (await desk.DeskAsync()).Papers.Stations.ToDictionary(station => station.Station, station => station.Issued);
        stations.ShouldBe(new Dictionary<string, int> { ["1"] = 9, ["2"] = 3 });
        (await hall.ScalarAsync<int>("select count(*)::int from paper_issue where ballot_id = @Ballot and unit_key is not null", new { desk.Ballot })).ShouldBe(0);
        (await hall.ScalarAsync<int>("select count(*)::int from outbox_message where community_id = @Community and text_key = 'ballots.message.opened-paper'", new { hall.Community })).ShouldBe(12);
    }

    [Fact]
    public async Task Where_fewer_than_three_could_sign_no_paper_is_given_out_and_the_desk_can_do_it_later()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(3);

        var desk = await PaperHall.OpenAsync(hall, await ElectionAsync(hall));

        (await desk.DeskAsync()).HasPapers.ShouldBeFalse("the clerks came after the opening");
        (await desk.IssueAsync(3, "Gate")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_election_is_decided_by_its_papers()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(3);
        var desk = await PaperHall.OpenAsync(hall, await ElectionAsync(hall), clerksFirst: true);
        var serials = await desk.SerialsAsync();
        foreach (var unit in (await hall.SendAsync(new FindRollUnits(desk.Li, hall.Community, desk.Ballot, ""))).Require().Take(2))
        {
            (await hall.SendAsync(new MarkPaperReturned(desk.Li, hall.Community, desk.Ballot, unit.Key, "Qian"))).Require();
        }

        (await desk.CloseAsync()).ShouldBe(["counting"]);
        (await desk.ReadTwiceAsync(serials[0], "a")).ShouldBe("accepted");
        (await desk.ReadTwiceAsync(serials[1], "a")).ShouldBe("accepted");
        await desk.DeclareOutstandingAsync();
        (await desk.CertifyAsync()).ShouldBe("accepted");
        (await desk.CloseAsync()).ShouldBe(["decided"]);

        var result = await desk.ResultAsync();
        (result.Outcome, result.Elected.ShouldHaveSingleItem()).ShouldBe(("Filled", "a"));
        result.LawIsUnconfirmed.ShouldBeTrue();
    }

    private static async Task<OpenBallotCommand> ElectionAsync(BallotHall hall) =>
        BallotHall.Question(await hall.Database.CouncilNowAsync(), secrecy: "Secret", rule: new JsonObject { ["rule"] = "OfficeElection", ["seats"] = 1 }) with
        {
            LawProfile = "residents-committee-2026",
            Options = [new("a", "Ann"), new("b", "Ben")],
        };

    private static async Task<BallotId> OpenAsync(BallotHall hall, string rule = "OfficeElection", string law = "residents-committee-2026", string? paper = null) =>
        await hall.OpenBallotAsync(await ElectionAsync(hall) with
        {
            Rule = new JsonObject { ["rule"] = rule },
            LawProfile = law,
            Options = rule == "OfficeElection" ? [new("a", "Ann"), new("b", "Ben")] : [],
            Paper = paper,
        });
}
