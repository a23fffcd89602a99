using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Foundation;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Papers are kept as long as domain.md 5, requirement 11 says, and then go with a record: not a moment earlier, once, and for good.</summary>
public sealed class PaperKeepingTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Opens = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private TestDatabase _database = null!;
    private BallotHall _hall = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _hall = await BallotHall.OpenAsync(_database);
        await _database.SetCouncilTimeAsync(Opens);
    }

    public async Task DisposeAsync()
    {
        await _hall.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("Households", 2028, "OthersTwoYears")]
    [InlineData("Owners", 2031, "OwnersFiveYears")]
    public async Task Readings_and_photographs_of_a_named_ballot_go_at_midnight_of_the_last_day(string roll, int year, string basis)
    {
        var (_, people) = await _hall.AddHouseholdAsync("1-1", 1960);
        await _hall.AddUnitAsync("1-1", 8_000, "Residential", "Delivered", people[0]);
        var papers = await CountedAsync(BallotHall.Question(Opens, roll));
        var until = new DateTimeOffset(year, 12, 8, 16, 0, 0, TimeSpan.Zero); // ended on 8 December, 8:00 in Shanghai
        (await KeepingAsync(papers)).Until.ShouldBe(until);

        await _database.SetCouncilTimeAsync(until.AddMinutes(-1));
        await TidyAsync();
        BallotHall.CodeOf(await _hall.SendAsync(new DestroyPapers(Caller.System, _hall.Community, papers.Ballot))).ShouldBe("paper.kept");
        (await LeftAsync(papers)).ShouldBe((1, 2));

        await _database.SetCouncilTimeAsync(until);
        await TidyAsync();
        await TidyAsync();
        (await LeftAsync(papers)).ShouldBe((0, 0));
        var gone = (await KeepingAsync(papers)).Destroyed!;
        gone.ShouldBe(new PaperDestruction(gone.DestroyedAt, basis, 1, 2, 1));
        gone.DestroyedAt.ShouldBeInRange(until, until.AddMinutes(5));
        (await _hall.ScalarAsync<int>("select count(*)::int from audit_entry where action = 'DestroyPapers'")).ShouldBe(1);
        (await _hall.ScalarAsync<int>("select (values ->> 'papers')::int from project_event where text_key = 'ballots.timeline.papers-destroyed'")).ShouldBe(1);
        (await papers.ResultAsync()).Turnout.ReturnedUnits.ShouldBe(1); // votes and result stay
    }

    [Fact]
    public async Task The_key_of_sealed_photographs_goes_with_them_and_nothing_comes_back()
    {
        await _hall.AddHouseholdsAsync(1);
        var papers = await CountedAsync(BallotHall.Question(Opens, secrecy: "Secret"), count: 1);
        var key = Directory.GetFiles(_hall.Keys, $"{papers.Ballot.Value}.scan", SearchOption.AllDirectories).Single();
        await TidyAsync();
        File.Exists(key).ShouldBeTrue();

        await _database.SetCouncilTimeAsync(Opens.AddYears(3));
        await TidyAsync();

        File.Exists(key).ShouldBeFalse();
        (await LeftAsync(papers)).ShouldBe((0, 0));
        (await KeepingAsync(papers)).Destroyed!.Photos.ShouldBe(1);
        foreach (var again in new[]
        {
            "insert into paper_photo (community_id, ballot_id, photo_id, media_type, content) values (@Community, @Ballot, gen_random_uuid(), 'image/png', '')",
            "update paper_destruction set photos = 0 where ballot_id = @Ballot",
            "delete from paper_destruction where ballot_id = @Ballot",
        })
        {
            await Should.ThrowAsync<PostgresException>(() => _hall.ExecuteAsync(again, new { _hall.Community, papers.Ballot }), again);
        }
    }

    [Fact]
    public async Task Papers_of_an_election_are_kept_until_an_admin_names_the_next_one_that_is_over()
    {
        await _hall.AddHouseholdsAsync(2);
        var election = Question(Opens);
        var papers = await CountedAsync(election, count: 1);
        var admin = await AdminAsync();
        await _database.SetCouncilTimeAsync(Opens.AddYears(5));
        var next = await _hall.OpenBallotAsync(Question(Opens.AddYears(5)));
        var other = await _hall.OpenBallotAsync(BallotHall.Question(Opens.AddYears(5)));
        await _hall.CloseBallotAsync(other);
        await TidyAsync();
        (await KeepingAsync(papers)).Destroyed.ShouldBeNull();

        (await ReleaseAsync(admin, papers, next)).ShouldBe("paper.no-later-election"); // still open
        await _hall.CloseBallotAsync(next);
        (await ReleaseAsync(admin, papers, other)).ShouldBe("paper.no-later-election");
        (await ReleaseAsync(admin, papers, papers.Ballot)).ShouldBe("paper.no-later-election");
        (await ReleaseAsync(papers.Li, papers, next)).ShouldBe("access.not-allowed");
        (await _hall.SendAsync(new GetPaperKeeping(admin, _hall.Community, papers.Ballot))).Require().LaterElections.Select(later => later.Id).ShouldBe([next]);
        (await ReleaseAsync(admin, papers, next)).ShouldBe("accepted");
        (await ReleaseAsync(admin, papers, next)).ShouldBe("paper.is-released");
        await TidyAsync();

        (await KeepingAsync(papers)).Destroyed!.Basis.ShouldBe("NextElectionOver");
        (await LeftAsync(papers)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Only_an_election_is_released_and_only_a_ballot_with_papers_is_kept()
    {
        await _hall.AddHouseholdsAsync(1);
        var papers = await CountedAsync(BallotHall.Question(Opens));
        var admin = await AdminAsync();
        (await ReleaseAsync(admin, papers, papers.Ballot)).ShouldBe("paper.not-an-election");
        var online = await _hall.OpenBallotAsync(BallotHall.Question(Opens.AddDays(7)));
        BallotHall.CodeOf(await _hall.SendAsync(new GetPaperKeeping(admin, _hall.Community, online))).ShouldBe("paper.none-issued");
        BallotHall.CodeOf(await _hall.SendAsync(new DestroyPapers(Caller.System, _hall.Community, online))).ShouldBe("paper.none-issued");
    }

    private static OpenBallotCommand Question(DateTimeOffset opens) =>
        BallotHall.Question(opens, secrecy: "Secret", rule: new JsonObject { ["rule"] = "OfficeElection", ["seats"] = 1 }) with { Options = [new("a", "Zhang"), new("b", "Li")] };

    /// <summary>One paper with a photograph, read twice, certified and counted a week after the opening.</summary>
    private async Task<PaperHall> CountedAsync(OpenBallotCommand question, int count = 0)
    {
        var papers = await PaperHall.OpenAsync(_hall, question);
        var serial = (await papers.IssueAsync(count, count > 0 ? "Gate" : null))[0];
        if (count > 0)
        {
            var unit = await _hall.ScalarAsync<string>("select unit_key from roll_entry where ballot_id = @Ballot limit 1", new { papers.Ballot });
            (await _hall.SendAsync(new MarkPaperReturned(papers.Li, _hall.Community, papers.Ballot, unit, "Qian"))).Require();
        }

        await _database.SetCouncilTimeAsync(Opens.AddDays(7));
        await papers.CloseAsync();
        (await _hall.SendAsync(new OpenPaperBatch(papers.Li, _hall.Community, papers.Ballot, "Qian"))).Require();
        string[] choices = question.Options.Count > 0 ? ["a"] : ["For"];
        (await _hall.SendAsync(new EnterPaper(papers.Li, _hall.Community, papers.Ballot, serial, choices, Photo: PaperVoteTests.Png()))).Require();
        (await _hall.SendAsync(new EnterPaper(papers.Wu, _hall.Community, papers.Ballot, serial, choices))).Require();
        await papers.DeclareOutstandingAsync();
        (await papers.CertifyAsync()).ShouldBe("accepted");
        await papers.CloseAsync();
        (await LeftAsync(papers)).Photos.ShouldBe(1);
        return papers;
    }

    private async Task<Caller> AdminAsync()
    {
        await _hall.ExecuteAsync("update staff set kind = 'Admin' where staff_id = @Staff", new { _hall.Staff });
        return _hall.AsStaff(CallerKind.Admin);
    }

    private async Task<string> ReleaseAsync(Caller caller, PaperHall papers, BallotId next) =>
        BallotHall.CodeOf(await _hall.SendAsync(new ReleaseElectionPapers(caller, _hall.Community, papers.Ballot, next)));

    private async Task<PaperKeepingView> KeepingAsync(PaperHall papers) => (await _hall.SendAsync(new GetPaperKeeping(papers.Li, _hall.Community, papers.Ballot))).Require();

    private Task TidyAsync() => _hall.Service<PaperKeeping>().TidyAsync(CancellationToken.None);

    private async Task<(int Photos, int Readings)> LeftAsync(PaperHall papers) => (
        await _hall.ScalarAsync<int>("select count(*)::int from paper_photo where ballot_id = @Ballot", new { papers.Ballot }),
        await _hall.ScalarAsync<int>("select count(*)::int from paper_entry where ballot_id = @Ballot", new { papers.Ballot }));
}
