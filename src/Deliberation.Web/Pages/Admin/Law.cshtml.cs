using Deliberation.Domain;
using Deliberation.Features.Laws;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>One law profile: confirm that its figures were compared with the official text (核实), or take that back.</summary>
public sealed class LawModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    [BindProperty]
    public string? Basis { get; set; }

    [BindProperty]
    public string? Document { get; set; }

    [BindProperty]
    public string? WithdrawReason { get; set; }

    public LawLine Law { get; private set; } = null!;

    public Task<IActionResult> OnPostConfirmAsync(CancellationToken cancellationToken) =>
        ActAsync(new ConfirmLaw(Caller, Community, Id, Basis ?? "", Document), "law-confirmed", cancellationToken);

    public Task<IActionResult> OnPostWithdrawAsync(CancellationToken cancellationToken) =>
        ActAsync(new WithdrawLaw(Caller, Community, Id, WithdrawReason ?? ""), "law-withdrawn", cancellationToken, field: _ => nameof(WithdrawReason));

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        LawLine? found = null;
        return await AskAsync(new ListLaws(Caller, Community), laws => found = laws.FirstOrDefault(law => law.Id == Id), cancellationToken) is { } refusal ? refusal
            : (Law = found!) is null ? Refusal.NotFound("law.unknown-profile")
            : null;
    }
}
