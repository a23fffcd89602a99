using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Notifications;
using Deliberation.Process.Calendar;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Api;

/// <summary>Meetings and deadlines of the signed-in resident as a calendar file, all or one.</summary>
internal static class Calendar
{
    private static readonly TimeSpan Meeting = TimeSpan.FromHours(2); // a meeting's end is not planned; calendars want one

    public static void MapCalendar(this IEndpointRouteBuilder app)
    {
        app.MapGet("/calendar.ics", (HttpContext context, IMediator mediator, ITexts texts, CancellationToken cancellationToken) => SendAsync(null, context, mediator, texts, cancellationToken))
            .RequireAuthorization(Policies.Resident).ExcludeFromDescription();
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

        var calendar = answer.Require();
        var file = CalendarFile.Write(
            calendar.Dates.Select(date => new CalendarEntry(
                $"{date.Id}@deliberation",
                date.Sequence,
                date.Kind == "meeting" ? date.Title : texts.Get("calendar.ballot", new { question = date.Title }),
                date.At,
                date.Kind == "meeting" ? date.At + Meeting : null,
                date.Place,
                $"{context.Request.Scheme}://{context.Request.Host}/{date.Kind}s/{date.Id}",
                date.IsCancelled)),
            calendar.Now);
        context.Response.Headers.CacheControl = "no-store"; // it says on which rolls somebody is
        return TypedResults.File(Encoding.UTF8.GetBytes(file), "text/calendar; charset=utf-8", only is null ? "council.ics" : $"{only}.ics");
    }
}
