using System.Net;
using Deliberation.Process.Texts;
using Deliberation.Web.Access;
using Deliberation.Web.Pages;
using Microsoft.AspNetCore.HttpOverrides;

namespace Deliberation.Web.Hardening;

/// <summary>
/// Cookies and form tokens travel over https only. A reverse proxy says that it speaks https (<c>X-Forwarded-Proto</c>, believed from this machine and from <c>Proxy:Networks</c>);
/// a browser on this machine needs none, since browsers take <c>http://localhost</c> for a secure origin too. Over plain http from elsewhere there is one page: the one that says so.
/// </summary>
internal static class SecureOrigins
{
    public static IServiceCollection AddSecureOrigins(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            foreach (var network in (configuration["Proxy:Networks"] ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
            }
        });
        return services;
    }

    /// <summary>After the pages of failure, which answer over plain http too.</summary>
    public static void UseSecureOrigins(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            app.Use(OnlySecureAsync);
        }
    }

    private static Task OnlySecureAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!request.IsHttps && IsThisMachine(request.Host.Host) && (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address)))
        {
            request.Scheme = Uri.UriSchemeHttps;
        }

        if (request.IsHttps || AccessModule.IsOperators(request.Path) || request.Path.StartsWithSegments("/status"))
        {
            return next(context);
        }

        var texts = context.RequestServices.GetRequiredService<TextCatalog>();
        context.Items[PageRefusals.TurnedAway] = string.Join(" / ", TextCatalog.Languages.Select(language => texts.Get(language, "secure.https-only")));
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static bool IsThisMachine(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
