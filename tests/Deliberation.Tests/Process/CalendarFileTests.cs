using System.Text;
using Deliberation.Process.Calendar;

namespace Deliberation.Tests.Process;

/// <summary>Folding and escaping at their edges; another program reads whole files in the integration tests.</summary>
public sealed class CalendarFileTests
{
    private static readonly DateTimeOffset Noon = new(2026, 10, 1, 12, 0, 0, TimeSpan.FromHours(8));

    [Theory]
    [InlineData(67, 1)] // SUMMARY: and 67 letters are 75 octets
    [InlineData(68, 2)]
    [InlineData(67 + 74, 2)] // a line that goes on begins with a space
    [InlineData(67 + 75, 3)]
    public void A_line_has_75_octets_at_most(int letters, int lines) => Assert.Equal(lines, SummaryLines(new string('x', letters)).Count);

    [Fact]
    public void A_character_is_never_cut()
    {
        var lines = SummaryLines(new string('会', 60) + "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂");
        Assert.All(lines, line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, 75));
        Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    [Fact]
    public void A_title_ends_neither_its_line_nor_its_value() =>
        Assert.Equal(@"SUMMARY:a\, b\; c\\ d\nBEGIN:VEVENT", Assert.Single(SummaryLines("a, b; c\\ d\r\nBEGIN:VEVENT\u0007")));

    [Fact]
    public void Instants_are_in_utc() => Assert.Contains("DTSTART:20261001T040000Z\r\n", Write("x"), StringComparison.Ordinal);

    private static List<string> SummaryLines(string title)
    {
        var lines = Write(title).Split("\r\n").ToList();
        var first = lines.FindIndex(line => line.StartsWith("SUMMARY:", StringComparison.Ordinal));
        return [lines[first], .. lines.Skip(first + 1).TakeWhile(line => line.StartsWith(' '))];
    }

    private static string Write(string title) => CalendarFile.Write([new CalendarEntry("1@x", 0, title, Noon, null, "", null, false)], Noon);
}
