using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Those who work away (外出务工) may vote longer than those at home; all is counted after the later close.</summary>
public sealed class AwayWindowTests : IAsyncLifetime
{
    private const int Roll = 1_720;
    private const int Away = 1_290;
    private static readonly DateTimeOffset Opens = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Home = Opens.AddDays(7);
    private static readonly DateTimeOffset Last = Opens.AddDays(15);

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

    [Fact]
    [Mechanism("M3.28")]
    public async Task Of_1720_on_the_roll_1290_work_away_each_votes_in_its_own_window_and_turnout_is_told_for_both_after_the_count()
    {
        await _hall.ExecuteAsync(
            """
            insert into household (community_id, household_id, building, door) select @Community, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '1', '1-' || n from generate_series(1, 430) n;
            insert into resident (community_id, resident_id, household_id, full_name, birth_year, away_group, lives_here)
            select @Community, ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, ('00000000-0000-7000-8000-' || lpad((1 + n % 430)::text, 12, '0'))::uuid, 'Zhang Lan', 1980,
                case when n <= @Away then 'Dongguan' end, n > @Away
            from generate_series(1, @Roll) n
            """,
            new { _hall.Community, Away, Roll });
        var ballot = await OpenAsync("Residents");

        await VoteAllAsync(ballot, 1, 500);
        await VoteAllAsync(ballot, Away + 1, 258);
        await _database.SetCouncilTimeAsync(Home);
        BallotHall.CodeOf(await _hall.VoteAsync(Person(Away + 259), ballot, "For")).ShouldBe("ballot.window-closed");
        await VoteAllAsync(ballot, 501, 403);
        (await TrackerAsync(ballot)).Away.ShouldBeNull(); // not before both have voted
        BallotHall.CodeOf(await _hall.SendAsync(new GetBallotResult(Caller.Anonymous, _hall.Community, ballot))).ShouldBe("ballot.not-closed");

        await _database.SetCouncilTimeAsync(Last);
        BallotHall.CodeOf(await _hall.VoteAsync(Person(1_000), ballot, "For")).ShouldBe("ballot.window-closed");
        await _hall.CloseBallotAsync(ballot);

        var result = (await _hall.SendAsync(new GetBallotResult(Caller.Anonymous, _hall.Community, ballot))).Require();
        (result.Turnout.RollUnits, result.Turnout.ReturnedUnits).ShouldBe((Roll, 903 + 258));
        result.Away.ShouldBe(new AwayTurnout(Away, 903));
        (await TrackerAsync(ballot)).Away.ShouldBe(new AwayTurnout(Away, 903));
    }

    [Fact]
    public async Task Each_window_ends_at_its_own_instant_and_every_page_tells_the_readers_own()
    {
        var (home, away) = await VillageAsync();
        var ballot = await OpenAsync();

        var (mine, theirs) = (await ViewAsync(ballot, home), await ViewAsync(ballot, away));
        (mine.ClosesAt, mine.LastClosesAt, theirs.ClosesAt, theirs.LocalClosesAt).ShouldBe((Home, Last, Last, Home));
        (await LineAsync(home)).ClosesAt.ShouldBe(Home);
        (await LineAsync(away)).ClosesAt.ShouldBe(Last);
        (await MessagesAsync("opened", home)).ShouldBe([Home]);
        (await MessagesAsync("opened", away)).ShouldBe([Last]);
        await _database.SetCouncilTimeAsync(Home.AddMinutes(-1));
        (await _hall.VoteAsync(home, ballot, "For")).Require().MayReplaceUntil.ShouldBe(Home);

        await _database.SetCouncilTimeAsync(Home);
        var refused = await _hall.VoteAsync(home, ballot, "Against");
        BallotHall.CodeOf(refused).ShouldBe("ballot.window-closed");
        ((Result<CastAnswer>.Refused)refused).Reason.Values!["closesAt"].ShouldBe(Home);
        (await ViewAsync(ballot, home)).TakesVotes.ShouldBeFalse();
        (await ViewAsync(ballot, away)).TakesVotes.ShouldBeTrue();
        await _database.SetCouncilTimeAsync(Last.AddMinutes(-1));
        (await _hall.VoteAsync(away, ballot, "For")).Require().MayReplaceUntil.ShouldBe(Last);
        await _database.SetCouncilTimeAsync(Last);
        BallotHall.CodeOf(await _hall.VoteAsync(away, ballot, "Against")).ShouldBe("ballot.window-closed");
    }

