using Deliberation.Domain;
using Deliberation.Domain.Photos;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Reads paper ballots one by one (纸票录入), by keys alone: serial, Enter; choice, Enter. Shows where a paper was given out, never whose it is, what another read, or a total.</summary>
[RequestSizeLimit(LargestBody)]
public sealed class PaperModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    private const long LargestBody = PhotoFile.Largest + (1 << 16);

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>As typed or scanned.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Serial { get; set; }

    [BindProperty]
    public string? Witness { get; set; }

    /// <summary>What the paper says.</summary>
    [BindProperty]
    public string? Mark { get; set; }

    [BindProperty]
    public IFormFile? Photo { get; set; }

    public PaperDeskView Desk { get; private set; } = null!;

    /// <summary>The paper that lies on the table; null while its serial is wanted.</summary>
    public FoundPaper? Found { get; private set; }

    public BallotView Ballot => Desk.Ballot;

    public bool HasNumbers => Ballot.Options.Count > 0;

    /// <summary>Nobody has read it, and a witness is wanted before the next fifty.</summary>
    public bool WantsBatch => Found is { Pass: 1 } && Desk.MyBatch is null;

    private BallotId BallotId => new(Id);

    private string Address => $"/staff/ballots/{Id}/paper";

    public Task<IActionResult> OnPostBatchAsync(CancellationToken cancellationToken) => ActAsync(
        new OpenPaperBatch(Caller, Community, BallotId, Witness ?? ""), "batch-opened", cancellationToken,
        _ => Serial is null ? Address : $"{Address}?serial={Uri.EscapeDataString(Serial)}", number => number);

    public async Task<IActionResult> OnPostEnterAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is { } denied)
        {
            return StatusCode(denied.Kind.Status());
        }

        if (PaperMarks.Read(Ballot, Mark) is not { } mark)
        {
            ModelState.AddModelError(nameof(Mark), Texts[HasNumbers ? "staff.paper.choose-numbers" : "staff.paper.choose"]);
            return await AgainAsync(null, cancellationToken);
        }

        EnteredPaper? entered = null;
        var refusal = await AskAsync(
            new EnterPaper(Caller, Community, BallotId, Serial ?? "", mark.Choices, mark.IsSpoilt, mark.IsDoubtful, await PhotoAsync(cancellationToken)),
            paper => entered = paper, cancellationToken);
        if (refusal is not null)
        {
            return await AgainAsync(refusal, cancellationToken, refusal.Field switch { "choice" => nameof(Mark), "photo" => nameof(Photo), "serial" => nameof(Serial), _ => null });
        }

        var said = mark.Fault is not null ? "paper-judged" : entered!.Other switch { PaperOrOther.Paper => "paper-counts", PaperOrOther.Other => "paper-replaced", _ => "paper-stored" };
        return LocalRedirect($"{Address}?said={said}");
    }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new GetPaperDesk(Caller, Community, BallotId), desk => Desk = desk, cancellationToken) is { } denied)
        {
            return denied;
        }

        Found = null;
        var isAsked = Desk.IsReading && !string.IsNullOrWhiteSpace(Serial);
        if (isAsked && await AskAsync(new FindPaper(Caller, Community, BallotId, Serial!), paper => Found = paper, cancellationToken) is { } refusal && HttpMethods.IsGet(Request.Method))
        {
            ModelState.AddModelError(refusal.Field is null ? "" : nameof(Serial), Texts.Why(refusal));
            Response.StatusCode = refusal.Kind.Status();
        }

        return null;
    }

    private async Task<byte[]?> PhotoAsync(CancellationToken cancellationToken)
    {
        if (Photo is not { Length: > 0 })
        {
            return null;
        }

        using var content = new MemoryStream();
        await Photo.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }
}
