using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Access;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ledger;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Residents.Ballots;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using QRCoder;

namespace Deliberation.Web.Pages.Public;

/// <summary>A receipt at an address of its own that answers again next year. It says that, never what.</summary>
public sealed class ReceiptModel(Papers papers, IMediator mediator, CommunityDirectory communities) : PageModel
{
    public ReceiptSlip Slip { get; private set; } = null!;

    public string Word { get; private set; } = "";

    /// <summary>Groups of four, to be read out and typed.</summary>
    public string Code => Slip.Code.Replace('-', ' ');

    public IReadOnlyList<CheckWord> Words => new Receipt(Slip.Code, Slip.ReceivedAt).Words;

    /// <summary>The promise or the proof; null for a ballot without a log.</summary>
    public ReceiptEvidence? Evidence { get; private set; }

    public async Task<IActionResult> OnGetAsync(string word, CancellationToken cancellationToken)
    {
        if (papers.OpenReceipt(word) is not { } slip)
        {
            return NotFound();
        }

        (Slip, Word) = (slip, word);
        Evidence = await EvidenceAsync(slip, cancellationToken);
        return Page();
    }

    /// <summary>Promise or proof as a text to keep: it checks without us.</summary>
    public async Task<IActionResult> OnGetEvidenceAsync(string word, CancellationToken cancellationToken) =>
        papers.OpenReceipt(word) is { } slip && (await EvidenceAsync(slip, cancellationToken))?.Text is { } text
            ? File(Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", "receipt.txt")
            : NotFound();

    /// <summary>The QR as a picture, since phones keep pictures by a long press: leads to the page that verifies.</summary>
    public IActionResult OnGetPicture(string word)
    {
        if (papers.OpenReceipt(word) is not { } slip)
        {
            return NotFound();
        }

        using var qr = QRCodeGenerator.GenerateQrCode($"{Request.Scheme}://{Request.Host}/verify?code={slip.Code}", QRCodeGenerator.ECCLevel.M);
        using var png = new PngByteQRCode(qr);
        return File(png.GetGraphic(8), "image/png");
    }

    private async Task<ReceiptEvidence?> EvidenceAsync(ReceiptSlip slip, CancellationToken cancellationToken)
    {
        var community = (await communities.ByCodeAsync(slip.Code, cancellationToken))?.Id ?? HttpContext.Frame().CommunityId;
        return await mediator.Send(new GetReceiptEvidence(User.Caller(), community, slip.Code), cancellationToken) is Result<ReceiptEvidence>.Accepted { Value: var evidence }
            ? evidence
            : null;
    }
}
