using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Rolls;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Process.Calendar;
using Deliberation.Testing;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Calendars;

/// <summary>The calendar as data: who may change it, what is refused, and that every node counts by it from the next use on.</summary>
public sealed class CalendarTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Reason = "Notice of the State Council";

    [Fact]
    public async Task A_changed_calendar_counts_at_once_on_every_node_and_nowhere_else()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var neighbour = await BallotHall.OpenAsync(database);
        await using var node = hall.Node();
        var voter = (await hall.AddHouseholdAsync("1-1", 1960)).People[0];
        var before = (await node.SendAsync(new GetCalendar(hall.AsStaff(), hall.Community, null))).Require(); // the other node has read it
        var lastDay = before.Calendar.LastDayOfPeriod(await database.CouncilNowAsync(), 3);

        (await ImportAsync(hall, lastDay.Year, $"{lastDay:yyyy-MM-dd},holiday,Storm day")).ShouldBe("accepted");
        var dispute = (await node.SendAsync(new FileRollDispute(hall.As(voter), hall.Community, RollMatter.Area, "1", "1-1", null, null, "It has 80 square metres"))).Require();

        var after = (await node.SendAsync(new GetCalendar(hall.AsStaff(CallerKind.Official), hall.Community, lastDay.Year))).Require();
        var (filed, due) = await TermAsync(hall, dispute);
        due.ShouldBe(after.Calendar.EndOfPeriod(filed, 3));
        due.ShouldBeGreaterThan(before.Calendar.EndOfPeriod(filed, 3));
        (after.IsOwn, after.Calendar.IsWorkingDay(lastDay)).ShouldBe((true, false));
        (await neighbour.SendAsync(new GetCalendar(neighbour.AsStaff(), neighbour.Community, lastDay.Year))).Require().IsOwn.ShouldBeFalse();
        after.Changes.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            change => change.Kind.ShouldBe("Import"), change => change.By.ShouldBe("Wang"), change => change.Reason.ShouldBe(Reason));
    }

    [Fact]
    public async Task Hours_and_seasons_are_kept_and_a_year_that_is_not_announced_takes_a_list_only()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var quiet = new DaySpan(new TimeOnly(21, 0), new TimeOnly(8, 0));
        DaySpan[] hours = [new(new TimeOnly(9, 0), new TimeOnly(11, 30)), new(new TimeOnly(14, 0), new TimeOnly(17, 0))];
        (await SendAsync(hall, new ChangeHours(Admin(hall), hall.Community, quiet, hours[0], hours[1], Reason))).ShouldBe("accepted");
        (await SendAsync(hall, new AddSeason(Admin(hall), hall.Community, "秋收", SeasonKind.Farming, new DateOnly(2030, 9, 20), new DateOnly(2030, 10, 10), Reason))).ShouldBe("accepted");
        (await SendAsync(hall, new ChangeDay(Admin(hall), hall.Community, new DateOnly(2031, 10, 1), DayKind.Rest, "", Reason))).ShouldBe("calendar.year-unknown");

        var page = (await hall.SendAsync(new GetCalendar(hall.AsStaff(), hall.Community, 2031))).Require();
        (page.Calendar.Quiet, page.IsKnown).ShouldBe((quiet, false));
        page.Calendar.Hours.ShouldBe(hours);
        var season = page.Calendar.Seasons.ShouldHaveSingleItem();
        (season.Name, season.From, season.Until).ShouldBe(("秋收", new DateOnly(2030, 9, 20), new DateOnly(2030, 10, 11)));

        (await SendAsync(hall, new RemoveSeason(Admin(hall), hall.Community, Guid.NewGuid(), Reason))).ShouldBe("access.not-found");
        (await SendAsync(hall, new RemoveSeason(Admin(hall), hall.Community, season.Id, Reason))).ShouldBe("accepted");
        page = (await hall.SendAsync(new GetCalendar(hall.AsStaff(), hall.Community, null))).Require();
        page.Calendar.Seasons.ShouldBeEmpty();
        page.Changes.Select(change => change.Kind).ShouldBe(["SeasonRemoved", "SeasonAdded", "Hours"]);
    }

    [Fact]
    public async Task One_day_of_a_shipped_year_is_changed_and_the_others_stay()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        Task<string> Change(string day, DayKind? kind) => SendAsync(hall, new ChangeDay(Admin(hall), hall.Community, Day(day), kind, "", Reason));
        (await Change("2026-10-08", DayKind.Rest)).ShouldBe("accepted"); // a Thursday
        (await Change("2026-10-08", DayKind.Rest)).ShouldBe("calendar.nothing-changed");
        (await Change("2026-10-10", DayKind.Plain)).ShouldBe("accepted"); // the made-up Saturday
        (await Change("2026-10-09", DayKind.Worked)).ShouldBe("calendar.workday-on-weekday");
        (await Change("2026-10-09", null)).ShouldBe("calendar.kind-missing");
        (await Change("2026-10-09", (DayKind)7)).ShouldBe("calendar.kind-missing");
        (await Change("2026-10-09", DayKind.Plain)).ShouldBe("calendar.nothing-changed");

        var calendar = (await hall.SendAsync(new GetCalendar(hall.AsStaff(), hall.Community, 2026))).Require().Calendar;
        new[] { "2026-10-07", "2026-10-08", "2026-10-09", "2026-10-10", "2026-09-20" }.Select(day => calendar.IsWorkingDay(Day(day)!.Value)).ShouldBe([false, false, true, false, true]);
        calendar.IsKnown(2025).ShouldBeTrue();
    }

    [Theory]
    [InlineData("09:00", "09:00", "14:00", "17:00", "22:00", "07:00", "calendar.hours-order")]
    [InlineData("09:00", "12:00", "11:59", "17:00", "22:00", "07:00", "calendar.hours-order")]
    [InlineData("09:00", "12:00", "12:00", "17:00", "22:00", "07:00", "accepted")]
    [InlineData("09:00", "12:00", "14:00", "14:00", "22:00", "07:00", "calendar.hours-order")]
    [InlineData("09:00", "12:00", "14:00", "17:00", "18:00", "08:00", "accepted")] // 14 hours
    [InlineData("09:00", "12:00", "14:00", "17:00", "17:59", "08:00", "calendar.quiet-too-long")]
    [InlineData("09:00", "12:00", "14:00", "17:00", "22:00", "22:00", "accepted")]
    [InlineData("08:30", "12:00", "13:30", "18:00", "22:00", "07:00", "calendar.nothing-changed")]
    [InlineData("08:30", "12:00", "13:30", "18:00", null, "07:00", "calendar.time-missing")]
    public async Task Hours_are_in_order_and_quiet_hours_leave_time_to_speak(string a, string b, string c, string d, string? from, string until, string answer)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        (await SendAsync(hall, new ChangeHours(Admin(hall), hall.Community, from is null ? null : Span(from, until), Span(a, b), Span(c, d), Reason))).ShouldBe(answer);
    }

    [Theory]
    [InlineData("", "2027-01-01", "2027-01-02", "calendar.season-name")]
    [InlineData("x", "2027-01-02", "2027-01-01", "calendar.season-days")]
    [InlineData("x", "2027-01-01", null, "calendar.season-days")]
    [InlineData("x", "2027-01-01", "2027-07-19", "accepted")] // 200 days
    [InlineData("x", "2027-01-01", "2027-07-20", "calendar.season-days")]
    public async Task A_season_has_a_name_and_an_end(string name, string first, string? last, string answer)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        (await SendAsync(hall, new AddSeason(Admin(hall), hall.Community, name, SeasonKind.School, Day(first), Day(last), Reason))).ShouldBe(answer);
    }

    [Fact]
    public async Task A_list_is_looked_at_before_it_is_taken_and_what_is_wrong_is_refused()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var year = (await hall.SendAsync(new GetCalendar(hall.AsStaff(), hall.Community, null))).Require().Today.Year + 1;
        Task<Result<YearPreview>> Look(string text) => hall.SendAsync(new PreviewYear(Admin(hall), hall.Community, year, text));
        var bad = (await Look($"{year}-10-01,holiday\n{year}-10-01,workday")).Require();
        bad.Problems.ShouldNotBeEmpty();
        (await ImportAsync(hall, year, $"{year}-10-01,holiday\n{year}-10-01,workday")).ShouldBe("calendar.list-unsound");
        (await ImportAsync(hall, year, new string('x', ImportYear.MostText))).ShouldBe("calendar.list-unsound");
        (await ImportAsync(hall, year, new string('x', ImportYear.MostText + 1))).ShouldBe("calendar.too-large");
        (await ImportAsync(hall, year + 2, $"{year + 2}-10-01,holiday")).ShouldBe("calendar.year-invalid");
        (await ImportAsync(hall, year - 3, $"{year - 3}-10-01,holiday")).ShouldBe("calendar.year-invalid");

        var good = (await Look($"{year}-10-01/{year}-10-03,holiday")).Require();
        (good.Problems.Count, good.Added.Count, good.Rest).ShouldBe((0, 3, 3));
        (await hall.SendAsync(new GetCalendar(hall.AsStaff(), hall.Community, year))).Require().Changes.ShouldBeEmpty(); // looking changes nothing
        (await ImportAsync(hall, year, $"{year}-10-01/{year}-10-03,holiday")).ShouldBe("accepted");
        (await ImportAsync(hall, year, $"{year}-10-01/{year}-10-03,holiday")).ShouldBe("calendar.nothing-changed");
        (await Look($"{year}-10-03/{year}-10-04,holiday")).Require().Removed.Select(day => day.Day.Day).ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData(4, "calendar.reason-length")]
    [InlineData(5, "accepted")]
    [InlineData(500, "accepted")]
    [InlineData(501, "calendar.reason-length")]
    public async Task Every_change_has_a_reason(int length, string answer)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        (await SendAsync(hall, new ChangeDay(Admin(hall), hall.Community, new DateOnly(2026, 12, 1), DayKind.Rest, "", new string('r', length)))).ShouldBe(answer);
    }

    [Theory]
    [InlineData(CallerKind.Staff)]
    [InlineData(CallerKind.Official)]
    [InlineData(CallerKind.Supervisor)]
    public async Task Only_an_admin_changes_it_and_all_who_work_or_look_on_read_it(CallerKind kind)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var caller = hall.AsStaff(kind);
        var (refused, read) = ("access.not-allowed", "accepted");
        (await SendAsync(hall, new ChangeDay(caller, hall.Community, new DateOnly(2026, 12, 1), DayKind.Rest, "", Reason))).ShouldBe(refused);
        (await SendAsync(hall, new ImportYear(caller, hall.Community, 2026, "2026-12-01,holiday", Reason))).ShouldBe(refused);
        (await SendAsync(hall, new ChangeHours(caller, hall.Community, Span("21:00", "07:00"), Span("09:00", "12:00"), Span("14:00", "17:00"), Reason))).ShouldBe(refused);
        (await SendAsync(hall, new AddSeason(caller, hall.Community, "x", SeasonKind.Other, new DateOnly(2026, 12, 1), new DateOnly(2026, 12, 2), Reason))).ShouldBe(refused);
        BallotHall.CodeOf(await hall.SendAsync(new GetCalendar(caller, hall.Community, null))).ShouldBe(read);
    }

    /// <summary>What the program refuses the tables refuse too.</summary>
    [Theory]
    [InlineData("insert into calendar_day (community_id, day, is_worked) values (@Community, '2027-10-08', true)", "check_violation")] // a Friday
    [InlineData("insert into calendar_day (community_id, day, is_worked) values (@Community, '2027-10-09', true), (@Community, '2027-10-09', false)", "unique_violation")]
    [InlineData("insert into calendar_day (community_id, day, is_worked) values (@Community, '2028-10-01', false)", "foreign_key_violation")] // a year without a list
    [InlineData("update community_calendar set morning_until = '14:00' where community_id = @Community", "check_violation")]
    [InlineData("update calendar_change set reason = 'Another one' where community_id = @Community", "append_only")]
    public async Task The_tables_keep_the_rules_too(string sql, string error)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        (await SendAsync(hall, new ChangeHours(Admin(hall), hall.Community, Span("21:00", "07:00"), Span("09:00", "12:00"), Span("13:30", "17:00"), Reason))).ShouldBe("accepted");
        await hall.ExecuteAsync("insert into calendar_year (community_id, year) values (@Community, 2027)", new { hall.Community });
        var failure = await Should.ThrowAsync<PostgresException>(hall.ExecuteAsync(sql, new { hall.Community }));
        failure.SqlState.ShouldBe(error switch
        {
            "check_violation" => PostgresErrorCodes.CheckViolation,
            "unique_violation" => PostgresErrorCodes.UniqueViolation,
            "foreign_key_violation" => PostgresErrorCodes.ForeignKeyViolation,
            _ => failure.SqlState == PostgresErrorCodes.CheckViolation ? "other" : failure.SqlState, // raised by the trigger
        });
    }

    [Fact]
    public async Task A_message_waits_for_the_end_of_the_communitys_own_quiet_hours()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var voter = (await hall.AddHouseholdAsync("1-1", 1960)).People[0];
        var zone = WorkingCalendar.China.Zone;
        var hour = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(await database.CouncilNowAsync(), zone).DateTime);
        (await SendAsync(hall, new ChangeHours(
            Admin(hall), hall.Community, new DaySpan(new TimeOnly(hour.AddHours(-1).Hour, 0), new TimeOnly(hour.AddHours(3).Hour, 0)), Span("08:30", "12:00"), Span("13:30", "18:00"), Reason))).ShouldBe("accepted");
        var dispute = (await hall.SendAsync(new FileRollDispute(hall.As(voter), hall.Community, RollMatter.Area, "1", "1-1", null, null, "It has 80 square metres"))).Require();
        (await hall.SendAsync(new AnswerRollDispute(hall.AsStaff(), hall.Community, dispute, true, "It has indeed"))).Require();

        var notBefore = await hall.ScalarAsync<DateTime?>("select not_before from outbox_message where community_id = @Community and dedup_key like '%answered'", new { hall.Community });
        TimeZoneInfo.ConvertTime(new DateTimeOffset(notBefore!.Value, TimeSpan.Zero), zone).ToString("HH:mm", CultureInfo.InvariantCulture).ShouldBe($"{hour.AddHours(3).Hour:00}:00");
    }

    private static Caller Admin(BallotHall hall) => hall.AsStaff(CallerKind.Admin);

    private static DaySpan Span(string from, string until) => new(TimeOnly.Parse(from, CultureInfo.InvariantCulture), TimeOnly.Parse(until, CultureInfo.InvariantCulture));

    private static DateOnly? Day(string? day) => day is null ? null : DateOnly.Parse(day, CultureInfo.InvariantCulture);

    private static async Task<string> SendAsync(BallotHall hall, ICommand<Done> command) => BallotHall.CodeOf(await hall.SendAsync(command));

    private static Task<string> ImportAsync(BallotHall hall, int year, string text) => SendAsync(hall, new ImportYear(Admin(hall), hall.Community, year, text, Reason));

    private static async Task<(DateTimeOffset Filed, DateTimeOffset Due)> TermAsync(BallotHall hall, Guid dispute)
    {
        var values = new { hall.Community, dispute };
        return (
            new DateTimeOffset(await hall.ScalarAsync<DateTime>("select filed_at from roll_dispute where community_id = @Community and dispute_id = @dispute", values), TimeSpan.Zero),
            new DateTimeOffset(await hall.ScalarAsync<DateTime>("select due_at from roll_dispute where community_id = @Community and dispute_id = @dispute", values), TimeSpan.Zero));
    }
}
