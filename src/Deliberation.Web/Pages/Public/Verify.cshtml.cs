using Deliberation.Domain;
using Deliberation.Features.Access;
using Deliberation.Features.Ballots;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>Anybody may ask whether a receipt is counted. A wrong code and an unknown one get the same answer.</summary>
public sealed class VerifyModel(IMediator mediator, ITexts texts, CommunityDirectory communities) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    /// <summary>Null until a code was asked about.</summary>
    public ReceiptStatus? Status { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (Code is null)
        {
            return Page();
        }

        if (Code.Trim().Length is 0 or > 60)
        {
            ModelState.AddModelError(nameof(Code), texts["verify.code-missing"]);
            return this.Invalid();
        }

        var code = Code.Trim().Replace(' ', '-');
        var community = (await communities.ByCodeAsync(code, cancellationToken))?.Id ?? HttpContext.Frame().CommunityId;
        var answer = await mediator.Send(new VerifyReceipt(User.Caller(), community, code), cancellationToken);
        Status = answer is Result<ReceiptStatus>.Accepted { Value: var status } ? status : ReceiptStatus.Unknown;
        return Page();
    }
}