    [Fact]
    public async Task A_home_with_one_at_home_is_at_home_and_a_proxy_votes_in_the_window_of_the_unit()
    {
        var (home, away) = await VillageAsync();
        var (_, mixed) = await _hall.AddHouseholdAsync("3-1", 1960, 1985);
        await GoAwayAsync(mixed[1]);
        var ballot = await OpenAsync();
        var unit = (await ViewAsync(ballot, away)).MyUnits.Single().Key;
        (await _hall.SendAsync(new GrantProxy(_hall.AsStaff(), _hall.Community, ballot, unit, home, "No. 7"))).Require();

        await _database.SetCouncilTimeAsync(Home);

        BallotHall.CodeOf(await _hall.VoteAsync(mixed[1], ballot, "For")).ShouldBe("ballot.window-closed");
        (await _hall.VoteAsync(home, ballot, "For", unit: unit)).Require();
        var own = (await ViewAsync(ballot, home)).MyUnits.Single(mine => !mine.IsProxy).Key;
        BallotHall.CodeOf(await _hall.SendAsync(new GrantProxy(_hall.AsStaff(), _hall.Community, ballot, own, mixed[0], "No. 8"))).ShouldBe("ballot.window-closed");
    }

    [Fact]
    public async Task An_extension_keeps_both_windows_and_opens_none_again()
    {
        var (home, away) = await VillageAsync();
        var both = await OpenAsync();
        (await _hall.SendAsync(new ExtendBallot(_hall.AsStaff(), _hall.Community, both, 3, "Too few came"))).Require().ShouldBe(Last.AddDays(3));
        (await ViewAsync(both, home)).ClosesAt.ShouldBe(Home.AddDays(3));
        (await ViewAsync(both, away)).ClosesAt.ShouldBe(Last.AddDays(3));
        (await MessagesAsync("extended", home)).ShouldBe([Home.AddDays(3)]);
        (await MessagesAsync("extended", away)).ShouldBe([Last.AddDays(3)]);

        var late = await OpenAsync();
        await _database.SetCouncilTimeAsync(Home);
        (await _hall.SendAsync(new ExtendBallot(_hall.AsStaff(), _hall.Community, late, 3, "Too few came"))).Require().ShouldBe(Last.AddDays(3));
        (await ViewAsync(late, home)).ClosesAt.ShouldBe(Home);
        BallotHall.CodeOf(await _hall.VoteAsync(home, late, "For")).ShouldBe("ballot.window-closed");
        (await MessagesAsync("extended", home)).Count.ShouldBe(1); // nothing changed for them
    }

    [Fact]
    public async Task A_pause_after_the_close_at_home_opens_nothing_again()
    {
        var (home, away) = await VillageAsync();
        var ballot = await OpenAsync();
        await _database.SetCouncilTimeAsync(Home.AddHours(1));
        (await _hall.SendAsync(new PauseBallot(_hall.AsStaff(), _hall.Community, ballot, "The hall is flooded"))).Require();
        await _database.SetCouncilTimeAsync(Home.AddHours(25));
        var until = (await _hall.SendAsync(new ResumeBallot(_hall.AsStaff(), _hall.Community, ballot))).Require();
        until.ShouldBe(Last.AddDays(1), TimeSpan.FromMinutes(1)); // the clock goes on

        BallotHall.CodeOf(await _hall.VoteAsync(home, ballot, "For")).ShouldBe("ballot.window-closed");
        (await _hall.VoteAsync(away, ballot, "For")).Require();
        (await MessagesAsync("resumed", home)).ShouldBeEmpty();
        (await MessagesAsync("resumed", away)).ShouldBe([until]);
    }

    [Fact]
    public async Task Reminders_go_to_each_by_their_own_close()
    {
        var (home, away) = await VillageAsync();
        var ballot = await OpenAsync();
        await _hall.RemindAsync(ballot, "home-3wd");
        (await MessagesAsync("reminder", home)).ShouldBe([Home]);
        (await MessagesAsync("reminder", away)).ShouldBeEmpty();
        await _hall.RemindAsync(ballot, "3wd");
        (await MessagesAsync("reminder", home)).ShouldBe([Home]);
        (await MessagesAsync("reminder", away)).ShouldBe([Last]);

        (await TrackerAsync(ballot)).ReminderAudience.ShouldBe(2);
        await _database.SetCouncilTimeAsync(Home);
        (await TrackerAsync(ballot)).ReminderAudience.ShouldBe(1);
        (await _hall.SendAsync(new RemindNow(_hall.AsStaff(), _hall.Community, ballot))).Require().ShouldBe(1);
    }

