using Deliberation.Postgres;
using Deliberation.Web.Access;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Deliberation.Web.Hardening;

/// <summary>Limits, headers and the pages of failure.</summary>
internal static class HardeningModule
{
    /// <summary>Largest body of an ordinary form; pages that take files say so themselves.</summary>
    public const long LargestForm = 1 << 20;

    public static IServiceCollection AddHardening(this IServiceCollection services, IHostEnvironment environment, IConfiguration configuration)
    {
        services.AddSecureOrigins(configuration);
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = LargestForm;
            options.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        });
        services.Configure<FormOptions>(options =>
        {
            options.ValueCountLimit = 500;
            options.KeyLengthLimit = 200;
            options.ValueLengthLimit = 64 << 10;
        });
        services.AddHsts(options => options.MaxAge = TimeSpan.FromDays(365));
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = AccessModule.CookieName(environment, "form");
            options.Cookie.SecurePolicy = environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
            options.SuppressXFrameOptionsHeader = true; // frame-ancestors says it
        });
        services.AddProblemDetails();
        return services;
    }

    public static void UseHardening(this WebApplication app)
    {
        app.UseForwardedHeaders();
        if (!app.Environment.IsDevelopment())
        {
            app.UseHsts();
        }

        app.UseMiddleware<SecurityHeaders>();
        app.UseWhen(context => AccessModule.IsProgram(context.Request.Path), programs =>
        {
            programs.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = StatusOf });
            programs.UseStatusCodePages();
        });
        app.UseWhen(context => !AccessModule.IsProgram(context.Request.Path), pages =>
        {
            pages.UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandlingPath = "/status/500",
                StatusCodeSelector = StatusOf,
            });
            pages.UseStatusCodePagesWithReExecute("/status/{0}");
        });
        app.UseSecureOrigins();
        app.UseMiddleware<SameSitePosts>();
    }

    /// <summary>What a failure is to whoever asked: their fault, ours, or nobody's for a moment.</summary>
    private static int StatusOf(Exception failure) =>
        failure is Microsoft.AspNetCore.Http.BadHttpRequestException bad ? bad.StatusCode
        : DatabaseAway.IsCauseOf(failure) ? StatusCodes.Status503ServiceUnavailable
        : StatusCodes.Status500InternalServerError;
}
