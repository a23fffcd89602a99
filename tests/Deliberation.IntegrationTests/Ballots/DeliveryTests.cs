using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.Deliveries;
using Deliberation.Features.Foundation;
using Deliberation.Process.Calendar;
using Deliberation.Testing;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Delivered papers that are not returned follow the majority (多数意见从计), only where a rule says so and only with proof.</summary>
public sealed class DeliveryTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Basis = "Rules of procedure of 2024, clause 12";

    [Theory]
    [InlineData(true, "Passed")] // the worked example owner-follow-majority: 8 of 10 for
    [InlineData(false, "Inquorate")] // by default 7 of 12: no quorum
    public async Task Three_delivered_papers_join_the_five_who_agree_and_both_tallies_are_told(bool follows, string expected)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, owners, units) = await OpenAsync(hall, follows);
        await VoteAsync(hall, ballot, owners, 5, 2);
        foreach (var unit in units.Skip(7).Take(3))
        {
            (await RecordAsync(hall, ballot, unit)).ShouldBe(follows ? "accepted" : "delivery.not-asked");
        }

        (await hall.CloseBallotAsync(ballot))["outcome"]!.GetValue<string>().ShouldBe(expected);

        var result = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require();
        result.Turnout.ReturnedUnits.ShouldBe(7);
        result.Totals.Single(total => total.Choice == "For").Units.ShouldBe(5, "totals are of returned papers");
        var area = 12 * 10_000L;
        result.Count!.Followed.ShouldBe(!follows ? null : new StoredFollowed(
            "For", Basis, 3, 3, 3, 30_000, new("Passed", 10, 100_000, 8, 80_000), new("Inquorate", 7, 70_000, 5, 50_000)));
        result.Ballot.Roll.AreaHundredths.ShouldBe(area);
        (await hall.ScalarAsync<string>("select content from log_document where kind = 'tally' and ballot_id = @ballot", new { ballot })).Contains("\"followed\"", StringComparison.Ordinal).ShouldBe(follows);
    }

    [Fact]
    public async Task Without_a_leading_choice_or_without_a_record_nobody_follows()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, owners, units) = await OpenAsync(hall);
        await VoteAsync(hall, ballot, owners, 4, 4); // 8 of 12 is quorum; none leads
        (await RecordAsync(hall, ballot, null)).ShouldBe("accepted");

        (await hall.CloseBallotAsync(ballot))["outcome"]!.GetValue<string>().ShouldBe("Rejected");
        var followed = await FollowedAsync(hall, ballot);
        (followed.Choice, followed.Delivered, followed.Unreturned, followed.JoinedPersons).ShouldBe((null, 12, 4, 0));

        var (second, voters, _) = await OpenAsync(hall, owners: owners, units: units);
        await VoteAsync(hall, second, voters, 7, 0);
        (await hall.CloseBallotAsync(second))["outcome"]!.GetValue<string>().ShouldBe("Inquorate", "nobody's delivery is on record");
        (await FollowedAsync(hall, second)).Delivered.ShouldBe(0);
    }

    [Fact]
    public async Task Who_was_delivered_to_and_voted_counts_as_he_voted_and_a_withdrawn_delivery_is_none()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, owners, units) = await OpenAsync(hall);
        (await RecordAsync(hall, ballot, null)).ShouldBe("accepted");
        await VoteAsync(hall, ballot, owners, 5, 2);
        (await WithdrawAsync(hall, ballot, units[11], "x")).ShouldBe("delivery.evidence-required");
        (await WithdrawAsync(hall, ballot, units[11], "The slip is not signed")).ShouldBe("accepted");
        (await WithdrawAsync(hall, ballot, units[11], "Twice")).ShouldBe("delivery.none");

        await hall.CloseBallotAsync(ballot);

        var followed = await FollowedAsync(hall, ballot);
        (followed.Delivered, followed.Unreturned, followed.With.ForPersons, followed.With.TakingPartPersons).ShouldBe((11, 4, 9, 11));
    }

    [Fact]
    public async Task Deliveries_are_recorded_by_building_each_unit_once_and_not_after_the_close()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, _, units) = await OpenAsync(hall);

        (await RecordAsync(hall, ballot, units[0])).ShouldBe("accepted");
        (await RecordAsync(hall, ballot, units[0])).ShouldBe("delivery.nothing");
        (await RecordAsync(hall, ballot, "o:nobody")).ShouldBe("ballot.unit-not-found");
        (await hall.SendAsync(Record(hall, ballot, null, await TodayAsync()) with { Building = "1" })).Require().ShouldBe(5, "one of six is on record");
        var book = (await hall.SendAsync(new ListDeliveries(hall.AsStaff(CallerKind.Supervisor), hall.Community, ballot))).Require();
        (book.Lines.Count, book.Buildings.ShouldHaveSingleItem()).ShouldBe((6, "2"));
        book.Lines[0].RecordedBy.ShouldBe("Wang");
        await Should.ThrowAsync<PostgresException>(() => hall.ExecuteAsync("delete from delivery where ballot_id = @ballot", new { ballot }));

        await hall.CloseBallotAsync(ballot);
        (await RecordAsync(hall, ballot, units[11])).ShouldBe("ballot.window-closed");
        (await WithdrawAsync(hall, ballot, units[0], "Too late")).ShouldBe("ballot.window-closed");
    }

    [Theory]
    [InlineData(-1, "Zhou", "Slip 7", "delivery.day")] // the day before the opening
    [InlineData(0, "Zhou", "Slip 7", "accepted")]
    [InlineData(1, "Zhou", "Slip 7", "delivery.day")] // tomorrow
    [InlineData(0, "Z", "Slip 7", "delivery.by-required")]
    [InlineData(0, "Zhou", "7", "delivery.evidence-required")]
    public async Task A_delivery_says_when_by_whom_and_what_proves_it(int days, string by, string evidence, string expected)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, _, units) = await OpenAsync(hall);

        BallotHall.CodeOf(await hall.SendAsync(Record(hall, ballot, units[0], (await TodayAsync()).AddDays(days)) with { By = by, Evidence = evidence })).ShouldBe(expected);
    }

    private static async Task<StoredFollowed> FollowedAsync(BallotHall hall, BallotId ballot) =>
        (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, ballot))).Require().Count!.Followed!;

    private static async Task VoteAsync(BallotHall hall, BallotId ballot, IReadOnlyList<ResidentId> owners, int inFavour, int against)
    {
        for (var i = 0; i < inFavour + against; i++)
        {
            (await hall.VoteAsync(owners[i], ballot, i < inFavour ? "For" : "Against")).Require();
        }
    }

    private async Task<string> RecordAsync(BallotHall hall, BallotId ballot, string? unit) => BallotHall.CodeOf(await hall.SendAsync(Record(hall, ballot, unit, await TodayAsync())));

    private static RecordDeliveries Record(BallotHall hall, BallotId ballot, string? unit, DateOnly day) =>
        new(hall.AsStaff(), hall.Community, ballot, unit, null, day, DeliveryWay.Signed, "Zhou", "Slip 7");

    private static async Task<string> WithdrawAsync(BallotHall hall, BallotId ballot, string unit, string reason) =>
        BallotHall.CodeOf(await hall.SendAsync(new WithdrawDelivery(hall.AsStaff(), hall.Community, ballot, unit, reason)));

    private async Task<DateOnly> TodayAsync() => WorkingCalendar.China.DayOf(await database.CouncilNowAsync());

    /// <summary>Twelve equal units in two buildings, each its owner's.</summary>
    private static async Task<(BallotId Ballot, List<ResidentId> Owners, List<string> Units)> OpenAsync(
        BallotHall hall, bool follows = true, List<ResidentId>? owners = null, List<string>? units = null)
    {
        if (owners is null)
        {
            owners = [];
            for (var i = 0; i < 12; i++)
            {
                owners.Add(ResidentId.New());
                await hall.AddResidentAsync(owners[i]);
                await hall.AddUnitAsync(string.Create(CultureInfo.InvariantCulture, $"{(i / 6) + 1}-{i}"), 10_000, "Residential", "Delivered", owners[i]);
            }
        }

        JsonObject rule = new() { ["rule"] = "OwnersAssembly", ["matter"] = 4 };
        if (follows)
        {
            (rule["unreturned"], rule["rulesOfProcedure"]) = ("FollowMajority", Basis);
        }

        var ballot = await hall.OpenBallotAsync("Owners", rule: rule);
        units = [];
        foreach (var owner in owners)
        {
            units.Add(await hall.ScalarAsync<string>("select unit_key from roll_entry_person where ballot_id = @ballot and resident_id = @owner", new { ballot, owner }));
        }

        return (ballot, owners, units);
    }
}
