using Deliberation.Domain;
using Deliberation.Features.Pledges;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The pledge board (认领) for those who settle promises: kept with proof, waived, or unkept.</summary>
public sealed class PledgesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Project { get; set; }

    [BindProperty]
    public Guid Pledge { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    public PledgeBoardPage Board { get; private set; } = null!;

    public Task<IActionResult> OnPostKeepAsync(CancellationToken cancellationToken) =>
        ActAsync(new KeepPledge(Caller, Community, Pledge, Note ?? ""), "pledge-kept", cancellationToken);

    public Task<IActionResult> OnPostCloseAsync(bool waived, CancellationToken cancellationToken) =>
        ActAsync(new ClosePledge(Caller, Community, Pledge, waived, Note ?? ""), "pledge-closed", cancellationToken);

    public string Quantity(string kind, long quantity) => Public.PledgesModel.Amount(Texts, kind, quantity);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetPledgeBoard(Caller, Community, new ProjectId(Project)), board => Board = board, cancellationToken);
}
