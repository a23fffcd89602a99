using Deliberation.Domain;
using Deliberation.Features.Rolls;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Disputes of the roll (名册异议): answered within three days, the outcome visible to who disputed.</summary>
public sealed class RollDisputesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary>all, or only open ones.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Show { get; set; }

    [BindProperty]
    public Guid? Dispute { get; set; }

    [BindProperty]
    public string? Answer { get; set; }

    [BindProperty]
    public string? Claimant { get; set; }

    [BindProperty]
    public RollMatter? Matter { get; set; }

    [BindProperty]
    public string? Building { get; set; }

    [BindProperty]
    public string? Door { get; set; }

    [BindProperty]
    public string? Message { get; set; }

    public RollDisputeList List { get; private set; } = null!;

    public Task<IActionResult> OnPostAnswerAsync(bool upheld, CancellationToken cancellationToken) =>
        ActAsync(new AnswerRollDispute(Caller, Community, Dispute ?? Guid.Empty, upheld, Answer ?? ""), "roll-dispute-answered", cancellationToken);

    public Task<IActionResult> OnPostFileAsync(CancellationToken cancellationToken)
    {
        Claimant ??= "";
        return ActAsync(new FileRollDispute(Caller, Community, Matter, Building, Door, null, Claimant, Message ?? ""), "roll-dispute-filed", cancellationToken);
    }

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListRollDisputes(Caller, Community, Show != "all", PageAsked()), list => List = list, cancellationToken);
}
