using Deliberation.Domain;
using Deliberation.Features.Notices;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>A public notice (公示): anybody reads, residents object with a reason until it ends.</summary>
public sealed class NoticeModel(IMediator mediator, ITexts texts) : PageModel
{
    public const int LongestReason = 2000;

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Why the objector asks the level above.</summary>
    [BindProperty]
    public string? Again { get; set; }

    [BindProperty]
    public Guid Objection { get; set; }

    /// <summary>True right after the level above was asked.</summary>
    public bool HasAsked { get; private set; }

    public NoticePage Notice { get; private set; } = null!;

    /// <summary>True right after an objection was filed.</summary>
    public bool IsFiled { get; private set; }

    /// <summary>What came of an ended notice.</summary>
    public string Upshot =>
        Notice.Objections.Any(o => o.State is "Open" or "AskedAgain") ? "Waiting"
        : Notice.Objections.Any(o => o.State == "Upheld") ? "Upheld"
        : Notice.Objections.Count == 0 ? "None"
        : "Dismissed";

    public async Task<IActionResult> OnGetAsync(Guid id, bool filed, bool asked, CancellationToken cancellationToken)
    {
        (IsFiled, HasAsked) = (filed, asked);
        return await ReadAsync(id, cancellationToken) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        if (string.IsNullOrWhiteSpace(Reason))
        {
            ModelState.AddModelError(nameof(Reason), texts["notice.reason-missing"]);
        }
        else if (Reason.Length > LongestReason)
        {
            ModelState.AddModelError(nameof(Reason), texts.Get("form.too-long", new { most = LongestReason, length = Reason.Length }));
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var answer = await mediator.Send(new FileObjection(User.Caller(), HttpContext.Frame().CommunityId, id, Reason!.Trim()), cancellationToken);
        return answer is Result<Guid>.Refused { Reason: var reason }
            ? this.Refuse(reason, texts, nameof(Reason))
            : Redirect($"/notices/{id}?filed=true");
    }

    public async Task<IActionResult> OnPostAgainAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        var answer = await mediator.Send(new AskAgain(User.Caller(), HttpContext.Frame().CommunityId, Objection, Again ?? ""), cancellationToken);
        return answer is Result<Done>.Refused { Reason: var reason } ? this.Refuse(reason, texts, nameof(Again)) : Redirect($"/notices/{id}?asked=true");
    }

    private async Task<IActionResult?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetNotice(User.Caller(), HttpContext.Frame().CommunityId, id), cancellationToken);
        if (answer is Result<NoticePage>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Notice = answer.Require();
        return null;
    }
}
