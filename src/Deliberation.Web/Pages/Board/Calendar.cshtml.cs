using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Board;

/// <summary>The working calendar (工作日历) of the community, to read.</summary>
public sealed class CalendarModel(IMediator mediator, ITexts texts) : CalendarDesk(mediator, texts);

/// <summary>What a page about one year of the calendar has.</summary>
public abstract class CalendarDesk(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true, Name = "year")]
    public string? YearAsked { get; set; }

    public CalendarPage Calendar { get; private set; } = null!;

    /// <summary>Last year to two years ahead.</summary>
    public ChipsPart Years() => new(Texts["calendar.years"], [.. Enumerable.Range(Calendar.Today.Year - 1, 4).Select(year => new Chip($"{year}", With("year", $"{year}"), year == Calendar.Year))]);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetCalendar(Caller, Community, int.TryParse(YearAsked, out var year) ? year : null), page => Calendar = page, cancellationToken);
}
