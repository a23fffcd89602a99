using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Residents;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Help desk (代办): find a person, print or take back a slip, act together, lost phone, moved household, why not on the roll.</summary>
/// <remarks>The search is posted: names and telephone numbers stay out of addresses and logs.</remarks>
public sealed class ResidentsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary>Part of a name, a door or a telephone number; kept so that the list comes back after an act.</summary>
    [BindProperty]
    public string? Find { get; set; }

    [BindProperty]
    public Guid Resident { get; set; }

    [BindProperty]
    public Guid? Household { get; set; }

    [BindProperty]
    public Guid Slip { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Phone { get; set; }

    [BindProperty]
    public string? Witness { get; set; }

    /// <summary>Helper and witness are no candidates and not of a candidate's family.</summary>
    [BindProperty]
    public bool Distant { get; set; }

    [BindProperty]
    public string? NewBuilding { get; set; }

    [BindProperty]
    public string? NewDoor { get; set; }

    [BindProperty]
    public Guid Ballot { get; set; }

    public IReadOnlyList<ResidentLine> People { get; private set; } = [];

    public IReadOnlyList<BallotLine> Ballots { get; private set; } = [];

    public IReadOnlyList<SlipLine> Slips { get; private set; } = [];

    public (ResidentId Resident, RollAnswer Answer)? Why { get; private set; }

    public bool HasSearched { get; private set; }

    /// <summary>What was done, said on the list that comes back.</summary>
    public (string Key, int Count)? Did { get; private set; }

    private ResidentId ResidentId => new(Resident);

    public Task<IActionResult> OnPostFindAsync(CancellationToken cancellationToken) => ShowAsync(null, cancellationToken);

    public async Task<IActionResult> OnPostSlipAsync(CancellationToken cancellationToken)
    {
        IssuedSlip? slip = null;
        var refusal = await AskAsync(
            new IssueSlip(Caller, Community, Household is { } id ? new HouseholdId(id) : null, Household is null ? ResidentId : null, For: ResidentId),
            issued => slip = issued, cancellationToken);
        return refusal is null ? Partial("_Slip", new SlipToPrint(slip!, $"{Request.Scheme}://{Request.Host}/q/{slip!.Token}")) : await ShowAsync(refusal, cancellationToken);
    }

    public async Task<IActionResult> OnPostSlipsAsync(CancellationToken cancellationToken) =>
        await ShowAsync(await AskAsync(new ListSlips(Caller, Community, new HouseholdId(Household ?? Guid.Empty)), slips => Slips = slips, cancellationToken), cancellationToken);

    public async Task<IActionResult> OnPostRevokeSlipAsync(CancellationToken cancellationToken) =>
        await DoAsync(new RevokeSlip(Caller, Community, Slip, Reason ?? ""), "slip-revoked", cancellationToken);

    public async Task<IActionResult> OnPostLostPhoneAsync(CancellationToken cancellationToken) =>
        await DoAsync(new RevokeSessions(Caller, Community, ResidentId, Reason ?? ""), "sessions-ended", cancellationToken);

    public async Task<IActionResult> OnPostPhoneAsync(CancellationToken cancellationToken) =>
        await DoAsync(new ChangePhone(Caller, Community, ResidentId, Phone ?? ""), "phone-changed", cancellationToken);

    public async Task<IActionResult> OnPostMoveAsync(CancellationToken cancellationToken) => await DoAsync(
        new MoveHousehold(
            Caller, Community, new HouseholdId(Household ?? Guid.Empty),
            string.IsNullOrWhiteSpace(NewBuilding) ? null : NewBuilding.Trim(), string.IsNullOrWhiteSpace(NewDoor) ? null : NewDoor.Trim(), Reason ?? ""),
        "household-moved", cancellationToken);

    public async Task<IActionResult> OnPostDelegateAsync(CancellationToken cancellationToken) =>
        await DoAsync(new NameDelegate(Caller, Community, new HouseholdId(Household ?? Guid.Empty), ResidentId), "delegate-named", cancellationToken);

    public async Task<IActionResult> OnPostWhyAsync(CancellationToken cancellationToken) => await ShowAsync(
        await AskAsync(new WhyNotOnRoll(Caller, Community, new BallotId(Ballot), ResidentId), answer => Why = (ResidentId, answer), cancellationToken), cancellationToken);

    /// <summary>From here on this browser acts for the resident, for 15 minutes, with both names on record.</summary>
    public async Task<IActionResult> OnPostAssistAsync(CancellationToken cancellationToken)
    {
        AssistedSession? session = null;
        if (await AskAsync(new StartAssistedSession(Caller, Community, ResidentId, Witness ?? "", Distant), begun => session = begun, cancellationToken) is { } refusal)
        {
            return await ShowAsync(refusal, cancellationToken);
        }

        ReceiptCookie.ForgetAll(HttpContext); // whoever was helped before
        await ResidentCookie.BeginAsync(HttpContext, session!.Secret);
        return LocalRedirect("/");
    }

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListBallots(Caller, Community, null), ballots => Ballots = [.. ballots.Where(b => b.State is BallotState.Open or BallotState.Paused)], cancellationToken);

    private async Task<IActionResult> DoAsync<T>(IRequest<Result<T>> request, string key, CancellationToken cancellationToken) => await ShowAsync(
        await AskAsync(request, granted => Did = (key, granted is int count ? count : 0), cancellationToken), cancellationToken);

    private async Task<IActionResult> ShowAsync(Refusal? refusal, CancellationToken cancellationToken)
    {
        HasSearched = !string.IsNullOrWhiteSpace(Find);
        if (HasSearched)
        {
            var unfound = await AskAsync(new FindResident(Caller, Community, Find!.Trim()), people => People = people, cancellationToken);
            refusal ??= unfound is null ? null : unfound with { Field = nameof(Find) };
        }

        if (refusal is not null)
        {
            return await AgainAsync(refusal, cancellationToken);
        }

        return await LoadAsync(cancellationToken) is { } denied ? StatusCode(denied.Kind.Status()) : Page();
    }
}

/// <summary>A slip to print: its text is shown this once and stored nowhere.</summary>
public sealed record SlipToPrint(IssuedSlip Slip, string Address)
{
    /// <summary>The address as a QR picture in SVG.</summary>
    public string Qr
    {
        get
        {
            using var generator = new QRCoder.QRCodeGenerator();
            using var data = generator.CreateQrCode(Address, QRCoder.QRCodeGenerator.ECCLevel.M);
            using var svg = new QRCoder.SvgQRCode(data);
            return svg.GetGraphic(6, "#000000", "#ffffff", sizingMode: QRCoder.SvgQRCode.SizingMode.ViewBoxAttribute);
        }
    }
}
