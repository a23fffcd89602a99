using Deliberation.Domain;
using Deliberation.Features.Rehearsals;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Residents.Ballots;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Public.Rehearsals;

/// <summary>A paper to try (演练), with the fields and the words of a real one. Whoever has the address may try it, signed in or not.</summary>
public sealed class PaperModel(IMediator mediator, ITexts texts, Papers papers) : RehearsalPage(mediator, texts, papers)
{
    public IReadOnlyList<string> Choices { get; private set; } = [];

    /// <summary>Made with the empty form: one attempt, however often the paper comes back.</summary>
    [BindProperty]
    public Guid? Key { get; set; }

    public async Task<IActionResult> OnGetAsync(Guid id, string? paper, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        var begun = Papers.OpenTried(paper, id);
        Choices = begun?.Choices ?? [];
        Key = begun?.Attempt ?? Guid.NewGuid();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        Key ??= Guid.NewGuid();
        Choices = PaperWords.ChoicesOf(Ballot, Request.Form, nameof(Choices));
        var answer = await Mediator.Send(new TryPaper(User.Caller(), Community, id, Key.Value, Choices), cancellationToken);
        if (answer is Result<bool>.Refused { Reason: var reason })
        {
            return this.Refuse(reason, Texts, field: "");
        }

        if (Texts.Wrong(Ballot, Choices, nameof(Choices)) is { } wrong)
        {
            ModelState.AddModelError(wrong.Field, wrong.Words);
            return this.Invalid();
        }

        return Redirect(Address("/check", Papers.Seal(new TriedPaper(id, Key.Value, Choices))));
    }
}
