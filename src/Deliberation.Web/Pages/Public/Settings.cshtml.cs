using Deliberation.Process.Texts;
using Deliberation.Web.Language;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>Keeps language, text size and contrast. Harmless without a form token: it changes how pages look to one browser and nothing else.</summary>
[IgnoreAntiforgeryToken]
public sealed class SettingsModel : PageModel
{
    public IActionResult OnGet() => Redirect("/help#settings");

    public IActionResult OnPost(string? lang, string? elder, string? contrast, [FromForm(Name = "return")] string? back)
    {
        var keep = Tastes.Keep(Request);
        if (TextCatalog.Languages.Contains(lang))
        {
            Response.Cookies.Append(Tastes.Language, lang!, keep);
        }

        foreach (var (name, value) in new[] { (Tastes.Elder, elder), (Tastes.Contrast, contrast) })
        {
            if (value is "0" or "1")
            {
                Response.Cookies.Append(name, value, keep);
            }
        }

        return LocalRedirect(Url.IsLocalUrl(back) ? back : "/");
    }
}
