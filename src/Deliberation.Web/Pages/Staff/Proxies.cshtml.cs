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

    /// <summary>What the holder is to the giver; village elections need it.</summary>
    [BindProperty]
    public ProxyRelation? Relation { get; set; }

    [BindProperty]
    public string? Document { get; set; }

    public BallotView Ballot { get; private set; } = null!;

    public IReadOnlyList<ProxyLine> Proxies { get; private set; } = [];

    /// <summary>Units one person may act for.</summary>
    public int Most => Ballot.MaxProxiesPerHolder;

    /// <summary>Until when a proxy may be registered.</summary>
    public DateTimeOffset RegisterBy => Ballot.ProxiesRegisteredBy;

    private BallotId BallotId => new(Id);

    public async Task<IActionResult> OnPostGrantAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RollUnitLine> units = [];
        IReadOnlyList<ResidentLine> people = [];
        if (!string.IsNullOrWhiteSpace(Unit))
        {
            _ = await AskAsync(new FindRollUnits(Caller, Community, BallotId, Unit.Trim()), found => units = found, cancellationToken);
        }

        if (!string.IsNullOrWhiteSpace(Holder))
        {
            _ = await AskAsync(new FindResident(Caller, Community, Holder.Trim()), found => people = found, cancellationToken);
        }

        var (unit, unitError) = TypedUnit.Of(Unit, units, Texts);
        if (unit is null)
        {
            ModelState.AddModelError(nameof(Unit), unitError);
        }

        var named = people.Where(person => person.FullName == Holder?.Trim()).ToList();
        var holder = (named.Count == 0 ? people : named) is [var only] ? only.Resident : (ResidentId?)null;
        if (holder is null)
        {
            ModelState.AddModelError(nameof(Holder), Texts[string.IsNullOrWhiteSpace(Holder) ? "staff.proxies.holder-missing" : "staff.proxies.holder-unknown"]);
        }

        // Said together with the others, not only once they are right.
        if (string.IsNullOrWhiteSpace(Document))
        {
            ModelState.AddModelError(nameof(Document), Texts["proxy.document-required"]);
        }

        return await ActAsync(
            new GrantProxy(Caller, Community, BallotId, unit ?? "", holder ?? new ResidentId(Guid.Empty), Document ?? "", Relation), "proxy-granted", cancellationToken);
    }

    public Task<IActionResult> OnPostWithdrawAsync(string withdrawn, CancellationToken cancellationToken) =>
        ActAsync(new WithdrawProxy(Caller, Community, BallotId, withdrawn), "proxy-withdrawn", cancellationToken);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetBallot(Caller, Community, BallotId), ballot => Ballot = ballot, cancellationToken)
        ?? await AskAsync(new ListProxies(Caller, Community, BallotId), lines => Proxies = lines, cancellationToken);
}
