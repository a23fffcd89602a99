using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>How many took part and how many are still needed. Never a choice before the close.</summary>
public sealed class TrackerModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? PauseReason { get; set; }

    [BindProperty]
    public string? ExtendDays { get; set; }

    [BindProperty]
    public string? ExtendReason { get; set; }

    public BallotTracker Tracker { get; private set; } = null!;

    private BallotId Ballot => new(Id);

    public Task<IActionResult> OnPostRemindAsync(CancellationToken cancellationToken) =>
        ActAsync(new RemindNow(Caller, Community, Ballot), "reminded", cancellationToken, count: sent => sent);

    public Task<IActionResult> OnPostPauseAsync(CancellationToken cancellationToken) =>
        ActAsync(new PauseBallot(Caller, Community, Ballot, PauseReason ?? ""), "ballot-paused", cancellationToken);

    public Task<IActionResult> OnPostResumeAsync(CancellationToken cancellationToken) =>
        ActAsync(new ResumeBallot(Caller, Community, Ballot), "ballot-resumed", cancellationToken);

    public Task<IActionResult> OnPostExtendAsync(CancellationToken cancellationToken) => ActAsync(
        new ExtendBallot(Caller, Community, Ballot, int.TryParse(ExtendDays, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : 0, ExtendReason ?? ""),
        "ballot-extended", cancellationToken, field: named => named == "days" ? nameof(ExtendDays) : nameof(ExtendReason));

    public Task<IActionResult> OnPostDeclareAsync(CancellationToken cancellationToken) =>
        ActAsync(new DeclareBallot(Caller, Community, Ballot), "ballot-declared", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetTracker(Caller, Community, Ballot), tracker => Tracker = tracker, cancellationToken);
}
