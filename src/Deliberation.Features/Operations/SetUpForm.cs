using System.Text.RegularExpressions;
using Deliberation.Domain;
using Deliberation.Features.Access;
using Deliberation.Process.Calendar;

namespace Deliberation.Features.Operations;

/// <summary>What the first run asks: one community and its first admin.</summary>
/// <param name="Kind">Urban or Village.</param>
/// <param name="ShortCode">First part of slips and tracking codes: 2 to 20 small letters and digits, a letter first.</param>
/// <param name="TimeZone">IANA name; a zone on the calendar's time.</param>
public sealed partial record SetUpForm(
    string Name,
    string Kind,
    string ShortCode,
    string Subdistrict,
    string District,
    string Phone,
    string OfficeHours,
    string TimeZone,
    string Login,
    string DisplayName,
    string Password)
{
    /// <summary>Everything wrong with it, each at its field; empty when nothing is.</summary>
    public IReadOnlyList<Refusal> Problems()
    {
        List<Refusal?> problems =
        [
            TextProblem(Name, nameof(Name), 60),
            Kind is "Urban" or "Village" ? null : Refusal.Invalid("set-up.kind-missing", nameof(Kind)),
            ShortCodePattern.IsMatch(ShortCode) ? null : Refusal.Invalid("set-up.code-malformed", nameof(ShortCode), ("least", 2), ("most", 20)),
            TextProblem(Subdistrict, nameof(Subdistrict), 60),
            TextProblem(District, nameof(District), 60),
            PhonePattern.IsMatch(Phone) ? null : Refusal.Invalid("set-up.phone-malformed", nameof(Phone), ("least", 3), ("most", 40)),
            TextProblem(OfficeHours, nameof(OfficeHours), 100),
            IsOnTheCalendarsTime(TimeZone) ? null : Refusal.Invalid("set-up.zone-unfit", nameof(TimeZone), ("zone", WorkingCalendar.China.Zone.Id)),
            StaffRules.LoginProblem(Login, nameof(Login)),
            TextProblem(DisplayName, nameof(DisplayName), 60),
            StaffRules.PasswordProblem(Password, Login, nameof(Password)),
        ];
        return [.. problems.OfType<Refusal>()];
    }

    private static Refusal? TextProblem(string text, string field, int most) =>
        text.Length >= 1 && text.Length <= most && !text.Any(char.IsControl) ? null : Refusal.Invalid("set-up.text-length", field, ("most", most), ("length", text.Length));

    /// <summary>Working days and closing hours are reckoned by one calendar: a zone with another time would be promised other hours than it gets.</summary>
    private static bool IsOnTheCalendarsTime(string zone) =>
        zone.Contains('/', StringComparison.Ordinal)
        && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
        && found.BaseUtcOffset == WorkingCalendar.China.Zone.BaseUtcOffset
        && found.GetAdjustmentRules().All(rule => rule.DateEnd.Year < 2000 || rule.DaylightDelta == TimeSpan.Zero);

    [GeneratedRegex("^[a-z][a-z0-9]{1,19}$")]
    private static partial Regex ShortCodePattern { get; }

    [GeneratedRegex("^[0-9+][0-9 ()-]{2,39}$")]
    private static partial Regex PhonePattern { get; }
}
