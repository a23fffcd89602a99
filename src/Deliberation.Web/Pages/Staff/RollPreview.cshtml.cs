using Deliberation.Domain;
using Deliberation.Features.Rolls;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>What an uploaded table would do, row by row wrong or line by line new, changed and gone; and the button that does it.</summary>
public sealed class RollPreviewModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Fingerprint { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public RollPreview Preview { get; private set; } = null!;

    public Task<IActionResult> OnPostApplyAsync(CancellationToken cancellationToken) =>
        ActAsync(new ApplyRollImport(Caller, Community, Id, Fingerprint ?? "", Reason ?? ""), "roll-applied", cancellationToken);

    public Task<IActionResult> OnPostDiscardAsync(CancellationToken cancellationToken) =>
        ActAsync(new DiscardRollImport(Caller, Community, Id), "roll-discarded", cancellationToken, _ => "/staff/roll/import");

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new PreviewRollImport(Caller, Community, Id), preview => Preview = preview, cancellationToken);
}
