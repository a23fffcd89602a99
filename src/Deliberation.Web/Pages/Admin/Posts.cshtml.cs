using Deliberation.Domain;
using Deliberation.Features.PostHolders;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>Posts (岗位) and their people: hand one over with all its tasks, name who stands in, put absences on record.</summary>
public sealed class PostsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? Post { get; set; }

    [BindProperty]
    public Guid? From { get; set; }

    [BindProperty]
    public Guid? To { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public Guid? Substitute { get; set; }

    [BindProperty]
    public Guid? Staff { get; set; }

    [BindProperty]
    public string? AwayFrom { get; set; }

    [BindProperty]
    public string? Until { get; set; }

    public PostsPage Posts { get; private set; } = null!;

    public Task<IActionResult> OnPostHandOverAsync(CancellationToken cancellationToken) => ActAsync(
        new ReplaceHolder(Caller, Community, Post ?? "", From is { } from ? new StaffId(from) : null, new StaffId(To ?? default), Reason ?? ""),
        "post-handed-over", cancellationToken, count: moved => moved);

    public Task<IActionResult> OnPostSubstituteAsync(CancellationToken cancellationToken) =>
        ActAsync(new NameSubstitute(Caller, Community, Post ?? "", new StaffId(Substitute ?? default)), "substitute-named", cancellationToken);

    public Task<IActionResult> OnPostAwayAsync(CancellationToken cancellationToken) => ActAsync(
        new SetAbsence(Caller, Community, new StaffId(Staff ?? default), Day(AwayFrom, nameof(AwayFrom)), Day(Until, nameof(Until))), "absence-set", cancellationToken);

    /// <summary>True for the form that was sent and came back.</summary>
    public bool IsUsed(string handler) => string.Equals(Request.Query["handler"], handler, StringComparison.OrdinalIgnoreCase);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListPosts(Caller, Community), page => Posts = page, cancellationToken);

    private DateOnly Day(string? typed, string field)
    {
        if (!DateOnly.TryParseExact(typed, "yyyy-MM-dd", out var day))
        {
            ModelState.AddModelError(field, Texts["form.not-a-day"]);
        }

        return day;
    }
}
