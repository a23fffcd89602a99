using Deliberation.Domain;
using Deliberation.Web.Language;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages;

/// <summary>A refusal as the answer of a page: the same page with the reason, everything typed still there.</summary>
public static class PageRefusals
{
    /// <summary>Where the status page finds the words of a refusal.</summary>
    internal static readonly object TurnedAway = new();

    /// <summary>Status of the refusal's kind, as design.md 5 has it.</summary>
    public static int Status(this RefusalKind kind) => kind switch
    {
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.TooMany => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    /// <summary>Shows the page again with the reason at its field. Absent things get the page that says so.</summary>
    /// <param name="field">Name of the form field; the refusal's own when null, the whole form when that is null too.</param>
    public static IActionResult Refuse(this PageModel page, Refusal reason, ITexts texts, string? field = null)
    {
        if (reason.Kind is RefusalKind.NotFound)
        {
            return page.TurnAway(reason, texts);
        }

        page.ModelState.AddModelError(field ?? reason.Field ?? "", texts.Why(reason));
        return page.Invalid(reason.Kind.Status());
    }

    /// <summary>There is no page to show again: the reason gets a page of its own.</summary>
    public static IActionResult TurnAway(this PageModel page, Refusal reason, ITexts texts)
    {
        page.HttpContext.Items[TurnedAway] = texts.Why(reason);
        return page.StatusCode(reason.Kind.Status());
    }

    /// <summary>Shows the page again with what ModelState holds.</summary>
    public static IActionResult Invalid(this PageModel page, int status = StatusCodes.Status422UnprocessableEntity)
    {
        page.Response.StatusCode = status;
        return page.Page();
    }
}
