using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Operations;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Deliberation.Web.Pages.Dev;

/// <summary>Mailbox of the demo: every message that would have been sent, with its reason, and the demo's clock. Absent outside Development.</summary>
public sealed class OutboxModel(IMediator mediator, ITexts texts, IHostEnvironment environment) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public string? Channel { get; set; }

    public Paged<MessageLine> Messages { get; private set; } = null!;

    public DateTimeOffset Now { get; private set; }

    public override Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (environment.IsDevelopment())
        {
            return next();
        }

        context.Result = NotFound();
        return Task.CompletedTask;
    }

    public Task<IActionResult> OnPostClockAsync(ClockStep step, CancellationToken cancellationToken) =>
        ActAsync(new AdvanceClock(Caller, Community, step), "clock-advanced", cancellationToken);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        Now = await NowAsync(cancellationToken);
        return await AskAsync(
            new ListMessages(Caller, Community, null, string.IsNullOrEmpty(Channel) ? null : Channel, PageAsked(30), IsMailbox: true), list => Messages = list, cancellationToken);
    }
}
