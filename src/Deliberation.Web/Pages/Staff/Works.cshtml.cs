using Deliberation.Domain;
using Deliberation.Features.Checkpoints;
using Deliberation.Features.Payments;
using Deliberation.Features.Projects;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Works (共建): checkpoints signed by residents, and payments that wait for them.</summary>
public sealed class WorksModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Project { get; set; }

    [BindProperty]
    public int Number { get; set; }

    [BindProperty]
    public string? Title { get; set; }

    [BindProperty]
    public string? Payee { get; set; }

    [BindProperty]
    public string? Amount { get; set; }

    [BindProperty]
    public string? CheckpointCode { get; set; }

    [BindProperty]
    public string? Voucher { get; set; }

    public ProjectPage Shown { get; private set; } = null!;

    public IReadOnlyList<CheckpointLine> Checkpoints { get; private set; } = [];

    public IReadOnlyList<PaymentLine> Payments { get; private set; } = [];

    private ProjectId ProjectId => new(Project);

    public Task<IActionResult> OnPostPlanAsync(CancellationToken cancellationToken)
    {
        var fen = QuestionPart.ReadFen(Amount ?? "");
        if (fen is null)
        {
            ModelState.AddModelError(nameof(Amount), Texts["form.not-money"]);
        }

        return ActAsync(
            new PlanPayment(Caller, Community, ProjectId, Number, Title ?? "", Payee ?? "", fen ?? 0, string.IsNullOrEmpty(CheckpointCode) ? null : CheckpointCode),
            "payment-planned", cancellationToken);
    }

    public Task<IActionResult> OnPostPayAsync(CancellationToken cancellationToken) =>
        ActAsync(new RecordPayment(Caller, Community, ProjectId, Number, Voucher ?? ""), "payment-recorded", cancellationToken);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetProject(Caller, Community, ProjectId), page => Shown = page, cancellationToken)
        ?? await AskAsync(new ListCheckpoints(Caller, Community, ProjectId), lines => Checkpoints = lines, cancellationToken)
        ?? await AskAsync(new ListPayments(Caller, Community, ProjectId), lines => Payments = lines, cancellationToken);
}
