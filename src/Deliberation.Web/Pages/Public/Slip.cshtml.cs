using Deliberation.Domain;
using Deliberation.Features.Residents;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>Where the QR of a slip leads. Looking uses nothing up: previews and scanners may open the address. Only the button comes in, and leads to an address without the slip.</summary>
public sealed class SlipModel(IMediator mediator, ITexts texts) : PageModel
{
    [BindProperty]
    public Guid? Person { get; set; }

    public SlipView Slip { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string token, CancellationToken cancellationToken) =>
        await ReadAsync(token, cancellationToken) ?? Page();

    public async Task<IActionResult> OnPostAsync(string token, CancellationToken cancellationToken)
    {
        if (await ReadAsync(token, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        if (Slip.People.Count > 1 && Person is null)
        {
            ModelState.AddModelError(nameof(Person), texts["enter.choose-person"]);
            return this.Invalid();
        }

        ResidentId? person = Person is { } id ? new ResidentId(id) : null;
        switch (await mediator.Send(new EnterBySlip(User.Caller(), Slip.Community, token, person), cancellationToken))
        {
            case Result<EntryAnswer>.Refused { Reason: var reason }:
                return this.Refuse(reason, texts);
            case Result<EntryAnswer>.Accepted { Value: { Secret: { } secret } }:
                await ResidentCookie.BeginAsync(HttpContext, secret);
                return Redirect("/");
            default:
                ModelState.AddModelError(nameof(Person), texts["enter.choose-person"]);
                return this.Invalid();
        }
    }

    /// <returns>Null when the slip may be shown.</returns>
    private async Task<IActionResult?> ReadAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > 100)
        {
            return NotFound();
        }

        var answer = await mediator.Send(new ReadSlip(User.Caller(), HttpContext.Frame().CommunityId, token), cancellationToken);
        if (answer is Result<SlipView>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Slip = answer.Require();
        return null;
    }
}
