using Deliberation.Domain;
using Deliberation.Features.Ballots.Recounts;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Counting again: one of staff orders it with a cause, another confirms.</summary>
public sealed class RecountModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Cause { get; set; }

    [BindProperty]
    public Guid Recount { get; set; }

    public RecountList List { get; private set; } = null!;

    private BallotId Ballot => new(Id);

    public Task<IActionResult> OnPostOrderAsync(CancellationToken cancellationToken) =>
        ActAsync(new OrderRecount(Caller, Community, Ballot, Cause ?? ""), "recount-ordered", cancellationToken, field: _ => nameof(Cause));

    public Task<IActionResult> OnPostConfirmAsync(CancellationToken cancellationToken) =>
        ActAsync(new ConfirmRecount(Caller, Community, Ballot, Recount), "recount-done", cancellationToken);

    public Task<IActionResult> OnPostRefuseAsync(CancellationToken cancellationToken) =>
        ActAsync(new RefuseRecount(Caller, Community, Ballot, Recount), "recount-refused", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListRecounts(Caller, Community, Ballot), list => List = list, cancellationToken);
}
