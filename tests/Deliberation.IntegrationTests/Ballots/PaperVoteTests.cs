using System.Text;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Foundation;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Papers from their numbers to their readings: one register, two who read blind, a third who decides.</summary>
public sealed class PaperVoteTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Named_papers_go_one_to_each_unit_and_a_new_one_only_for_a_spoiled_one()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(12); // two buildings
        var papers = await PaperHall.OpenAsync(hall);
        (await hall.SendAsync(new IssuePapers(papers.Li, hall.Community, papers.Ballot, "1"))).Require().ShouldBe(9);
        (await hall.SendAsync(new IssuePapers(papers.Li, hall.Community, papers.Ballot, null))).Require().ShouldBe(3);
        BallotHall.CodeOf(await hall.SendAsync(new IssuePapers(papers.Li, hall.Community, papers.Ballot, null))).ShouldBe("paper.nothing-to-issue");
        var first = (await papers.SerialsAsync())[0];

        BallotHall.CodeOf(await hall.SendAsync(new SpoilPaper(papers.Li, hall.Community, papers.Ballot, first, "torn", GiveNew: true))).ShouldBe("ballot.reason-required"); // four characters
        var given = (await hall.SendAsync(new SpoilPaper(papers.Li, hall.Community, papers.Ballot, first, "It tore", GiveNew: true))).Require().NewSerial;

        PaperSerial.TryParse(given).ShouldNotBeNull();
        (await papers.ReadAsync(papers.Li, first, "For")).ShouldBe("paper.is-spoiled");
        var desk = await papers.DeskAsync();
        (desk.Papers.Total.Issued, desk.Papers.Total.Spoiled, desk.Papers.Total.Missing).ShouldBe((13, 1, 12));
        desk.Papers.Stations.Select(s => (s.Station, s.Issued)).ShouldBe([("1", 10), ("2", 3)]);
    }

    [Fact]
    public async Task Two_read_blind_the_same_is_agreed_and_nobody_reads_twice()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(2);
        var papers = await PaperHall.OpenAsync(hall);
        var serials = await papers.IssueAsync();

        BallotHall.CodeOf(await hall.SendAsync(new EnterPaper(papers.Li, hall.Community, papers.Ballot, serials[0], ["For"]))).ShouldBe("paper.batch-required");
        (await papers.ReadAsync(papers.Li, serials[0], "For")).ShouldBe("accepted");
        (await papers.ReadAsync(papers.Li, serials[0], "Against")).ShouldBe("paper.read-by-you");
        (await hall.SendAsync(new FindPaper(papers.Wu, hall.Community, papers.Ballot, PaperSerial.Format(serials[0])))).Require().ShouldBe(new FoundPaper(serials[0], "1", 2));
        (await papers.ReadAsync(papers.Wu, serials[0], "For")).ShouldBe("accepted");
        (await papers.ReadAsync(papers.Zhao, serials[0], "For")).ShouldBe("paper.read-twice");
        (await papers.ReadAsync(papers.Li, serials[0], "For")).ShouldBe("paper.read-twice");

        (await hall.ScalarAsync<int>("select count(*) from paper_entry where ballot_id = @Ballot", new { papers.Ballot })).ShouldBe(2);
        var figures = await papers.FiguresAsync();
        (figures.ReadOnce, figures.ReadTwice, figures.Differing).ShouldBe((1, 1, 0));
    }

    [Fact]
    public async Task A_clerk_who_types_a_whole_batch_again_is_refused_at_every_paper()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(5);
        var papers = await PaperHall.OpenAsync(hall);
        var serials = await papers.IssueAsync();
        foreach (var serial in serials)
        {
            (await papers.ReadAsync(papers.Li, serial, "For")).ShouldBe("accepted");
        }

        foreach (var serial in serials)
        {
            (await papers.ReadAsync(papers.Li, serial, "Against")).ShouldBe("paper.read-by-you");
        }

        (await papers.FiguresAsync()).ReadTwice.ShouldBe(0);
        (await hall.ScalarAsync<int>("select count(*) from paper_entry where ballot_id = @Ballot and choices = '{For}'", new { papers.Ballot })).ShouldBe(5);
    }

    [Fact]
    public async Task Both_readings_at_the_same_instant_by_one_clerk_in_two_windows_leave_one()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(2);
        var papers = await PaperHall.OpenAsync(hall);
        var serials = await papers.IssueAsync();
        await papers.ReadAsync(papers.Li, serials[1], "For"); // a batch is open

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => papers.ReadAsync(papers.Li, serials[0], "For")));

        answers.Count(a => a == "accepted").ShouldBe(1);
        answers.Where(a => a != "accepted").ShouldAllBe(a => a == "paper.read-by-you");
    }

    [Fact]
    public async Task A_difference_is_decided_by_a_third_person_with_a_scrutineer_and_nobody_is_shown_a_reading()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(2);
        var papers = await PaperHall.OpenAsync(hall);
        var serials = await papers.IssueAsync();
        await papers.ReadAsync(papers.Li, serials[0], "For");
        await papers.ReadAsync(papers.Wu, serials[0], "Against");
        await papers.ReadAsync(papers.Li, serials[1], "?");
        await papers.ReadAsync(papers.Wu, serials[1], "For");

        var mine = (await hall.SendAsync(new ListPaperDifferences(papers.Li, hall.Community, papers.Ballot))).Require();
        mine.Select(d => (d.Serial, d.IsDoubtful, d.IsMine)).ShouldBe([(serials[0], false, true), (serials[1], true, true)]);
        (await papers.DecideAsync(papers.Li, serials[0], "For")).ShouldBe("paper.third-person");
        (await papers.DecideAsync(papers.Zhao, serials[0], "For", scrutineer: " ")).ShouldBe("paper.scrutineer-required");
        (await papers.DecideAsync(papers.Zhao, serials[0], "For", reason: "why")).ShouldBe("ballot.reason-required");
        (await papers.DecideAsync(papers.Zhao, serials[0], "Nothing")).ShouldBe("ballot.unknown-option");
        (await papers.FiguresAsync()).Differing.ShouldBe(2);
        (await papers.DecideAsync(papers.Zhao, serials[0], "Against")).ShouldBe("accepted");
        (await papers.DecideAsync(papers.Zhao, serials[0], "For")).ShouldBe("paper.no-difference");
        (await papers.DecideAsync(papers.Zhao, serials[1], null)).ShouldBe("accepted");

        await papers.CloseAsync();
        (await papers.CertifyAsync()).ShouldBe("accepted");
        (await papers.CloseAsync()).ShouldBe(["decided"]);
        (await papers.TotalAsync("Against")).ShouldBe(1);
        (await papers.ResultAsync()).Turnout.Spoilt.ShouldBe(1);
        var answersShown = typeof(FoundPaper).GetProperties().Concat(typeof(EnteredPaper).GetProperties()).Concat(typeof(PaperDifference).GetProperties()).Select(p => p.Name);
        answersShown.ShouldNotContain(name => name.Contains("Choice", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("00100010", "paper.serial-mistyped")] // wrong check digit
    [InlineData("", "paper.serial-mistyped")]
    [InlineData("forged", "paper.not-issued")] // a good serial nobody issued
    [InlineData("other", "paper.not-issued")] // another ballot's
    public async Task A_forged_serial_is_refused_and_changes_nothing(string typed, string code)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(2);
        var papers = await PaperHall.OpenAsync(hall);
        var serials = await papers.IssueAsync();
        await papers.ReadAsync(papers.Li, serials[0], "For");
        var other = await PaperHall.OpenAsync(hall);
        var foreign = await other.IssueAsync();
        var serial = typed switch { "forged" => PaperSerial.Of(900, 1), "other" => foreign[0], _ => typed };

        (await papers.ReadAsync(papers.Li, serial, "For")).ShouldBe(code);
        BallotHall.CodeOf(await hall.SendAsync(new HandInPaper(papers.Li, hall.Community, papers.Ballot, serial))).ShouldBe(code);
        BallotHall.CodeOf(await hall.SendAsync(new SetPaperAside(papers.Li, hall.Community, papers.Ballot, serial, "Looks odd"))).ShouldBe(code);

        (await hall.ScalarAsync<int>("select count(*) from paper_entry where community_id = @Community", new { hall.Community })).ShouldBe(1);
        (await papers.FiguresAsync()).Returned.ShouldBe(1);
        (await other.FiguresAsync()).Returned.ShouldBe(0);
    }

    [Fact]
    public async Task Who_set_the_ballot_up_reads_decides_and_signs_nothing()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(2);
        var papers = await PaperHall.OpenAsync(hall);
        var serials = await papers.IssueAsync();
        await papers.ReadAsync(papers.Li, serials[0], "For");
        await papers.ReadAsync(papers.Wu, serials[0], "Against");
        await hall.ExecuteAsync("update project set launched_by = @zhao where community_id = @Community", new { zhao = papers.Zhao.Staff, hall.Community });

        (await papers.ReadAsync(papers.Zhao, serials[1], "For")).ShouldBe("paper.set-up-by-you");
        (await papers.DecideAsync(papers.Zhao, serials[0], "For")).ShouldBe("paper.set-up-by-you");
        await papers.CloseAsync();
        await papers.DeclareOutstandingAsync();
        (await papers.SignAsync(papers.Zhao)).ShouldBe("paper.set-up-by-you");
        (await papers.DeskAsync()).Signatures.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_papers_are_given_out_where_nobody_could_count_them()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        var papers = await PaperHall.OpenAsync(hall);
        await hall.ExecuteAsync("update staff set is_enabled = false where staff_id = any(@gone)", new { gone = papers.Clerks.Skip(2).Select(c => c.Staff!.Value.Value).ToArray() });

        BallotHall.CodeOf(await hall.SendAsync(new IssuePapers(papers.Li, hall.Community, papers.Ballot, null))).ShouldBe("paper.too-few-people"); // two

        await hall.ExecuteAsync("update staff set is_enabled = true where staff_id = @third", new { third = papers.Zhao.Staff });
        BallotHall.CodeOf(await hall.SendAsync(new IssuePapers(papers.Li, hall.Community, papers.Ballot, null))).ShouldBe("accepted"); // three
    }

    [Theory]
    [InlineData(null, 5, "paper.station-required")]
    [InlineData("Gate", 0, "paper.count-range")]
    [InlineData("Gate", 2_001, "paper.count-range")]
    [InlineData("Gate", 2_000, "accepted")]
    public async Task Secret_papers_go_to_a_station_so_many_at_a_time(string? station, int count, string code)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        var papers = await PaperHall.OpenAsync(hall, "Secret");

        BallotHall.CodeOf(await hall.SendAsync(new IssuePapers(papers.Li, hall.Community, papers.Ballot, station, count))).ShouldBe(code);

        (await papers.FiguresAsync()).Issued.ShouldBe(code == "accepted" ? 2_000 : 0);
        (await hall.ScalarAsync<int>("select count(*) from paper_issue where ballot_id = @Ballot and unit_key is not null", new { papers.Ballot })).ShouldBe(0);
    }

    [Fact]
    public async Task A_batch_has_fifty_papers_and_a_witness()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(51);
        var papers = await PaperHall.OpenAsync(hall);
        var serials = await papers.IssueAsync();
        BallotHall.CodeOf(await hall.SendAsync(new OpenPaperBatch(papers.Li, hall.Community, papers.Ballot, "Q"))).ShouldBe("ballot.witness-required");
        (await hall.SendAsync(new OpenPaperBatch(papers.Li, hall.Community, papers.Ballot, "Qian"))).Require().ShouldBe(1);
        foreach (var serial in serials.Take(50))
        {
            (await hall.SendAsync(new EnterPaper(papers.Li, hall.Community, papers.Ballot, serial, ["For"]))).Require();
        }

        BallotHall.CodeOf(await hall.SendAsync(new EnterPaper(papers.Li, hall.Community, papers.Ballot, serials[50], ["For"]))).ShouldBe("paper.batch-required");
        (await hall.SendAsync(new OpenPaperBatch(papers.Li, hall.Community, papers.Ballot, "Qian"))).Require().ShouldBe(2);
        (await hall.SendAsync(new EnterPaper(papers.Li, hall.Community, papers.Ballot, serials[50], ["For"]))).Require();
        (await papers.DeskAsync()).Batches.Select(b => (b.Number, b.Papers, b.Witness)).ShouldBe([(2, 1, "Qian"), (1, 50, "Qian")]);
    }

    [Fact]
    public async Task A_named_paper_s_photograph_is_kept_with_it_without_metadata_and_looks_are_on_record()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        var papers = await PaperHall.OpenAsync(hall);
        var serial = (await papers.IssueAsync())[0];
        await hall.SendAsync(new OpenPaperBatch(papers.Li, hall.Community, papers.Ballot, "Qian"));
        BallotHall.CodeOf(await hall.SendAsync(new EnterPaper(papers.Li, hall.Community, papers.Ballot, serial, ["For"], Photo: "no photo"u8.ToArray()))).ShouldBe("photo.not-a-photo");
        (await papers.FiguresAsync()).Returned.ShouldBe(0);

        (await hall.SendAsync(new EnterPaper(papers.Li, hall.Community, papers.Ballot, serial, ["For"], Photo: Png()))).Require();

        var photo = (await hall.SendAsync(new GetPaperPhoto(papers.Zhao, hall.Community, papers.Ballot, serial))).Require();
        photo.MediaType.ShouldBe("image/png");
        Encoding.Latin1.GetString(photo.Content).ShouldNotContain("GPS");
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'GetPaperPhoto' and actor_id = @Staff", new { hall.Community, papers.Zhao.Staff })).ShouldBe(1);
    }

    [Fact]
    public async Task Numbers_of_options_are_read_and_a_spoilt_paper_has_none()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(3);
        var papers = await PaperHall.OpenAsync(hall, BallotHall.Question(await database.CouncilNowAsync(), rule: new() { ["rule"] = "BudgetGreedy", ["budgetFen"] = 500 }) with
        {
            Options = [new BallotOption("lamps", "Lamps", 300), new BallotOption("ramp", "Ramp", 200)],
        });
        var serials = await papers.IssueAsync();
        await hall.SendAsync(new OpenPaperBatch(papers.Li, hall.Community, papers.Ballot, "Qian"));
        foreach (var clerk in new[] { papers.Li, papers.Wu })
        {
            string[] order = clerk == papers.Li ? ["lamps", "ramp"] : ["ramp", "lamps"]; // the order of typing says nothing
            (await hall.SendAsync(new EnterPaper(clerk, hall.Community, papers.Ballot, serials[0], order))).Require();
            BallotHall.CodeOf(await hall.SendAsync(new EnterPaper(clerk, hall.Community, papers.Ballot, serials[1], ["lamps"], IsSpoilt: true))).ShouldBe("ballot.unknown-option");
            (await hall.SendAsync(new EnterPaper(clerk, hall.Community, papers.Ballot, serials[1], [], IsSpoilt: true))).Require();
        }

        await papers.CloseAsync();
        await papers.DeclareOutstandingAsync();
        await papers.CertifyAsync();
        await papers.CloseAsync();
        ((await papers.TotalAsync("lamps")), (await papers.TotalAsync("ramp")), (await papers.ResultAsync()).Turnout.Spoilt).ShouldBe((1, 1, 1));
    }

    [Fact]
    public async Task To_people_of_another_community_the_papers_are_absent()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var elsewhere = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        var papers = await PaperHall.OpenAsync(hall);
        var serial = (await papers.IssueAsync())[0];
        var stranger = elsewhere.AsStaff();
        var before = await papers.FiguresAsync();

        string[] answers =
        [
            BallotHall.CodeOf(await hall.SendAsync(new GetPaperDesk(stranger, hall.Community, papers.Ballot))),
            BallotHall.CodeOf(await hall.SendAsync(new EnterPaper(stranger, hall.Community, papers.Ballot, serial, ["For"]))),
            BallotHall.CodeOf(await hall.SendAsync(new SignPaperCount(stranger, hall.Community, papers.Ballot))),
            BallotHall.CodeOf(await hall.SendAsync(new ListPapersToPrint(stranger, hall.Community, papers.Ballot, null))),
        ];
        answers.ShouldAllBe(code => code == "access.not-found");
        foreach (var code in new[]
        {
            BallotHall.CodeOf(await hall.SendAsync(new GetPaperDesk(stranger, elsewhere.Community, papers.Ballot))),
            BallotHall.CodeOf(await hall.SendAsync(new EnterPaper(stranger, elsewhere.Community, papers.Ballot, serial, ["For"]))),
            BallotHall.CodeOf(await hall.SendAsync(new HandInPaper(stranger, elsewhere.Community, papers.Ballot, serial))),
            BallotHall.CodeOf(await hall.SendAsync(new ListPaperDifferences(stranger, elsewhere.Community, papers.Ballot))),
            BallotHall.CodeOf(await hall.SendAsync(new SignPaperCount(stranger, elsewhere.Community, papers.Ballot))),
            BallotHall.CodeOf(await hall.SendAsync(new IssuePapers(stranger, elsewhere.Community, papers.Ballot, null))),
        })
        {
            code.ShouldBe("ballot.not-found");
        }

        (await papers.FiguresAsync()).ShouldBe(before);
    }

    internal static byte[] Png() =>
    [
        0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 4, 0, 0, 0, 4, 8, 2, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 3, .. "tEXtGPS"u8, 0, 0, 0, 0, 0, 0, 0, 0, .. "IEND"u8, 0, 0, 0, 0,
    ];
}
