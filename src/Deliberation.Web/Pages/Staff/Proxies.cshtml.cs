using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Residents;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Written proxies (委托书) of one ballot, and why somebody is or is not on its roll.</summary>
public sealed class ProxiesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Unit { get; set; }

    [BindProperty]
    public string? Holder { get; set; }

    [BindProperty]
    public string? Document { get; set; }

    public BallotView Ballot { get; private set; } = null!;

    public IReadOnlyList<ProxyLine> Proxies { get; private set; } = [];

    private BallotId BallotId => new(Id);

    public async Task<IActionResult> OnPostGrantAsync(CancellationToken cancellationToken)
    {
        string? unit = null;
        ResidentId? holder = null;
        _ = await AskAsync(new FindRollUnits(Caller, Community, BallotId, Unit ?? ""), found => unit = found.Count == 1 ? found[0].Key : found.FirstOrDefault(u => u.Label == Unit)?.Key, cancellationToken);
        _ = await AskAsync(new FindResident(Caller, Community, Holder ?? ""), found => holder = found.Count == 1 ? found[0].Resident : found.FirstOrDefault(r => r.FullName == Holder)?.Resident, cancellationToken);
        if (unit is null)
        {
            ModelState.AddModelError(nameof(Unit), Texts["staff.paper.unit-unknown"]);
        }

        if (holder is null)
        {
            ModelState.AddModelError(nameof(Holder), Texts["staff.proxies.holder-unknown"]);
        }

        return await ActAsync(
            new GrantProxy(Caller, Community, BallotId, unit ?? "", holder ?? new ResidentId(Guid.Empty), Document ?? ""), "proxy-granted", cancellationToken);
    }

    public Task<IActionResult> OnPostWithdrawAsync(string withdrawn, CancellationToken cancellationToken) =>
        ActAsync(new WithdrawProxy(Caller, Community, BallotId, withdrawn), "proxy-withdrawn", cancellationToken);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetBallot(Caller, Community, BallotId), ballot => Ballot = ballot, cancellationToken)
        ?? await AskAsync(new ListProxies(Caller, Community, BallotId), lines => Proxies = lines, cancellationToken);
}
