using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Outcomes;
using Deliberation.Features.Projects;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The outcome story (成果), its accounts and who keeps it in order.</summary>
public sealed class OutcomesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Project { get; set; }

    [BindProperty]
    public string? Title { get; set; }

    [BindProperty]
    public string? Story { get; set; }

    [BindProperty]
    public string? Benefits { get; set; }

    [BindProperty]
    public string? MoneyIn { get; set; }

    [BindProperty]
    public string? MoneyOut { get; set; }

    [BindProperty]
    public string? UpkeepOwner { get; set; }

    [BindProperty]
    public string? UpkeepReviewOn { get; set; }

    public ProjectPage Shown { get; private set; } = null!;

    public OutcomePage? Outcome { get; private set; }

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        long? moneyIn = Fen(MoneyIn, nameof(MoneyIn)), moneyOut = Fen(MoneyOut, nameof(MoneyOut));
        return ActAsync(
            new EditOutcome(
                Caller, Community, new ProjectId(Project), Title ?? "", Story ?? "", Benefits ?? "", moneyIn ?? 0, moneyOut ?? 0,
                string.IsNullOrWhiteSpace(UpkeepOwner) ? null : UpkeepOwner,
                DateOnly.TryParseExact(UpkeepReviewOn, "yyyy-MM-dd", out var day) ? day : null),
            "outcome-saved", cancellationToken);
    }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new GetProject(Caller, Community, new ProjectId(Project)), page => Shown = page, cancellationToken) is { } absent)
        {
            return absent;
        }

        // No story yet is an empty form, not an error.
        var refusal = await AskAsync(new GetOutcome(Caller, Community, new ProjectId(Project)), outcome => Outcome = outcome, cancellationToken);
        if (refusal is { Kind: not RefusalKind.NotFound })
        {
            return refusal;
        }

        if (Outcome is not null && !Request.HasFormContentType)
        {
            (Title, Story, Benefits, UpkeepOwner) = (Outcome.Title, Outcome.Story, Outcome.Benefits, Outcome.UpkeepOwner);
            (MoneyIn, MoneyOut) = (Yuan(Outcome.MoneyInFen), Yuan(Outcome.MoneyOutFen));
            UpkeepReviewOn = Outcome.UpkeepReviewOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        return null;
    }

    private static string Yuan(long fen) => (fen / 100m).ToString("0.##", CultureInfo.InvariantCulture);

    private long? Fen(string? typed, string field)
    {
        if (string.IsNullOrWhiteSpace(typed))
        {
            return 0;
        }

        var fen = QuestionPart.ReadFen(typed);
        if (fen is null)
        {
            ModelState.AddModelError(field, Texts["form.not-money"]);
        }

        return fen;
    }
}
