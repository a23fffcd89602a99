using System.Security.Cryptography;
using System.Text.Json;
using Deliberation.Domain;
using Deliberation.Features.Evaluations;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents.Evaluations;

/// <summary>An evaluation (评议), one question a page. Answers given so far travel in a sealed word of the address: back and reload work, and the server keeps nothing until the last page is sent.</summary>
public sealed class AnswerModel(IMediator mediator, ITexts texts, IDataProtectionProvider protection) : PageModel
{
    private const int LongestRemark = 2000;

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("evaluation.answers").ToTimeLimitedDataProtector();

    /// <summary>1 to 5; 0 = not sure; null = nothing chosen.</summary>
    [BindProperty]
    public int? Points { get; set; }

    [BindProperty]
    public string? Remark { get; set; }

    /// <summary>1, 2, … of the questions.</summary>
    [BindProperty(SupportsGet = true, Name = "q")]
    public int Number { get; set; } = 1;

    [BindProperty(SupportsGet = true, Name = "so-far")]
    public string? Word { get; set; }

    public EvaluationPage Evaluation { get; private set; } = null!;

    public IReadOnlyList<int> SoFar { get; private set; } = [];

    public bool IsDone { get; private set; }

    public bool IsLast => Number == Evaluation.Questions.Count;

    public async Task<IActionResult> OnGetAsync(Guid id, bool done, CancellationToken cancellationToken)
    {
        IsDone = done;
        if (await ReadAsync(id, cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        Points = Number <= SoFar.Count ? SoFar[Number - 1] : Evaluation.MyPoints is { } mine && Number <= mine.Count ? mine[Number - 1] : null;
        Remark = Evaluation.MyRemark;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Points is null or < 0 or > 5)
        {
            ModelState.AddModelError(nameof(Points), texts["evaluation.choose"]);
        }

        if (Remark?.Length > LongestRemark)
        {
            ModelState.AddModelError(nameof(Remark), texts.Get("form.too-long", new { most = LongestRemark, length = Remark.Length }));
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        List<int> answers = [.. SoFar.Take(Number - 1), Points!.Value, .. SoFar.Skip(Number)];
        if (!IsLast)
        {
            return Redirect(PageOf(Number + 1, answers));
        }

        var answer = await mediator.Send(new AnswerEvaluation(User.Caller(), HttpContext.Frame().CommunityId, id, answers, Remark?.Trim() ?? ""), cancellationToken);
        return answer is Result<Done>.Refused { Reason: var reason } ? this.Refuse(reason, texts, field: "") : Redirect($"/evaluations/{id}?done=true");
    }

    /// <summary>Address of a question with the answers given so far.</summary>
    public string PageOf(int number, IReadOnlyList<int> answers) =>
        $"/evaluations/{Evaluation.Id}?q={number}&so-far={_protector.Protect(JsonSerializer.Serialize(answers), TimeSpan.FromHours(2))}";

    /// <returns>Where to go instead: to the first question that has no answer yet.</returns>
    private async Task<IActionResult?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetEvaluation(User.Caller(), HttpContext.Frame().CommunityId, id), cancellationToken);
        if (answer is Result<EvaluationPage>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Evaluation = answer.Require();
        SoFar = Unseal();
        return Number < 1 || Number > Evaluation.Questions.Count || Number > SoFar.Count + 1 ? Redirect($"/evaluations/{id}") : null;
    }

    private List<int> Unseal()
    {
        if (string.IsNullOrEmpty(Word) || Word.Length > 4000)
        {
            return [];
        }

        try
        {
            return JsonSerializer.Deserialize<List<int>>(_protector.Unprotect(Word)) ?? [];
        }
        catch (CryptographicException)
        {
            return []; // tampered with or too old
        }
    }
}