    [Fact]
    public async Task A_paper_of_a_home_comes_in_by_the_close_at_home()
    {
        var (home, away) = await VillageAsync();
        var papers = await PaperHall.OpenAsync(_hall, Question());
        await papers.IssueAsync();
        var (mine, theirs) = (await SerialAsync(papers.Ballot, home), await SerialAsync(papers.Ballot, away));
        await _database.SetCouncilTimeAsync(Home);

        BallotHall.CodeOf(await _hall.SendAsync(new HandInPaper(papers.Li, _hall.Community, papers.Ballot, mine))).ShouldBe("ballot.window-closed");
        (await _hall.SendAsync(new HandInPaper(papers.Li, _hall.Community, papers.Ballot, theirs))).Require();
        await papers.ReadAsync(papers.Li, mine, "For"); // it lay in the box that was shut then
        (await _hall.ScalarAsync<DateTime>("select returned_at from paper_issue where ballot_id = @Ballot and serial = @mine", new { papers.Ballot, mine })).ShouldBe(Home.UtcDateTime);
    }

    [Fact]
    public async Task The_close_at_home_moves_with_the_window_only()
    {
        await VillageAsync();
        var ballot = await OpenAsync();
        foreach (var change in new[] { "local_closes_at = null", "local_closes_at = local_closes_at + interval '1 day'", "local_closes_at = local_closes_at - interval '1 day', closes_at = closes_at + interval '1 day'" })
        {
            await Should.ThrowAsync<PostgresException>(() => _hall.ExecuteAsync($"update ballot set {change} where ballot_id = @ballot", new { ballot }), change);
        }
    }

    private static Process.Ballots.OpenBallotCommand Question(string roll = "Households") => BallotHall.Question(Opens, roll) with { LocalClosesAt = Home, ClosesAt = Last };

    private Task<BallotId> OpenAsync(string roll = "Households") => _hall.OpenBallotAsync(Question(roll));

    /// <summary>One household at home, one whose only adult works away.</summary>
    private async Task<(ResidentId Home, ResidentId Away)> VillageAsync()
    {
        var (_, home) = await _hall.AddHouseholdAsync("1-1", 1960);
        var (_, away) = await _hall.AddHouseholdAsync("2-1", 1985);
        await GoAwayAsync(away[0]);
        return (home[0], away[0]);
    }

    private Task GoAwayAsync(ResidentId resident) => _hall.ExecuteAsync("update resident set away_group = 'Dongguan', lives_here = false where resident_id = @resident", new { resident });

    private static ResidentId Person(int number) => new(Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-7000-9000-{number:D12}")));

    private async Task VoteAllAsync(BallotId ballot, int first, int count)
    {
        foreach (var some in Enumerable.Range(first, count).Chunk(100))
        {
            foreach (var answer in await Task.WhenAll(some.Select(number => _hall.VoteAsync(Person(number), ballot, "For"))))
            {
                answer.Require();
            }
        }
    }

    private async Task<BallotView> ViewAsync(BallotId ballot, ResidentId resident) => (await _hall.SendAsync(new GetBallot(_hall.As(resident), _hall.Community, ballot))).Require();

    private async Task<BallotLine> LineAsync(ResidentId resident) => (await _hall.SendAsync(new ListMyBallots(_hall.As(resident), _hall.Community))).Require().Single();

    private async Task<BallotTracker> TrackerAsync(BallotId ballot) => (await _hall.SendAsync(new GetTracker(_hall.AsStaff(), _hall.Community, ballot))).Require();

    private Task<string> SerialAsync(BallotId ballot, ResidentId resident) => _hall.ScalarAsync<string>(
        "select serial from paper_issue join roll_entry_person using (community_id, ballot_id, unit_key) where ballot_id = @ballot and resident_id = @resident", new { ballot, resident });

    /// <summary>When the window ends, as this person's messages of a kind say it.</summary>
    private async Task<List<DateTimeOffset>> MessagesAsync(string kind, ResidentId resident)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return [.. (await Dapper.SqlMapper.QueryAsync<string>(
            connection, "select values ->> 'closesAt' from outbox_message where text_key = 'ballots.message.' || @kind and resident_id = @resident order by council_at",
            new { kind, resident })).Select(text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture))];
    }
}
