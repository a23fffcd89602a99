using Deliberation.Domain;
using Deliberation.Features.Rolls;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents;

/// <summary>What the roll says of me (我在名册上), and where I say that it is wrong.</summary>
public sealed class MyRollModel(IMediator mediator, ITexts texts) : PageModel
{
    [BindProperty]
    public RollMatter? Matter { get; set; }

    /// <summary>Building and door of one of <see cref="Places"/>; empty = none of them.</summary>
    [BindProperty]
    public string? Place { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Ballot { get; set; }

    [BindProperty]
    public string? Message { get; set; }

    public MyRoll Roll { get; private set; } = null!;

    /// <summary>True right after a dispute was filed.</summary>
    public bool IsFiled { get; private set; }

    public IReadOnlyList<string> Places => [.. Doors.Select(door => $"{door.Building} {door.Door}")];

    private IEnumerable<(string Building, string Door)> Doors =>
        Roll.Units.Select(unit => (unit.Building, unit.Door)).Concat(Roll.Door is { } door ? [(Roll.Building!, door)] : []).Distinct();

    public async Task<IActionResult> OnGetAsync(bool filed, RollMatter? matter, CancellationToken cancellationToken)
    {
        (IsFiled, Matter) = (filed, matter);
        await ReadAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        if (Matter is null)
        {
            ModelState.AddModelError(nameof(Matter), texts["refusal.roll.matter-invalid"]);
        }

        if (string.IsNullOrWhiteSpace(Message))
        {
            ModelState.AddModelError(nameof(Message), texts["refusal.roll.message-length"]); // said together with the other
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var (building, door) = Places.Count == 1 ? Doors.First() : Doors.FirstOrDefault(known => $"{known.Building} {known.Door}" == Place);
        var answer = await mediator.Send(
            new FileRollDispute(User.Caller(), HttpContext.Frame().CommunityId, Matter, building, door, Ballot is { } ballot ? new BallotId(ballot) : null, null, Message!), cancellationToken);
        return answer is Result<Guid>.Refused { Reason: var reason } ? this.Refuse(reason, texts) : Redirect("/roll?filed=true");
    }

    private async Task ReadAsync(CancellationToken cancellationToken) =>
        Roll = (await mediator.Send(new GetMyRoll(User.Caller(), HttpContext.Frame().CommunityId), cancellationToken)).Require();
}
