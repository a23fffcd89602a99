namespace Deliberation.Web.Hardening;

/// <summary>Headers of every answer (reliability.md D17, D18). A page that needs more, the designer's, replaces the content policy by its own.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    /// <summary>No script or style stands in a page; both come from our own files only.</summary>
    public const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
        "manifest-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), interest-cohort=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store"; // files with a fingerprint say otherwise
        return next(context);
    }
}
