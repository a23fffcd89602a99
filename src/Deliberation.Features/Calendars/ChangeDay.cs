using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Calendars;

/// <summary>What a day is in the list.</summary>
public enum DayKind
{
    /// <summary>Nothing: its weekday decides.</summary>
    Plain,

    /// <summary>A day of rest.</summary>
    Rest,

    /// <summary>A Saturday or Sunday that is worked.</summary>
    Worked,
}

/// <summary>An admin changes one day of a year that is announced. What was counted before stays as it was promised.
/// Refused with <c>calendar.day-missing</c>, <c>calendar.kind-missing</c>, <c>calendar.year-unknown</c>, <c>calendar.name-length</c>, <c>calendar.workday-on-weekday</c>, <c>calendar.too-many</c>,
/// <c>calendar.nothing-changed</c>, <c>calendar.reason-length</c>.</summary>
/// <param name="Name">Of the holiday, at most 40 characters; empty for none.</param>
/// <param name="Reason">5 to 500 characters.</param>
public sealed record ChangeDay(Caller Caller, CommunityId Community, DateOnly? Day, DayKind? Kind, string Name, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Open deadlines that a change of a day would move, soonest first; nothing is changed. Refused as <see cref="ChangeDay"/> is, reason apart.</summary>
public sealed record PreviewDay(Caller Caller, CommunityId Community, DateOnly? Day, DayKind? Kind) : IQuery<IReadOnlyList<DeadlineMove>>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class ChangeDayHandler(CouncilSession session) : IRequestHandler<ChangeDay, Result<Done>>, IRequestHandler<PreviewDay, Result<IReadOnlyList<DeadlineMove>>>
{
    public async Task<Result<IReadOnlyList<DeadlineMove>>> Handle(PreviewDay request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        return Changed(calendar, request.Day, request.Kind, "") switch
        {
            Result<HolidayList>.Accepted { Value: var list } => new Result<IReadOnlyList<DeadlineMove>>.Accepted(await Recount.MovesAsync(
                connection, request.Community, null, calendar.With(list), await connection.CouncilNowAsync(cancellationToken), cancellationToken)),
            var refused => ((Result<HolidayList>.Refused)refused).Reason,
        };
    }

    public async Task<Result<Done>> Handle(ChangeDay request, CancellationToken cancellationToken)
    {
        if (CalendarWriting.Reason(request.Reason) is not { } reason)
        {
            return CalendarRefusals.ReasonLength;
        }

        var connection = session.Connection;
        var calendar = await connection.LockCalendarAsync(request.Community, cancellationToken);
        var changed = Changed(calendar, request.Day, request.Kind, request.Name.Trim());
        if (changed is not Result<HolidayList>.Accepted { Value: var list })
        {
            return ((Result<HolidayList>.Refused)changed).Reason;
        }

        await connection.WriteYearAsync(request.Community, list, cancellationToken);
        JsonObject values = new()
        {
            ["day"] = request.Day!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["is"] = request.Kind.ToString(), ["name"] = request.Name.Trim(),
        };
        return await connection.FinishAsync(request.Caller, request.Community, nameof(ChangeDay), "Day", values, reason, cancellationToken);
    }

    private static Result<HolidayList> Changed(WorkingCalendar calendar, DateOnly? asked, DayKind? chosen, string name)
    {
        if (asked is not { } day || day.Year is < 2000 or > 2099)
        {
            return Refusal.Invalid("calendar.day-missing", nameof(ChangeDay.Day));
        }

        if (chosen is not { } kind || !Enum.IsDefined(kind))
        {
            return Refusal.Invalid("calendar.kind-missing", nameof(ChangeDay.Kind));
        }

        if (name.Length > 40)
        {
            return Refusal.Invalid("calendar.name-length", nameof(ChangeDay.Name), ("most", 40));
        }

        if (calendar.Lists.FirstOrDefault(list => list.Year == day.Year) is not { } before)
        {
            return Refusal.Conflict("calendar.year-unknown", ("year", day.Year));
        }

        List<HolidayEntry> days = [.. before.Days.Where(entry => entry.Day != day)];
        if (kind is not DayKind.Plain)
        {
            days.Add(new HolidayEntry(day, kind is DayKind.Worked, name));
        }

        return days.Order(ByDay).SequenceEqual(before.Days) ? CalendarRefusals.NothingChanged
            : days.Count > 0 && HolidayListReader.Check(day.Year, days).Problems is [var problem, ..] ? Refusal.Invalid($"calendar.{problem.Code}", nameof(ChangeDay.Kind))
            : new HolidayList(day.Year, days);
    }

    private static readonly Comparer<HolidayEntry> ByDay = Comparer<HolidayEntry>.Create((one, other) => one.Day.CompareTo(other.Day));
}
