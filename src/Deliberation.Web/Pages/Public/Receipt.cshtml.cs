using Deliberation.Features.Ballots;
using Deliberation.Web.Pages.Residents.Ballots;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using QRCoder;

namespace Deliberation.Web.Pages.Public;

/// <summary>A receipt at an address of its own that answers again next year. It says that, never what.</summary>
public sealed class ReceiptModel(Papers papers) : PageModel
{
    public ReceiptSlip Slip { get; private set; } = null!;

    public string Word { get; private set; } = "";

    /// <summary>Groups of four, to be read out and typed.</summary>
    public string Code => Slip.Code.Replace('-', ' ');

    public IReadOnlyList<CheckWord> Words => new Receipt(Slip.Code, Slip.ReceivedAt).Words;

    public IActionResult OnGet(string word)
    {
        if (papers.OpenReceipt(word) is not { } slip)
        {
            return NotFound();
        }

        (Slip, Word) = (slip, word);
        return Page();
    }

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
}
