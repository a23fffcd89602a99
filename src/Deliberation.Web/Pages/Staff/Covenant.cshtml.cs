using Deliberation.Domain;
using Deliberation.Features.Covenants;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The draft of a covenant (公约), clause by clause, with what residents said.</summary>
public sealed class CovenantModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public int? ClauseNo { get; set; }

    [BindProperty]
    public int Version { get; set; }

    [BindProperty]
    public string? Text { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? WithdrawReason { get; set; }

    public CovenantPage Covenant { get; private set; } = null!;

    public bool IsDraft => Covenant.AdoptedVersion is null && Covenant.State is not "Withdrawn";

    public Task<IActionResult> OnPostSaveAsync(CancellationToken cancellationToken) =>
        ActAsync(new EditClause(Caller, Community, Id, ClauseNo, Text ?? "", Version, Reason ?? ""), "clause-saved", cancellationToken);

    public Task<IActionResult> OnPostRemoveAsync(CancellationToken cancellationToken) =>
        ActAsync(new EditClause(Caller, Community, Id, ClauseNo, null, Version, Reason ?? ""), "clause-removed", cancellationToken);

    public Task<IActionResult> OnPostAdoptAsync(CancellationToken cancellationToken) =>
        ActAsync(new AdoptCovenant(Caller, Community, Id), "covenant-adopted", cancellationToken, count: version => version);

    public Task<IActionResult> OnPostWithdrawAsync(CancellationToken cancellationToken) =>
        ActAsync(new WithdrawCovenant(Caller, Community, Id, WithdrawReason ?? ""), "covenant-withdrawn", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetCovenant(Caller, Community, Id), covenant => Covenant = covenant, cancellationToken);
}
