using Deliberation.Domain;
using Deliberation.Features.Rehearsals;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Residents.Ballots;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Public.Rehearsals;

/// <summary>The check of a rehearsal's paper. Its button hands in what nobody keeps.</summary>
public sealed class CheckModel(IMediator mediator, ITexts texts, Papers papers) : RehearsalPage(mediator, texts, papers)
{
    [BindProperty(SupportsGet = true, Name = "paper")]
    public string? Word { get; set; }

    public TriedPaper Paper { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken) => await OpenAsync(id, cancellationToken) ?? Page();

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await OpenAsync(id, cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        var answer = await Mediator.Send(new FinishPaper(User.Caller(), Community, id, Paper.Attempt), cancellationToken);
        return answer is Result<string>.Refused { Reason: var reason }
            ? this.Refuse(reason, Texts, field: "")
            : Redirect(Address($"/receipt/{answer.Require()}"));
    }

    /// <returns>Where to go instead: back to the question when the paper has lapsed.</returns>
    private async Task<IActionResult?> OpenAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        if (Papers.OpenTried(Word, id) is not { } paper)
        {
            return Redirect(Address());
        }

        Paper = paper;
        return null;
    }
}
