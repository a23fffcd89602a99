using Deliberation.Domain;
using Deliberation.Features.Operations;
using Deliberation.Process.Calendar;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Deliberation.Features.Foundation;

namespace Deliberation.Web.Pages.Public;

/// <summary>The first run: community, time zone, first admin, opened by the code on the console. Absent once there is a staff account.</summary>
public sealed class SetUpModel(IMediator mediator, SetUpCodes codes, ITexts texts) : PageModel
{
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Kind { get; set; }

    [BindProperty]
    public string? ShortCode { get; set; }

    [BindProperty]
    public string? Subdistrict { get; set; }

    [BindProperty]
    public string? District { get; set; }

    [BindProperty]
    public string? Phone { get; set; }

    [BindProperty]
    public string? OfficeHours { get; set; }

    [BindProperty]
    public string? TimeZone { get; set; } = WorkingCalendar.China.Zone.Id;

    [BindProperty]
    public string? Login { get; set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    /// <summary>Never shown again.</summary>
    [BindProperty]
    public string? Password { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) =>
        await codes.IsOpenAsync(cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await codes.IsOpenAsync(cancellationToken))
        {
            return NotFound();
        }

        var form = new SetUpForm(
            Typed(Name), Typed(Kind), Typed(ShortCode), Typed(Subdistrict), Typed(District), Typed(Phone), Typed(OfficeHours), Typed(TimeZone),
            Typed(Login).ToLowerInvariant(), Typed(DisplayName), Password ?? "");
        foreach (var problem in form.Problems())
        {
            ModelState.AddModelError(problem.Field!, Label(problem.Field!) is { } key ? texts.Get("form.named", new { field = texts[key], why = texts.Why(problem) }) : texts.Why(problem));
        }

        if (string.IsNullOrWhiteSpace(Code))
        {
            ModelState.AddModelError(nameof(Code), texts["set-up.code-missing"]);
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var address = HttpContext.Connection.RemoteIpAddress?.ToString() ?? "";
        return await mediator.Send(new SetUpProduct(Code!, address, form), cancellationToken) switch
        {
            Result<SetUpAnswer>.Accepted { Value: SetUpAnswer.Welcome welcome } => await OpenAsync(welcome),
            Result<SetUpAnswer>.Accepted { Value: SetUpAnswer.Refused { Reason: var wrong } } => this.Refuse(wrong, texts, nameof(Code)),
            Result<SetUpAnswer>.Refused { Reason: var reason } => this.Refuse(reason, texts),
            _ => throw new InvalidOperationException(),
        };
    }

    private async Task<IActionResult> OpenAsync(SetUpAnswer.Welcome welcome)
    {
        await HttpContext.SignInAsync(Schemes.Staff, StaffCookie.Principal(welcome.Admin, CallerKind.Admin, welcome.SecurityStamp));
        return LocalRedirect("/staff?said=set-up");
    }

    /// <summary>Fields whose problem does not name them in its own words.</summary>
    private static string? Label(string field) => field switch
    {
        nameof(Name) => "set-up.name",
        nameof(Subdistrict) => "set-up.subdistrict",
        nameof(District) => "set-up.district",
        nameof(OfficeHours) => "set-up.office-hours",
        nameof(DisplayName) => "set-up.display-name",
        _ => null,
    };

    private static string Typed(string? text) => text?.Trim() ?? "";
}
