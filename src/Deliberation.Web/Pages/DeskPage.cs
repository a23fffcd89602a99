using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Operations;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace Deliberation.Web.Pages;

/// <summary>A page of a desk (staff, admin, board): loads what it shows, acts, and shows itself again with the reason when refused.</summary>
public abstract class DeskPage(IMediator mediator, ITexts texts) : PageModel
{
    /// <summary>Name of what was just done, from the address: <c>?said=urged</c> shows the text <c>said.urged</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Said { get; set; }

    /// <summary>How many, for texts that say so.</summary>
    [BindProperty(SupportsGet = true)]
    public int? Count { get; set; }

    /// <summary>Page of the list, 1 or more.</summary>
    [BindProperty(SupportsGet = true, Name = "page-no")]
    public int PageNumber { get; set; } = 1;

    public ITexts Texts => texts;

    protected IMediator Mediator => mediator;

    protected Caller Caller => User.Caller();

    protected CommunityId Community => HttpContext.Frame().CommunityId;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) =>
        await LoadAsync(cancellationToken) is { } refusal ? Deny(refusal) : Page();

    /// <summary>Fetches all that the page shows.</summary>
    /// <returns>Null, or why it may not be shown.</returns>
    protected abstract Task<Refusal?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Asks and keeps the answer.</summary>
    protected async Task<Refusal?> AskAsync<T>(IRequest<Result<T>> request, Action<T> keep, CancellationToken cancellationToken)
    {
        switch (await mediator.Send(request, cancellationToken))
        {
            case Result<T>.Accepted { Value: var value }:
                keep(value);
                return null;
            case Result<T>.Refused { Reason: var reason }:
                return reason;
            default:
                throw new InvalidOperationException();
        }
    }

    /// <summary>Council time now.</summary>
    protected async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) =>
        (await mediator.Send(new GetNow(Caller, Community), cancellationToken)).Require();

    /// <summary>Acts and comes back to this page, or shows it again with the reason and everything typed.</summary>
    /// <param name="said">What the page says when it was granted.</param>
    /// <param name="address">Where to go instead of back here.</param>
    /// <param name="field">The name on this page of a field that a refusal names.</param>
    protected async Task<IActionResult> ActAsync<T>(
        IRequest<Result<T>> request, string said, CancellationToken cancellationToken, Func<T, string>? address = null, Func<T, int>? count = null, Func<string, string>? field = null)
    {
        if (!ModelState.IsValid)
        {
            return await AgainAsync(null, cancellationToken);
        }

        T? granted = default;
        if (await AskAsync(request, value => granted = value, cancellationToken) is { } refusal)
        {
            return await AgainAsync(refusal, cancellationToken, refusal.Field is { } named ? field?.Invoke(named) : null);
        }

        var to = QueryHelpers.AddQueryString(address?.Invoke(granted!) ?? Request.Path, "said", said);
        return LocalRedirect(count is null ? to : QueryHelpers.AddQueryString(to, "count", $"{count(granted!)}"));
    }

    /// <summary>The same page with what was typed.</summary>
    /// <param name="field">Where the reason is shown instead of at the field that the refusal names.</param>
    protected async Task<IActionResult> AgainAsync(Refusal? refusal, CancellationToken cancellationToken, string? field = null)
    {
        Said = null;
        if (await LoadAsync(cancellationToken) is { } denied)
        {
            return Deny(denied);
        }

        return refusal is null ? this.Invalid() : this.Refuse(refusal, texts, field);
    }

    /// <summary>A page that may not be shown is an error page with the status of the refusal.</summary>
    private StatusCodeResult Deny(Refusal refusal) => StatusCode(refusal.Kind.Status());

    /// <summary>This page with one part of its address changed, for filters and the pager.</summary>
    public string With(string name, string? value)
    {
        var query = Request.Query
            .Where(q => q.Key != name && q.Key is not ("said" or "count" or "handler") && (q.Key != "page-no" || name == "page-no"))
            .Select(q => KeyValuePair.Create(q.Key, q.Value.FirstOrDefault()))
            .ToList();
        if (!string.IsNullOrEmpty(value))
        {
            query.Add(KeyValuePair.Create(name, (string?)value));
        }

        return QueryHelpers.AddQueryString(Request.Path, query);
    }

    public PagerPart Pager<T>(Paged<T> list) => new(PageNumber, list.PageCount, list.Total, number => With("page-no", $"{number}"));

    /// <returns>A day as browsers send it, <c>2026-10-01</c>; null when it is none.</returns>
    protected static DateOnly? ReadDay(string? typed) => DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    protected PageRequest PageAsked(int size = 20) => new(PageNumber, size);
}
