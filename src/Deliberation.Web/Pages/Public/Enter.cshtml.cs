using Deliberation.Domain;
using Deliberation.Features.Residents;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>Comes in with a one-time code: the telephone number, then six digits, then who of several.</summary>
public sealed class EnterModel(IMediator mediator, ITexts texts) : PageModel
{
    [BindProperty]
    public string? Phone { get; set; }

    /// <summary>Set once a code was asked for.</summary>
    [BindProperty]
    public Guid? RequestId { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public Guid? Person { get; set; }

    [BindProperty(SupportsGet = true, Name = "return")]
    public string? Back { get; set; }

    /// <summary>How long the code lasts; shown once it is on its way.</summary>
    public int Minutes { get; private set; } = 10;

    public IReadOnlyList<PersonToChoose> People { get; private set; } = [];

    public void OnGet() { }

    public async Task<IActionResult> OnPostPhoneAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Phone) || Phone.Length > 40)
        {
            ModelState.AddModelError(nameof(Phone), texts["enter.phone-missing"]);
            return this.Invalid();
        }

        var address = HttpContext.Connection.RemoteIpAddress?.ToString() ?? "";
        var answer = await mediator.Send(new RequestCode(User.Caller(), HttpContext.Frame().CommunityId, Phone, address), cancellationToken);
        if (answer is Result<CodeRequested>.Refused { Reason: var reason })
        {
            return this.Refuse(reason, texts, nameof(Phone));
        }

        var requested = answer.Require();
        (RequestId, Minutes) = (requested.Request, requested.Minutes);
        return Page();
    }

    public async Task<IActionResult> OnPostCodeAsync(CancellationToken cancellationToken)
    {
        var code = new string([.. (Code ?? "").Where(char.IsAsciiDigit)]);
        if (RequestId is not { } request || code.Length != 6)
        {
            ModelState.AddModelError(nameof(Code), texts["enter.code-malformed"]);
            return this.Invalid();
        }

        var community = HttpContext.Frame().CommunityId;
        ResidentId? person = Person is { } id ? new ResidentId(id) : null;
        switch (await mediator.Send(new EnterByCode(User.Caller(), community, request, code, person), cancellationToken))
        {
            case Result<EntryAnswer>.Refused { Reason: var reason }:
                return this.Refuse(reason, texts, nameof(Code));
            case Result<EntryAnswer>.Accepted { Value: { Secret: { } secret } }:
                await ResidentCookie.BeginAsync(HttpContext, secret);
                return LocalRedirect(Url.IsLocalUrl(Back) ? Back : "/");
            case Result<EntryAnswer>.Accepted { Value: var several }:
                People = several.People;
                return Page();
            default:
                throw new InvalidOperationException();
        }
    }
}
