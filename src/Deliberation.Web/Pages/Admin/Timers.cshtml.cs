using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Timers;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>Timers (定时): overdue with the reason, the next 24 hours, what fired and how late.</summary>
public sealed class TimersModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    [BindProperty]
    public Guid Instance { get; set; }

    [BindProperty]
    public string? Bookmark { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Where it is moved to, China's time, as <c>datetime-local</c> sends it.</summary>
    [BindProperty]
    public string? To { get; set; }

    public TimersPage Timers { get; private set; } = null!;

    public Task<IActionResult> OnPostFireAsync(CancellationToken cancellationToken) =>
        ActAsync(new FireTimer(Caller, Community, Instance, Bookmark ?? "", Reason ?? ""), "timer-fired", cancellationToken);

    public async Task<IActionResult> OnPostMoveAsync(CancellationToken cancellationToken)
    {
        if (!DateTime.TryParseExact(To, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            ModelState.AddModelError(nameof(To), Texts["form.not-a-time"]);
            return await AgainAsync(null, cancellationToken);
        }

        return await ActAsync(
            new RescheduleTimer(Caller, Community, Instance, Bookmark ?? "", new DateTimeOffset(local, China), Reason ?? ""), "timer-moved", cancellationToken);
    }

    public Task<IActionResult> OnPostHoldAsync(CancellationToken cancellationToken) =>
        ActAsync(new HoldTimer(Caller, Community, Instance, Bookmark ?? "", Reason ?? ""), "timer-held", cancellationToken);

    public Task<IActionResult> OnPostReleaseAsync(CancellationToken cancellationToken) =>
        ActAsync(new ReleaseTimer(Caller, Community, Instance, Bookmark ?? "", Reason ?? ""), "timer-released", cancellationToken);

    public Task<IActionResult> OnPostRetryAsync(CancellationToken cancellationToken) =>
        ActAsync(new RetryParked(Caller, Community, Instance, Reason ?? ""), "parked-released", cancellationToken, count: released => released);

    /// <summary>By changed calendars.</summary>
    public IReadOnlyList<MovedDeadline> Moved { get; private set; } = [];

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new ListTimers(Caller, Community, Texts.Language), page => Timers = page, cancellationToken)
        ?? await AskAsync(new ListDeadlineMoves(Caller, Community, null), moved => Moved = moved, cancellationToken);
}
