using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Pledges;
using Deliberation.Process.Texts;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>The pledge board (认领): what is needed, what is promised, and the form to promise. No money is taken here.</summary>
public sealed class PledgesModel(IMediator mediator, ITexts texts) : PageModel
{
    /// <summary>Which need the form is for; null shows the board only.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Need { get; set; }

    /// <summary>Yuan for money, else days or pieces.</summary>
    [BindProperty]
    public string? Quantity { get; set; }

    [BindProperty]
    public string? DueOn { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    [BindProperty]
    public bool ShowsName { get; set; }

    public PledgeBoardPage Board { get; private set; } = null!;

    public NeedLine? Chosen => Board.Needs.FirstOrDefault(n => n.Id == Need);

    public bool MayPledge => Board.State == "Open" && User.Caller().Kind == CallerKind.Resident;

    public bool IsThanks { get; private set; }

    /// <summary>An amount of a need in its own unit.</summary>
    public static string Amount(ITexts texts, string kind, long quantity) => kind == "Money"
        ? texts.Format.Money(quantity)
        : texts.Get($"pledge.amount.{kind}", new { amount = TextFormat.Number(quantity) });

    public async Task<IActionResult> OnGetAsync(Guid project, bool thanks, CancellationToken cancellationToken)
    {
        IsThanks = thanks;
        return await ReadAsync(project, cancellationToken) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid project, CancellationToken cancellationToken)
    {
        if (await ReadAsync(project, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        if (Chosen is not { } need)
        {
            return NotFound();
        }

        var quantity = ReadQuantity(need.Kind);
        if (!DateOnly.TryParseExact(DueOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var dueOn))
        {
            ModelState.AddModelError(nameof(DueOn), texts["pledge.due-missing"]);
        }

        if (Note?.Length > 200)
        {
            ModelState.AddModelError(nameof(Note), texts.Get("form.too-long", new { most = 200, length = Note.Length }));
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var pledge = new MakePledge(User.Caller(), HttpContext.Frame().CommunityId, Board.Id, need.Id, quantity, Note?.Trim() ?? "", dueOn, ShowsName);
        var answer = await mediator.Send(pledge, cancellationToken);
        return answer is Result<Guid>.Refused { Reason: var reason } ? this.Refuse(reason, texts) : Redirect($"/pledges/{project}?thanks=true");
    }

    public async Task<IActionResult> OnPostWithdrawAsync(Guid project, Guid pledge, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new WithdrawPledge(User.Caller(), HttpContext.Frame().CommunityId, pledge), cancellationToken);
        return answer is Result<Done>.Refused { Reason: var reason } ? this.TurnAway(reason, texts) : Redirect($"/pledges/{project}");
    }

    /// <summary>Whole fen, days or pieces; 0 with an error in ModelState when it is no such number.</summary>
    private long ReadQuantity(string kind)
    {
        var typed = (Quantity ?? "").Replace(",", "", StringComparison.Ordinal).Trim();
        if (decimal.TryParse(typed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount is > 0 and < 10_000_000)
        {
            var units = kind == "Money" ? amount * 100 : amount;
            if (units == decimal.Truncate(units))
            {
                return (long)units;
            }
        }

        ModelState.AddModelError(nameof(Quantity), texts[kind == "Money" ? "pledge.money-malformed" : "pledge.count-malformed"]);
        return 0;
    }

    private async Task<IActionResult?> ReadAsync(Guid project, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetPledgeBoard(User.Caller(), HttpContext.Frame().CommunityId, new ProjectId(project)), cancellationToken);
        if (answer is Result<PledgeBoardPage>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Board = answer.Require();
        return null;
    }
}
