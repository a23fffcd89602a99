using Deliberation.Domain;
using Deliberation.Features.Ledger;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>The community's log of votes (台账): how long it is, who signed it last, and how to recount it without us.</summary>
public sealed class LedgerModel(IMediator mediator, ITexts texts) : PageModel
{
    public LedgerView Ledger { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetLedger(User.Caller(), HttpContext.Frame().CommunityId), cancellationToken);
        if (answer is Result<LedgerView>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Ledger = answer.Require();
        return Page();
    }
}
