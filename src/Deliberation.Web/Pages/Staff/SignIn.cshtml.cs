using System.ComponentModel.DataAnnotations;
using Deliberation.Domain;
using Deliberation.Features.Access;
using Deliberation.Features.Foundation;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Staff, admins and officials sign in. The password is never shown again, everything else typed is.</summary>
[AllowAnonymous]
public sealed class SignInModel(IMediator mediator, ITexts texts) : PageModel
{
    [BindProperty]
    [MaxLength(60)]
    public string? Login { get; set; }

    [BindProperty]
    [MaxLength(200)]
    public string? Password { get; set; }

    [BindProperty(SupportsGet = true, Name = "return")]
    public string? Back { get; set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Login))
        {
            ModelState.AddModelError(nameof(Login), texts["sign-in.login-missing"]);
        }

        if (string.IsNullOrEmpty(Password))
        {
            ModelState.AddModelError(nameof(Password), texts["sign-in.password-missing"]);
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        return (await mediator.Send(new SignInStaff(Login!, Password!), cancellationToken)).Require() switch
        {
            StaffSignIn.Welcome welcome => await OpenAsync(welcome),
            StaffSignIn.Refused { Reason: var reason } => this.Refuse(reason, texts),
            _ => throw new InvalidOperationException(),
        };
    }

    private async Task<IActionResult> OpenAsync(StaffSignIn.Welcome welcome)
    {
        await HttpContext.SignInAsync(Schemes.Staff, StaffCookie.Principal(welcome.Staff, welcome.Kind, welcome.SecurityStamp));
        var home = welcome.Kind switch { CallerKind.Admin => "/admin/templates", CallerKind.Staff => "/staff", _ => "/board" };
        return LocalRedirect(Url.IsLocalUrl(Back) ? Back : home);
    }
}
