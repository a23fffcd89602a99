using System.Security.Claims;
using Deliberation.Domain;
using Deliberation.Features.Residents;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents;

/// <summary>Not you? Another household of mine, or the end of this session: several people share a phone.</summary>
public sealed class SwitchModel(IMediator mediator, ITexts texts) : PageModel
{
    public IReadOnlyList<MyHousehold> Households { get; private set; } = [];

    private string Secret => User.FindFirstValue(AccessClaims.Session)!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Households = (await mediator.Send(new ListMyHouseholds(User.Caller(), HttpContext.Frame().CommunityId), cancellationToken)).Require();
        return Page();
    }

    public async Task<IActionResult> OnPostHouseholdAsync(Guid household, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new SwitchHousehold(User.Caller(), HttpContext.Frame().CommunityId, Secret, new HouseholdId(household)), cancellationToken);
        return answer is Result<Done>.Refused { Reason: var reason } ? this.TurnAway(reason, texts) : Redirect("/");
    }

    public async Task<IActionResult> OnPostLeaveAsync(CancellationToken cancellationToken)
    {
        await mediator.Send(new Leave(User.Caller(), HttpContext.Frame().CommunityId, Secret), cancellationToken);
        await HttpContext.SignOutAsync(Schemes.Resident);
        ReceiptCookie.ForgetAll(HttpContext);
        return Redirect(User.Caller().AssistedBy is null ? "/enter" : "/staff/residents"); // a helper goes back to the desk
    }
}
