using Deliberation.Domain;
using Deliberation.Features.Covenants;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>A covenant (公约): the whole text with what changed, remarks while it is a draft, signing by typed name once it is adopted.</summary>
public sealed class CovenantModel(IMediator mediator, ITexts texts) : PageModel
{
    [BindProperty]
    public bool HasRead { get; set; }

    [BindProperty]
    public string? TypedName { get; set; }

    [BindProperty]
    public int ClauseNo { get; set; }

    [BindProperty]
    public string? Remark { get; set; }

    public CovenantPage Covenant { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken) ?? Page();

    public async Task<IActionResult> OnPostSignAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        if (!HasRead)
        {
            ModelState.AddModelError(nameof(HasRead), texts["covenant.read-first"]);
        }

        if (string.IsNullOrWhiteSpace(TypedName) || TypedName.Length > 60)
        {
            ModelState.AddModelError(nameof(TypedName), texts["covenant.name-missing"]);
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var answer = await mediator.Send(new SignCovenant(User.Caller(), HttpContext.Frame().CommunityId, id, TypedName!), cancellationToken);
        return answer is Result<Done>.Refused { Reason: var reason } ? this.Refuse(reason, texts, nameof(TypedName)) : Redirect($"/covenants/{id}");
    }

    public async Task<IActionResult> OnPostRemarkAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        if (string.IsNullOrWhiteSpace(Remark) || Remark.Length > 500)
        {
            ModelState.AddModelError(nameof(Remark), texts["covenant.remark-missing"]);
            return this.Invalid();
        }

        var answer = await mediator.Send(new CommentClause(User.Caller(), HttpContext.Frame().CommunityId, id, ClauseNo, Remark.Trim()), cancellationToken);
        return answer is Result<Done>.Refused { Reason: var reason } ? this.Refuse(reason, texts, nameof(Remark)) : Redirect($"/covenants/{id}#clause-{ClauseNo}");
    }

    private async Task<IActionResult?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetCovenant(User.Caller(), HttpContext.Frame().CommunityId, id), cancellationToken);
        if (answer is Result<CovenantPage>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Covenant = answer.Require();
        return null;
    }
}
