using Deliberation.Domain;
using Deliberation.Features.Outcomes;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>The story of a finished project (成果): what came of it, money in and out, who looks after it.</summary>
public sealed class OutcomeModel(IMediator mediator, ITexts texts) : PageModel
{
    public OutcomePage Outcome { get; private set; } = null!;

    /// <summary>Null until the project is closed.</summary>
    public ProjectArchive? Archive { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid project, CancellationToken cancellationToken)
    {
        var (caller, community, id) = (User.Caller(), HttpContext.Frame().CommunityId, new ProjectId(project));
        var answer = await mediator.Send(new GetOutcome(caller, community, id), cancellationToken);
        if (answer is Result<OutcomePage>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Outcome = answer.Require();
        Archive = await mediator.Send(new GetArchive(caller, community, id), cancellationToken) is Result<ProjectArchive>.Accepted { Value: var archive } ? archive : null;
        return Page();
    }
}
