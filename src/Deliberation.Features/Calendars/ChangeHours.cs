using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Calendars;

/// <summary>An admin changes when the community works and when its messages keep quiet.
/// Refused with <c>calendar.time-missing</c>, <c>calendar.hours-order</c>, <c>calendar.quiet-too-long</c>, <c>calendar.nothing-changed</c>, <c>calendar.reason-length</c>.</summary>
/// <param name="Quiet">At most 14 hours, may pass midnight; from and until alike = never quiet. Null = a time was not readable.</param>
/// <param name="Morning">Before <paramref name="Afternoon"/>; both begin before they end.</param>
/// <param name="Reason">5 to 500 characters.</param>
public sealed record ChangeHours(Caller Caller, CommunityId Community, DaySpan? Quiet, DaySpan? Morning, DaySpan? Afternoon, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class ChangeHoursHandler(CouncilSession session) : IRequestHandler<ChangeHours, Result<Done>>
{
    /// <summary>Longer, and a message would come too late for what it is about.</summary>
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromHours(14);

    public async Task<Result<Done>> Handle(ChangeHours request, CancellationToken cancellationToken)
    {
        if (request is not { Quiet: { } quiet, Morning: { } morning, Afternoon: { } afternoon })
        {
            return Refusal.Invalid("calendar.time-missing", request.Quiet is null ? "QuietFrom" : "MorningFrom");
        }

        if (morning.From >= morning.Until || morning.Until > afternoon.From || afternoon.From >= afternoon.Until)
        {
            return Refusal.Invalid("calendar.hours-order", "MorningFrom");
        }

        if (quiet.Until - quiet.From > LongestQuiet) // TimeOnly's difference goes round midnight
        {
            return Refusal.Invalid("calendar.quiet-too-long", "QuietFrom", ("most", (int)LongestQuiet.TotalHours));
        }

        if (CalendarWriting.Reason(request.Reason) is not { } reason)
        {
            return CalendarRefusals.ReasonLength;
        }

        var connection = session.Connection;
        var calendar = await connection.LockCalendarAsync(request.Community, cancellationToken);
        if (calendar.Quiet == quiet && calendar.Hours.SequenceEqual([morning, afternoon]))
        {
            return CalendarRefusals.NothingChanged;
        }

        await connection.RunAsync(
            """
            update community_calendar set quiet_from = @quietFrom::time, quiet_until = @quietUntil::time, morning_from = @morningFrom::time,
                morning_until = @morningUntil::time, afternoon_from = @afternoonFrom::time, afternoon_until = @afternoonUntil::time
            where community_id = @Community
            """,
            new
            {
                request.Community,
                quietFrom = Clock(quiet.From),
                quietUntil = Clock(quiet.Until),
                morningFrom = Clock(morning.From),
                morningUntil = Clock(morning.Until),
                afternoonFrom = Clock(afternoon.From),
                afternoonUntil = Clock(afternoon.Until),
            },
            cancellationToken);
        JsonObject values = new()
        {
            ["morning"] = $"{Clock(morning.From)}–{Clock(morning.Until)}",
            ["afternoon"] = $"{Clock(afternoon.From)}–{Clock(afternoon.Until)}",
            ["quiet"] = $"{Clock(quiet.From)}–{Clock(quiet.Until)}",
        };
        return await connection.FinishAsync(request.Caller, request.Community, nameof(ChangeHours), "Hours", values, reason, cancellationToken);
    }

    private static string Clock(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
