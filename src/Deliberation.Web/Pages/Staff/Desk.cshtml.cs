using Deliberation.Web.Language;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Opens the desk of another community of the same person.</summary>
public sealed class DeskModel : PageModel
{
    public IActionResult OnGet() => Redirect("/staff");

    /// <param name="code">A community that is not the caller's changes nothing: the frame looks only among the caller's.</param>
    public IActionResult OnPost(string? code, [FromForm(Name = "return")] string? back)
    {
        if (code is { Length: > 0 and <= 20 })
        {
            Response.Cookies.Append(Tastes.Desk, code, Tastes.Keep(Request));
        }

        return LocalRedirect(Url.IsLocalUrl(back) ? back : "/staff");
    }
}
