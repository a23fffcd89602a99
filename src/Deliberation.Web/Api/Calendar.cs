using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Notifications;
using Deliberation.Process.Calendar;
using Deliberation.Process.Texts;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Deliberation.Web.Api;

/// <summary>Meetings and deadlines as a calendar file: of the signed-in resident, all or one, and of whoever made a secret link.</summary>
internal static class Calendar
{
    private static readonly TimeSpan Meeting = TimeSpan.FromHours(2); // a meeting's end is not planned; calendars want one

    public static void MapCalendar(this IEndpointRouteBuilder app)
    {
        app.MapGet("/calendar.ics", (HttpContext context, IMediator mediator, ITexts texts, CancellationToken cancellationToken) => SendAsync(null, context, mediator, texts, cancellationToken))
            .RequireAuthorization(Policies.Resident).ExcludeFromDescription();
        app.MapGet("/calendar/feed.ics", SendFeedAsync).AllowAnonymous().ExcludeFromDescription(); // the link is the key; in the query, which no trace records
        app.MapGet("/calendar/{id:guid}.ics", (Guid id, HttpContext context, IMediator mediator, ITexts texts, CancellationToken cancellationToken) => SendAsync(id, context, mediator, texts, cancellationToken))
            .RequireAuthorization(Policies.Resident).ExcludeFromDescription();
    }

    private static async Task<IResult> SendAsync(Guid? only, HttpContext context, IMediator mediator, ITexts texts, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetCalendar(context.User.Caller(), context.Frame().CommunityId, only), cancellationToken);
        if (answer is Result<CalendarDates>.Refused { Reason: var reason })
        {
            return context.Problem(reason);
        }

        return File(answer.Require(), texts, context, only is null ? "council.ics" : $"{only}.ics");
    }

    private static async Task<IResult> SendFeedAsync(string? key, HttpContext context, IMediator mediator, TextCatalog catalog, CancellationToken cancellationToken) =>
        await mediator.Send(new ReadCalendarFeed(key ?? ""), cancellationToken) is Result<CalendarDates>.Accepted { Value: var calendar }
            ? File(calendar, new Texts(catalog, calendar.Locale ?? "zh-Hans", null), context, "council.ics")
            : TypedResults.NotFound();

    private static FileContentHttpResult File(CalendarDates calendar, ITexts texts, HttpContext context, string name)
    {
        var file = CalendarFile.Write(
            calendar.Dates.Select(date => new CalendarEntry(
                $"{date.Id}@deliberation",
                date.Sequence,
                date.Kind switch { "ballot" => texts.Get("calendar.ballot", new { question = date.Title }), "staff/task" or "board/order" => texts.Get("calendar.task", new { task = date.Title }), _ => date.Title },
                date.At,
                date.Kind.EndsWith("meeting", StringComparison.Ordinal) ? date.At + Meeting : null,
                date.Place,
                $"{context.Request.Scheme}://{context.Request.Host}/{date.Kind}s/{date.Id}",
                date.IsCancelled)),
            calendar.Now);
        context.Response.Headers.CacheControl = "no-store"; // it says on which rolls somebody is
        return TypedResults.File(Encoding.UTF8.GetBytes(file), "text/calendar; charset=utf-8", name);
    }
}
