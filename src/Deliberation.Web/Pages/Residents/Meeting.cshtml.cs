using Deliberation.Domain;
using Deliberation.Features.Meetings;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents;

/// <summary>A meeting (议事会) as residents see it: when, where, the agenda, signing in at the door, and afterwards what was decided.</summary>
public sealed class MeetingModel(IMediator mediator, ITexts texts) : PageModel
{
    public MeetingPage Meeting { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken) ?? Page();

    public async Task<IActionResult> OnPostSignInAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        var answer = await mediator.Send(new SignInMyself(User.Caller(), HttpContext.Frame().CommunityId, id), cancellationToken);
        return answer is Result<int>.Refused { Reason: var reason } ? this.Refuse(reason, texts) : Redirect($"/meetings/{id}");
    }

    private async Task<IActionResult?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetMeeting(User.Caller(), HttpContext.Frame().CommunityId, id), cancellationToken);
        if (answer is Result<MeetingPage>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Meeting = answer.Require();
        return null;
    }
}
