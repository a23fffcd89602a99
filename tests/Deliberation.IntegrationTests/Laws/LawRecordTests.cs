using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Laws;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Laws;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Testing;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Laws;

/// <summary>Confirming a law's figures (核实): who, on what basis, and what ballots say before and after.</summary>
public sealed class LawRecordTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Basis = "Text of 28 October 2025, art. 15";

    [Fact]
    public async Task A_ballot_and_its_result_say_that_the_law_is_to_be_confirmed_until_an_admin_has_done_so()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var voter = (await hall.AddHouseholdAsync("1-1", 1960)).People[0];
        var ballot = await OpenMeetingVoteAsync(hall, "residents-committee-2026");
        (await hall.VoteAsync(voter, ballot, "For")).Require();
        await hall.CloseBallotAsync(ballot);

        (await MarksAsync(hall, ballot)).ShouldBe((true, true));
        (await ConfirmAsync(hall, "residents-committee-2026")).ShouldBe("accepted");
        (await MarksAsync(hall, ballot)).ShouldBe((false, false));
        (await WithdrawAsync(hall, "residents-committee-2026", "A figure was misread")).ShouldBe("accepted");
        (await MarksAsync(hall, ballot)).ShouldBe((true, true));

        var law = await LawAsync(hall, "residents-committee-2026");
        law.State.ShouldBe(LawState.Unconfirmed);
        law.Records.Select(record => (record.IsWithdrawal, record.Basis, record.By)).ShouldBe([(true, "A figure was misread", "Wang"), (false, Basis, "Wang")]);
        (await hall.ScalarAsync<int>("select count(*)::int from audit_entry where community_id = @Community and action in ('ConfirmLaw', 'WithdrawLaw')", new { hall.Community })).ShouldBe(2);
    }

    [Fact]
    public async Task A_law_that_was_shipped_as_checked_carries_no_mark()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var ballot = await OpenMeetingVoteAsync(hall, "residents-committee-2018");

        (await BallotAsync(hall, ballot)).LawIsUnconfirmed.ShouldBeFalse();
        (await LawAsync(hall, "residents-committee-2018")).State.ShouldBe(LawState.Shipped);
        (await ConfirmAsync(hall, "residents-committee-2018")).ShouldBe("law.needs-no-confirmation");
        (await WithdrawAsync(hall, "residents-committee-2018", "Nothing to take back")).ShouldBe("law.not-confirmed");
        (await ConfirmAsync(hall, "nobody's law")).ShouldBe("law.unknown-profile");
    }

    [Theory]
    [InlineData(4, null, "law.basis-length")]
    [InlineData(501, null, "law.basis-length")]
    [InlineData(5, "ftp://example.org", "law.document-malformed")]
    [InlineData(5, "javascript:alert(1)", "law.document-malformed")]
    [InlineData(5, "/law", "law.document-malformed")]
    [InlineData(5, "https://example.org/law", "accepted")]
    [InlineData(500, " ", "accepted")]
    public async Task A_basis_is_asked_for_and_an_address_is_one_of_the_web(int length, string? document, string expected)
    {
        await using var hall = await BallotHall.OpenAsync(database);

        var answer = await hall.SendAsync(new ConfirmLaw(hall.AsStaff(CallerKind.Admin), hall.Community, "villagers-committee-2026", new string('x', length), document));

        BallotHall.CodeOf(answer).ShouldBe(expected);
        if (expected == "accepted")
        {
            (await WithdrawAsync(hall, "villagers-committee-2026", "abcd")).ShouldBe("law.basis-length");
            (await WithdrawAsync(hall, "villagers-committee-2026", "abcde")).ShouldBe("accepted");
        }
    }

    [Fact]
    public async Task Of_admins_who_confirm_together_one_does_and_only_admins_may()
    {
        await using var hall = await BallotHall.OpenAsync(database);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ConfirmAsync(hall, "villagers-committee-2026")));

        answers.Order().ShouldBe(["accepted", "law.already-confirmed", "law.already-confirmed", "law.already-confirmed"]);
        foreach (var kind in new[] { CallerKind.Staff, CallerKind.Official, CallerKind.Supervisor })
        {
            BallotHall.CodeOf(await hall.SendAsync(new WithdrawLaw(hall.AsStaff(kind), hall.Community, "villagers-committee-2026", "Not mine to say"))).ShouldBe("access.not-allowed");
            BallotHall.CodeOf(await hall.SendAsync(new ListLaws(hall.AsStaff(kind), hall.Community))).ShouldBe("access.not-allowed");
        }

        (await WithdrawAsync(hall, "villagers-committee-2026", "For the other tests")).ShouldBe("accepted");
    }

    [Theory]
    [InlineData("update law_record set basis = 'Something else'")]
    [InlineData("delete from law_record")]
    public async Task What_is_on_record_stays(string sql)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await ConfirmAsync(hall, "villagers-committee-2026");
        await WithdrawAsync(hall, "villagers-committee-2026", "For the other tests");

        await Should.ThrowAsync<PostgresException>(() => hall.ExecuteAsync(sql));
    }

    /// <summary>A vote that the law's own article decides.</summary>
    private static async Task<BallotId> OpenMeetingVoteAsync(BallotHall hall, string law) => await hall.OpenBallotAsync(
        BallotHall.Question(await hall.Database.CouncilNowAsync(), rule: new JsonObject { ["rule"] = "Meeting", ["body"] = "ResidentsAssembly", ["form"] = "Adults" }) with { LawProfile = law });

    private static async Task<BallotView> BallotAsync(BallotHall hall, BallotId ballot) => (await hall.SendAsync(new GetBallot(hall.AsStaff(), hall.Community, ballot))).Require();

    private static async Task<(bool Ballot, bool Result)> MarksAsync(BallotHall hall, BallotId ballot) =>
        ((await BallotAsync(hall, ballot)).LawIsUnconfirmed, (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().LawIsUnconfirmed);

    private static async Task<LawLine> LawAsync(BallotHall hall, string id) =>
        (await hall.SendAsync(new ListLaws(hall.AsStaff(CallerKind.Admin), hall.Community))).Require().Single(law => law.Id == id);

    private static async Task<string> ConfirmAsync(BallotHall hall, string law) =>
        BallotHall.CodeOf(await hall.SendAsync(new ConfirmLaw(hall.AsStaff(CallerKind.Admin), hall.Community, law, Basis, null)));

    private static async Task<string> WithdrawAsync(BallotHall hall, string law, string reason) =>
        BallotHall.CodeOf(await hall.SendAsync(new WithdrawLaw(hall.AsStaff(CallerKind.Admin), hall.Community, law, reason)));
}
