using Deliberation.Domain;
using Deliberation.Features.Notifications;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages;

/// <summary>How we reach you: the same for residents and staff.</summary>
public abstract class ReachPage(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? Channel { get; set; }

    /// <summary>Null: each message by itself.</summary>
    [BindProperty]
    public int? DigestHour { get; set; }

    /// <summary>Topics that are not muted.</summary>
    [BindProperty]
    public IReadOnlyList<string> Heard { get; set; } = [];

    [BindProperty]
    public string? Locale { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    public Contact Contact { get; private set; } = null!;

    /// <summary>Null unless it was made with this request.</summary>
    public string? FeedLink { get; private set; }

    /// <summary>The choice was sent and is shown as it was typed.</summary>
    public bool IsTyped => Locale is not null;

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => ActAsync(
        new ChooseContact(Caller, Community, Channel, DigestHour, [.. (Caller.Resident is null ? MessageTopics.OfStaff : MessageTopics.OfResidents).Except(Heard)], Locale), "reach", cancellationToken);

    public Task<IActionResult> OnPostEmailAsync(CancellationToken cancellationToken) => ActAsync(new AskEmailCode(Caller, Community, Email), "reach-code", cancellationToken);

    public Task<IActionResult> OnPostCodeAsync(CancellationToken cancellationToken) => ActAsync(new ConfirmEmail(Caller, Community, Code), "reach-email", cancellationToken);

    /// <summary>Makes a new calendar link and shows it, this once.</summary>
    public async Task<IActionResult> OnPostFeedAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new RenewCalendarFeed(Caller, Community), secret => FeedLink = $"{Request.Scheme}://{Request.Host}/calendar/feed.ics?key={secret}", cancellationToken) is { } refusal)
        {
            return await AgainAsync(refusal, cancellationToken);
        }

        return await OnGetAsync(cancellationToken);
    }

    public Task<IActionResult> OnPostFeedCloseAsync(CancellationToken cancellationToken) => ActAsync(new CloseCalendarFeed(Caller, Community), "feed-closed", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new GetContact(Caller, Community), contact => Contact = contact, cancellationToken);
}
