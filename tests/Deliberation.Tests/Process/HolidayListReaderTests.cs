using Deliberation.Process.Calendar;

namespace Deliberation.Tests.Process;

/// <summary>Files with a year's holidays: the shapes they come in, and what is wrong with them.</summary>
public sealed class HolidayListReaderTests
{
    private const string Calendar = """
        BEGIN:VCALENDAR
        VERSION:2.0
        BEGIN:VEVENT
        DTSTART;VALUE=DATE:20271001
        DTEND;VALUE=DATE:20271004
        SUMMARY:国庆
         节
        END:VEVENT
        BEGIN:VEVENT
        DTSTART;VALUE=DATE:20271009
        SUMMARY:国庆节 补班
        END:VEVENT
        END:VCALENDAR
        """;

    [Theory]
    [InlineData("""{"years":{"2026":{"holidays":[],"workdays":[]},"2027":{"holidays":["2027-10-01/2027-10-03"],"workdays":["2027-10-09"]}}}""")]
    [InlineData("""{"year":2027,"days":[{"name":"国庆节","date":"2027-10-01","isOffDay":true},{"date":"2027-10-02","isOffDay":true},{"date":"2027-10-03","isOffDay":true},{"date":"2027-10-09","isOffDay":false}]}""")]
    [InlineData("date,kind,name\r\n2027-10-01/2027-10-03,holiday,National Day\r\n2027-10-09,workday\r\n")]
    [InlineData("\uFEFF日期，类型\n2027年10月1日，休\n2027/10/2，休\n2027.10.3，休\n20271009，班")]
    [InlineData(Calendar)]
    public void A_year_is_read_from_every_shape(string text)
    {
        var list = HolidayListReader.Read(text, 2027).List!;
        Assert.Equal(["2027-10-01 rest", "2027-10-02 rest", "2027-10-03 rest", "2027-10-09 work"], list.Days.Select(day => $"{day.Day:yyyy-MM-dd} {(day.IsWorked ? "work" : "rest")}"));
    }

    [Fact]
    public void A_name_folded_over_two_lines_is_one() => Assert.Equal("国庆节", HolidayListReader.Read(Calendar, 2027).List!.Days[0].Name);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("date,kind", "empty")]
    [InlineData("{", "unreadable")]
    [InlineData("[]", "empty")]
    [InlineData("{}", "unreadable")]
    [InlineData("""{"days":[{"date":7,"isOffDay":true}]}""", "unreadable")]
    [InlineData("""{"years":{"2026":{}}}""", "year-missing")]
    [InlineData("2027-10-01,holiday\n2027-10-01,holiday", "day-twice 2027-10-01")]
    [InlineData("2027-10-01/2027-10-03,holiday\n2027-10-03/2027-10-05,holiday", "day-twice 2027-10-03")]
    [InlineData("2027-10-09,holiday\n2027-10-09,workday", "both 2027-10-09")]
    [InlineData("2027-10-08,workday", "workday-on-weekday 2027-10-08")]
    [InlineData("2026-10-01,holiday", "year-wrong 2026-10-01")]
    [InlineData("2027-02-29,holiday", "day-malformed 2027-02-29")]
    [InlineData("2027-10-05/2027-10-01,holiday", "day-malformed 2027-10-05/2027-10-01")]
    [InlineData("2027-10-01,festival", "day-malformed 2027-10-01,festival")]
    [InlineData("2027-01-01/2027-05-01,holiday", "day-malformed 2027-01-01/2027-05-01")] // 121 days
    [InlineData("2027-01-01/2027-04-30,holiday", "")] // 120 days
    [InlineData("2027-01-01/2027-04-30,holiday\n2027-05-01,holiday", "too-many")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20271001T090000Z\nEND:VEVENT", "day-malformed 20271001T090000Z ")]
    public void What_is_wrong_is_said_with_its_place(string text, string problem)
    {
        var file = HolidayListReader.Read(text, 2027);
        Assert.Equal(problem.Length == 0, file.List is not null);
        Assert.Equal(problem, string.Join('|', file.Problems.Select(found => found.Place.Length > 0 ? $"{found.Code} {found.Place}" : found.Code)));
    }

    [Fact]
    public void A_file_of_nonsense_gives_a_short_answer() =>
        Assert.Equal(HolidayListReader.MostProblems, HolidayListReader.Read(string.Concat(Enumerable.Repeat("2027-99-99,holiday\n", 5_000)), 2027).Problems.Count);
}
