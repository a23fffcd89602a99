using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Papers to print and cut (选票): question, options, serial with its QR code, and how to fill it in.</summary>
public sealed class PaperPrintModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Only this station's; all when empty.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Station { get; set; }

    public PaperDeskView Desk { get; private set; } = null!;

    public BallotView Ballot => Desk.Ballot;

    public IReadOnlyList<PaperToPrint> Papers { get; private set; } = [];

    /// <summary>A serial as a QR picture in SVG: a hand scanner types it.</summary>
    public static string Qr(string serial)
    {
        using var generator = new QRCoder.QRCodeGenerator();
        using var data = generator.CreateQrCode(serial, QRCoder.QRCodeGenerator.ECCLevel.M);
        using var svg = new QRCoder.SvgQRCode(data);
        return svg.GetGraphic(6, "#000000", "#ffffff", sizingMode: QRCoder.SvgQRCode.SizingMode.ViewBoxAttribute);
    }

    public static string Printed(PaperToPrint paper) => PaperSerial.Format(paper.Serial);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetPaperDesk(Caller, Community, new BallotId(Id)), desk => Desk = desk, cancellationToken)
        ?? await AskAsync(new ListPapersToPrint(Caller, Community, new BallotId(Id), string.IsNullOrEmpty(Station) ? null : Station), papers => Papers = papers, cancellationToken);
}
