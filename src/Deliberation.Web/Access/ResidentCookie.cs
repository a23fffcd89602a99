using System.Runtime.CompilerServices;
using System.Security.Claims;
using Deliberation.Features.Residents;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Deliberation.Web.Access;

/// <summary>The resident's cookie is the secret of a session row and nothing else; every request looks whether the row still holds.</summary>
/// <remarks>Decision 0009: a secret of 256 random bits needs neither seal nor signature.</remarks>
internal sealed class ResidentCookie : ISecureDataFormat<AuthenticationTicket>
{
    /// <summary>Made once for as long as the session is remembered, not with every request.</summary>
    private static readonly ConditionalWeakTable<ResidentSession, ResidentPrincipal> Known = [];

    /// <summary>Begins a session in this browser; ends the one before.</summary>
    public static Task BeginAsync(HttpContext http, string secret) => http.SignInAsync(Schemes.Resident, Holder(secret));

    public string Protect(AuthenticationTicket data) => data.Principal.FindFirstValue(AccessClaims.Session)!;

    public string Protect(AuthenticationTicket data, string? purpose) => Protect(data);

    public AuthenticationTicket? Unprotect(string? protectedText) => string.IsNullOrEmpty(protectedText) ? null : new AuthenticationTicket(Holder(protectedText), Schemes.Resident);

    public AuthenticationTicket? Unprotect(string? protectedText, string? purpose) => Unprotect(protectedText);

    /// <summary>Who holds a secret is nobody yet: <see cref="ValidateAsync"/> finds out.</summary>
    private static ClaimsPrincipal Holder(string secret) => new(new ClaimsIdentity([new Claim(AccessClaims.Session, secret)], Schemes.Resident));

    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<IResidentSessions>();
        var secret = context.Principal!.FindFirstValue(AccessClaims.Session) ?? "";
        if (await sessions.FindAsync(secret, context.HttpContext.RequestAborted) is not { } session)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Schemes.Resident);
            return;
        }

        context.ReplacePrincipal(Known.GetValue(session, found => new ResidentPrincipal(found, secret)));
    }
}
