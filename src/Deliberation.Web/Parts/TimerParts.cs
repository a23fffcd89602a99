using System.Globalization;
using Deliberation.Features.Timers;
using Deliberation.Web.Language;

namespace Deliberation.Web.Parts;

/// <summary>Model of <c>_Timers</c>: the same for admins, who act, and officials, who look on.</summary>
/// <param name="Act">What was sent and came back; null for those who only look.</param>
public sealed record TimersPart(TimersPage Timers, TimerActPart? Act);

/// <summary>Model of <c>_TimerAct</c>: fires, moves, holds or lets go on one timer.</summary>
/// <param name="Used">Bookmark of the form that was sent; null when none was.</param>
/// <param name="To">As typed, China's time.</param>
public sealed record TimerActPart(string? Used, string? To, string? Reason)
{
    /// <summary>Whose form this is.</summary>
    public TimerLine Timer { get; init; } = null!;

    public bool IsUsed => Used == Timer.BookmarkId;
}

/// <summary>Model of <c>_HourBars</c>: one bar an hour.</summary>
/// <param name="Sentence">The same in words.</param>
/// <param name="From">Under the first bar.</param>
/// <param name="To">Under the last.</param>
public sealed record HourBarsPart(string Caption, string Sentence, IReadOnlyList<double> Values, string From, string To)
{
    private const double MostRem = 3.6;
    private double Most => Math.Max(1, Values.Max());

    /// <summary>Left edge of a bar.</summary>
    public string Left(int hour) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * hour / Values.Count:0.##}%");

    public string Width => string.Create(CultureInfo.InvariantCulture, $"{85.0 / Values.Count:0.##}%");

    public string Top(int hour) => Rem(MostRem - Height(hour));

    public string Tall(int hour) => Rem(Height(hour));

    private double Height(int hour) => MostRem * Values[hour] / Most;

    private static string Rem(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.###}rem");
}

/// <summary>Timers in words.</summary>
public static class TimerWords
{
    /// <summary>What ends, reminds or climbs: the timer's word and what the step is called.</summary>
    public static string What(ITexts texts, TimerLine timer) => What(texts, timer.Name, timer.Title ?? Kind(texts, timer));

    /// <inheritdoc cref="What(ITexts, TimerLine)"/>
    public static string What(ITexts texts, FiredTimerLine timer) => What(texts, timer.Name, timer.Title);

    /// <summary>The kind of step; null when it has no word.</summary>
    public static string? Kind(ITexts texts, TimerLine timer) => texts.Has($"activity.{timer.ActivityType}") ? texts[$"activity.{timer.ActivityType}"] : null;

    private static string What(ITexts texts, string name, string? step) => (texts.Has($"timer-name.{name}"), step) switch
    {
        (true, null) => texts[$"timer-name.{name}"],
        (true, _) => $"{texts[$"timer-name.{name}"]} · {step}",
        (false, null) => texts.Has($"activity.{name}") ? texts[$"activity.{name}"] : name,
        _ => step,
    };

    /// <summary>A percentile in words.</summary>
    public static string About(ITexts texts, long milliseconds) =>
        milliseconds < 1_000 ? Due.Lateness(texts, milliseconds) : texts.Get("timers.about", new { late = Due.Lateness(texts, milliseconds) });
}
