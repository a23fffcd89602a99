using System.Globalization;
using System.Text.Json;

namespace Deliberation.Process.Calendar;

/// <summary>The holiday lists that come with the program. A community may replace each year by its own.</summary>
public static class ShippedHolidays
{
    /// <summary>By year.</summary>
    public static IReadOnlyList<HolidayList> Lists { get; } = Load();

    private static HolidayList[] Load()
    {
        using var stream = typeof(ShippedHolidays).Assembly.GetManifestResourceStream("Deliberation.Process.Calendar.holidays-cn.json")
            ?? throw new InvalidOperationException("The holiday list is not embedded.");
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        using var document = JsonDocument.Parse(text);
        return
        [
            .. document.RootElement.GetProperty("years").EnumerateObject()
                .Select(year => HolidayListReader.Read(text, int.Parse(year.Name, CultureInfo.InvariantCulture)).List
                    ?? throw new JsonException($"The embedded holiday list of {year.Name} is not sound."))
                .OrderBy(list => list.Year),
        ];
    }
}
