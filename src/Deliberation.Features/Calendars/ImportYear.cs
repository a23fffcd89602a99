using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Calendars;

/// <summary>What a file with a year's holidays would change; nothing is changed. Refused with <c>calendar.year-invalid</c>, <c>calendar.too-large</c>.</summary>
/// <param name="Text">As <see cref="HolidayListReader"/> reads it.</param>
public sealed record PreviewYear(Caller Caller, CommunityId Community, int Year, string Text) : IQuery<YearPreview>
{
    public Audience Audience => Audience.Admin;
}

/// <param name="Problems">Empty when the list can be taken.</param>
/// <param name="Added">Days that are new or become something else.</param>
/// <param name="Removed">Days that the list no longer names.</param>
/// <param name="Rest">Days of rest in the whole list.</param>
/// <param name="Worked">Make-up workdays in it.</param>
public sealed record YearPreview(
    int Year, IReadOnlyList<HolidayProblem> Problems, IReadOnlyList<HolidayEntry> Added, IReadOnlyList<HolidayEntry> Removed, int Rest, int Worked)
{
    /// <summary>Open deadlines that it would move, soonest first.</summary>
    public IReadOnlyList<DeadlineMove> Moves { get; init; } = [];
}

/// <summary>An admin brings in the State Council's list of a year, in place of the one before; the year is announced from now on.
/// Refused with <c>calendar.year-invalid</c>, <c>calendar.too-large</c>, <c>calendar.list-unsound</c>, <c>calendar.nothing-changed</c>, <c>calendar.reason-length</c>.</summary>
/// <param name="Year">From last year to two years ahead.</param>
/// <param name="Reason">5 to 500 characters: which notice it is.</param>
public sealed record ImportYear(Caller Caller, CommunityId Community, int Year, string Text, string Reason) : ICommand<Done>
{
    /// <summary>Characters of a file, at most.</summary>
    public const int MostText = 65_536;

    public Audience Audience => Audience.Admin;
}

internal sealed class ImportYearHandler(CouncilSession session) : IRequestHandler<PreviewYear, Result<YearPreview>>, IRequestHandler<ImportYear, Result<Done>>
{
    public async Task<Result<YearPreview>> Handle(PreviewYear request, CancellationToken cancellationToken)
    {
        var calendar = await session.Connection.CalendarAsync(request.Community, cancellationToken);
        if (await RefuseAsync(calendar, request.Year, request.Text, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var (preview, list) = Compare(calendar, request.Year, request.Text);
        return list is null ? preview : preview with
        {
            Moves = await Recount.MovesAsync(
                session.Connection, request.Community, null, calendar.With(list), await session.Connection.CouncilNowAsync(cancellationToken), cancellationToken),
        };
    }

    public async Task<Result<Done>> Handle(ImportYear request, CancellationToken cancellationToken)
    {
        if (CalendarWriting.Reason(request.Reason) is not { } reason)
        {
            return CalendarRefusals.ReasonLength;
        }

        var connection = session.Connection;
        var calendar = await connection.LockCalendarAsync(request.Community, cancellationToken);
        if (await RefuseAsync(calendar, request.Year, request.Text, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var (preview, list) = Compare(calendar, request.Year, request.Text);
        if (list is null)
        {
            return Refusal.Invalid("calendar.list-unsound", nameof(ImportYear.Text), ("count", preview.Problems.Count));
        }

        if (calendar.IsKnown(request.Year) && preview is { Added.Count: 0, Removed.Count: 0 })
        {
            return CalendarRefusals.NothingChanged;
        }

        await connection.WriteYearAsync(request.Community, list, cancellationToken);
        JsonObject values = new() { ["year"] = $"{request.Year}", ["added"] = preview.Added.Count, ["removed"] = preview.Removed.Count };
        return await connection.FinishAsync(request.Caller, request.Community, nameof(ImportYear), "Import", values, reason, cancellationToken);
    }

    private async Task<Refusal?> RefuseAsync(WorkingCalendar calendar, int year, string text, CancellationToken cancellationToken)
    {
        var thisYear = calendar.DayOf(await session.Connection.CouncilNowAsync(cancellationToken)).Year;
        return year < thisYear - 1 || year > thisYear + 2 ? Refusal.Invalid("calendar.year-invalid", nameof(ImportYear.Year), ("first", thisYear - 1), ("last", thisYear + 2))
            : text.Length > ImportYear.MostText ? Refusal.Invalid("calendar.too-large", nameof(ImportYear.Text), ("most", ImportYear.MostText))
            : null;
    }

    private static (YearPreview Preview, HolidayList? List) Compare(WorkingCalendar calendar, int year, string text)
    {
        var file = HolidayListReader.Read(text, year);
        var before = calendar.Lists.FirstOrDefault(list => list.Year == year)?.Days ?? [];
        var after = file.List?.Days ?? [];
        var was = before.Select(day => (day.Day, day.IsWorked)).ToHashSet(); // another name of the same holiday moves nothing
        return (
            new YearPreview(
                year, file.Problems,
                [.. after.Where(day => !was.Contains((day.Day, day.IsWorked)))],
                file.List is null ? [] : [.. before.Where(day => after.All(now => now.Day != day.Day))],
                after.Count(day => !day.IsWorked), after.Count(day => day.IsWorked)),
            file.List);
    }
}
