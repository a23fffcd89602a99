using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Admin;

/// <summary>The admin's first page is the list of templates.</summary>
public sealed class IndexModel : PageModel
{
    public IActionResult OnGet() => Redirect("/admin/templates");
}
