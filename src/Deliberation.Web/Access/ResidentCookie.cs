using Microsoft.AspNetCore.Authentication.Cookies;

namespace Deliberation.Web.Access;

/// <summary>Looks whether a resident's session row still holds.</summary>
internal static class ResidentCookie
{
    public static Task ValidateAsync(CookieValidatePrincipalContext context) => Task.CompletedTask;
}
