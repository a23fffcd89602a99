using Deliberation.Domain;
using Deliberation.Features.Evaluations;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>What households said in an evaluation, after its close. Fewer than five answers stay hidden.</summary>
public sealed class EvaluationResultModel(IMediator mediator, ITexts texts) : PageModel
{
    public EvaluationResult Result { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetEvaluationResult(User.Caller(), HttpContext.Frame().CommunityId, id), cancellationToken);
        if (answer is Result<EvaluationResult>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Result = answer.Require();
        return Page();
    }
}
