using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>What a reader sees when a page could not be given: what happened, what to do, whom to call. Asks nothing of the database.</summary>
[IgnoreAntiforgeryToken]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
public sealed class StatusModel : PageModel
{
    private static readonly int[] Known = [400, 401, 403, 404, 409, 413, 422, 429, 500, 503];

    /// <summary>Which text is shown; an unusual status shows the nearest of its kind.</summary>
    public int Code { get; private set; }

    /// <summary>To be read out on the telephone; only when the fault is ours.</summary>
    public string? Incident { get; private set; }

    /// <summary>Why a use case was refused, in words; null for other failures.</summary>
    public string? Reason { get; private set; }

    public void OnGet([FromRoute] int code) => Show(code); // not the field of that name in the form that failed

    public void OnPost([FromRoute] int code) => Show(code);

    private void Show(int code)
    {
        // Re-executed after a failure the response already has its status; opened directly it takes the address's.
        var status = HttpContext.Features.Get<IExceptionHandlerFeature>() is not null ? Response.StatusCode : code;
        Code = Known.Contains(status) ? status : status >= 500 ? 500 : 404;
        Response.StatusCode = status is >= 400 and < 600 ? status : StatusCodes.Status404NotFound;
        Reason = HttpContext.Items[PageRefusals.TurnedAway] as string;
        Incident = Code == 500 ? (Activity.Current?.TraceId.ToString() ?? HttpContext.TraceIdentifier)[..8].ToUpperInvariant() : null;
    }
}
