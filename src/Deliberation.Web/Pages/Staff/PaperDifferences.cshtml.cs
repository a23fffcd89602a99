using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Papers that two people read differently: a third reads the paper itself, with a scrutineer. What the two read stays unseen.</summary>
public sealed class PaperDifferencesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Serial { get; set; }

    [BindProperty]
    public string? Mark { get; set; }

    [BindProperty]
    public string? Scrutineer { get; set; }

    [BindProperty]
    public string? DecideReason { get; set; }

    public BallotView Ballot { get; private set; } = null!;

    public IReadOnlyList<PaperDifference> Differences { get; private set; } = [];

    public bool HasNumbers => Ballot.Options.Count > 0;

    private BallotId BallotId => new(Id);

    public async Task<IActionResult> OnGetPhotoAsync(string serial, CancellationToken cancellationToken)
    {
        PaperPhoto? photo = null;
        if (await AskAsync(new GetPaperPhoto(Caller, Community, BallotId, serial), found => photo = found, cancellationToken) is { } refusal)
        {
            return StatusCode(refusal.Kind.Status());
        }

        Response.Headers.ContentSecurityPolicy = "sandbox";
        return File(photo!.Content, photo.MediaType);
    }

    public async Task<IActionResult> OnPostDecideAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is { } denied)
        {
            return StatusCode(denied.Kind.Status());
        }

        if (PaperMarks.Read(Ballot, Mark) is not { IsDoubtful: false } mark)
        {
            ModelState.AddModelError(nameof(Mark), Texts[HasNumbers ? "staff.paper.choose-numbers" : "staff.paper.choose"]);
            return await AgainAsync(null, cancellationToken);
        }

        return await ActAsync(
            new DecidePaper(Caller, Community, BallotId, Serial ?? "", mark.Choices, mark.IsSpoilt, Scrutineer ?? "", DecideReason ?? ""), "paper-decided", cancellationToken,
            field: name => name switch { "choice" => nameof(Mark), "reason" => nameof(DecideReason), "scrutineer" => nameof(Scrutineer), _ => "" });
    }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetBallot(Caller, Community, BallotId), ballot => Ballot = ballot, cancellationToken)
        ?? await AskAsync(new ListPaperDifferences(Caller, Community, BallotId), list => Differences = list, cancellationToken);
}
