using System.Net;
using System.Security.Claims;
using Deliberation.Domain;
using Deliberation.Features.Access;
using Deliberation.Features.Foundation;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Caching.Memory;

namespace Deliberation.Web.Access;

/// <summary>Sign-in and rights.</summary>
internal static class AccessModule
{
    private static readonly string[] Desks = ["/staff", "/admin", "/board", "/elsa", "/dev"];

    public static IServiceCollection AddAccess(this IServiceCollection services, IHostEnvironment environment, IConfiguration configuration)
    {
        var operators = OperatorNetworks(configuration);
        services.AddSingleton<StaffSessions>();
        services.AddSingleton<CommunityDirectory>();
        services.AddMemoryCache();
        services.AddDataProtection().SetApplicationName("Deliberation");
        services.AddSingleton<DatabaseKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<DatabaseKeys>((options, keys) => options.XmlRepository = keys);

        services.AddAuthentication(Schemes.ByAddress)
            .AddPolicyScheme(Schemes.ByAddress, null, options => options.ForwardDefaultSelector = context =>
                IsDesk(Asked(context)) || Asked(context).StartsWithSegments("/set-up") ? Schemes.Staff : Schemes.Resident)
            .AddCookie(Schemes.Resident, options =>
            {
                Harden(options, environment, "resident", SameSiteMode.Lax);
                options.LoginPath = options.AccessDeniedPath = "/enter";
                options.ExpireTimeSpan = TimeSpan.FromDays(90); // the session row decides; see ResidentSessions
                options.TicketDataFormat = new ResidentCookie();
                options.Events.OnValidatePrincipal = ResidentCookie.ValidateAsync;
            })
            .AddCookie(Schemes.Staff, options =>
            {
                Harden(options, environment, "staff", SameSiteMode.Lax);
                options.LoginPath = "/staff/sign-in";
                options.AccessDeniedPath = "/status/403";
                options.ExpireTimeSpan = TimeSpan.FromHours(10);
                options.SlidingExpiration = true;
                options.Events.OnValidatePrincipal = StaffCookie.ValidateAsync;
            });

        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(IsNothing).Build()) // a page without a policy opens to nobody
            .AddPolicy(Policies.Resident, policy => policy.RequireClaim(AccessClaims.Kind, nameof(CallerKind.Resident)))
            .AddPolicy(Policies.Staff, policy => policy.AddAuthenticationSchemes(Schemes.Staff).RequireClaim(AccessClaims.Kind, nameof(CallerKind.Staff), nameof(CallerKind.Admin)))
            .AddPolicy(Policies.Admin, policy => policy.AddAuthenticationSchemes(Schemes.Staff).RequireClaim(AccessClaims.Kind, nameof(CallerKind.Admin)))
            .AddPolicy(Policies.Board, policy => policy.AddAuthenticationSchemes(Schemes.Staff).RequireClaim(AccessClaims.Kind, nameof(CallerKind.Official), nameof(CallerKind.Supervisor), nameof(CallerKind.Admin)))
            .AddPolicy(Policies.Desks, policy => policy.AddAuthenticationSchemes(Schemes.Staff)
                .RequireClaim(AccessClaims.Kind, nameof(CallerKind.Staff), nameof(CallerKind.Admin), nameof(CallerKind.Official), nameof(CallerKind.Supervisor)))
            .AddPolicy(Policies.Operator, policy => policy.RequireAssertion(context => context.Resource is HttpContext http && IsOperator(http, operators)));
        return services;
    }

    public static bool IsDesk(PathString path) => Desks.Any(desk => path.StartsWithSegments(desk, StringComparison.OrdinalIgnoreCase));

    /// <summary>The address that was asked for, also while the page of its failure is made: that is for the same reader.</summary>
    private static PathString Asked(HttpContext context) =>
        context.Features.Get<IStatusCodeReExecuteFeature>()?.OriginalPath
        ?? context.Features.Get<IExceptionHandlerPathFeature>()?.Path
        ?? context.Request.Path;

    /// <summary>Where nothing is, nothing is guarded: the answer is 404 and not a sign-in page.</summary>
    private static bool IsNothing(AuthorizationHandlerContext context) => context.Resource is HttpContext http && http.GetEndpoint() is null;

    /// <summary>True for callers who want data, not pages: no redirect to a sign-in page, problem documents instead.</summary>
    public static bool IsProgram(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments("/elsa") || IsOperators(path);

    /// <summary>What watches the product asks here, over plain http too.</summary>
    public static bool IsOperators(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/metrics");

    /// <summary>This machine, or a network that the operator named. A request that somebody passed on without saying for whom is not the operator's.</summary>
    private static bool IsOperator(HttpContext http, IReadOnlyList<IPNetwork> operators) =>
        http.Request.Headers["X-Forwarded-For"].Count == 0
        && (http.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address)
            || operators.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)));

    /// <summary><c>Operator:Networks</c>, in CIDR form, separated by a comma or a space.</summary>
    private static IReadOnlyList<IPNetwork> OperatorNetworks(IConfiguration configuration) =>
        [.. (configuration["Operator:Networks"] ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(network => IPNetwork.Parse(network))];

    /// <summary><c>__Host-</c> needs https; on a developer's plain http the prefix would make browsers drop the cookie.</summary>
    public static string CookieName(IHostEnvironment environment, string name) => environment.IsDevelopment() ? name : $"__Host-{name}";

    private static void Harden(CookieAuthenticationOptions options, IHostEnvironment environment, string name, SameSiteMode sameSite)
    {
        options.Cookie.Name = CookieName(environment, name);
        options.Cookie.HttpOnly = true;
        options.Cookie.Path = "/";
        options.Cookie.SameSite = sameSite;
        options.Cookie.SecurePolicy = environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        options.Cookie.IsEssential = true;
        options.ReturnUrlParameter = "return";
        options.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
    }

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (IsProgram(context.Request.Path) || status == StatusCodes.Status403Forbidden)
        {
            context.Response.StatusCode = IsOperators(context.Request.Path) ? StatusCodes.Status403Forbidden : status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Looks at most five seconds back whether a staff cookie still holds, and which communities it opens.</summary>
internal static class StaffCookie
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    public static ClaimsPrincipal Principal(StaffId staff, CallerKind kind, Guid stamp) => new(new ClaimsIdentity(
        [
            new Claim(AccessClaims.Kind, kind.ToString()),
            new Claim(AccessClaims.Staff, staff.ToString()),
            new Claim(AccessClaims.Stamp, stamp.ToString()),
        ],
        Schemes.Staff));

    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var session = context.Principal!.Id(AccessClaims.Staff) is { } id && context.Principal!.Id(AccessClaims.Stamp) is { } stamp
            ? await FindAsync(context.HttpContext, new StaffId(id), stamp)
            : null;
        if (session is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Schemes.Staff);
            return;
        }

        context.ReplacePrincipal(new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(AccessClaims.Kind, session.Kind.ToString()),
                new Claim(AccessClaims.Staff, session.Staff.ToString()),
                new Claim(AccessClaims.Stamp, context.Principal!.FindFirstValue(AccessClaims.Stamp)!),
                new Claim(AccessClaims.DisplayName, session.DisplayName),
                .. session.Communities.Select(c => new Claim(AccessClaims.Community, c.ToString())),
            ],
            Schemes.Staff)));
    }

    private static async Task<StaffSession?> FindAsync(HttpContext http, StaffId staff, Guid stamp)
    {
        var cache = http.RequestServices.GetRequiredService<IMemoryCache>();
        return await cache.GetOrCreateAsync((nameof(StaffCookie), staff, stamp), entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = KeptFor;
            return http.RequestServices.GetRequiredService<StaffSessions>().FindAsync(staff, stamp, http.RequestAborted);
        });
    }
}
