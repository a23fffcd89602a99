namespace Deliberation.Web.Hardening;

/// <summary>Headers of every answer (reliability.md D17, D18). A page that needs more, the designer's, replaces the content policy by its own.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    /// <summary>No script or style stands in a page; both come from our own files only.</summary>
    public const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
        "manifest-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Content-Security-Policy", ContentPolicy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"), // files with a fingerprint say otherwise
    ];

    public Task InvokeAsync(HttpContext context)
    {
        // At the last moment: what handles a failure clears the headers set before it.
        context.Response.OnStarting(
            static state =>
            {
                var response = ((HttpContext)state).Response;
                var headers = response.Headers;
                if (response.StatusCode == StatusCodes.Status503ServiceUnavailable)
                {
                    headers.TryAdd("Retry-After", "2"); // seconds; a database that was restarted is back sooner
                }

                foreach (var (name, value) in Headers)
                {
                    headers.TryAdd(name, value);
                }

                return Task.CompletedTask;
            },
            context);
        return next(context);
    }
}
