using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Access;
using Deliberation.Web.Pages.Residents.Ballots;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>The receipts of one paper with several questions, a code each, at an address that answers again next year. It says that, never what.</summary>
public sealed class PaperReceiptModel(IMediator mediator, Papers papers) : PageModel
{
    public PaperSlip Slip { get; private set; } = null!;

    /// <summary>Each code with what it stands for now.</summary>
    public IReadOnlyList<(string Code, ReceiptStatus Status)> Receipts { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string word, CancellationToken cancellationToken)
    {
        if (papers.OpenPaperReceipt(word) is not { } slip)
        {
            return NotFound();
        }

        Slip = slip;
        var receipts = new List<(string, ReceiptStatus)>();
        foreach (var code in slip.Codes)
        {
            receipts.Add((code, (await mediator.Send(new VerifyReceipt(User.Caller(), new CommunityId(slip.Community), code), cancellationToken)).Require()));
        }

        Receipts = receipts;
        return Page();
    }
}
