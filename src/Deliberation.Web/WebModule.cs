using Deliberation.Web.Access;
using Deliberation.Web.Api;
using Deliberation.Web.Hardening;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Residents.Ballots;
using Deliberation.Web.Startup;

namespace Deliberation.Web;

/// <summary>Composition of the doors: pages for people, JSON for programs, sign-in.</summary>
internal static class WebModule
{
    public static IServiceCollection AddWeb(this IServiceCollection services, IHostEnvironment environment, IConfiguration configuration)
    {
        services.AddAccess(environment, configuration);
        services.AddHardening(environment, configuration);
        services.AddLanguage();
        services.AddApi();
        services.AddRazorPages(options =>
        {
            options.Conventions.AuthorizeFolder("/Residents", Policies.Resident);
            options.Conventions.AuthorizeFolder("/Staff", Policies.Staff);
            options.Conventions.AuthorizeFolder("/Admin", Policies.Admin);
            options.Conventions.AuthorizeFolder("/Board", Policies.Board);
            options.Conventions.AuthorizeFolder("/Desks", Policies.Desks);
            options.Conventions.AuthorizeFolder("/Dev", Policies.Staff); // and absent outside Development
            options.Conventions.AllowAnonymousToFolder("/Public");
        }).AddMvcOptions(options => options.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true);
        services.AddSingleton<Papers>();
        services.AddRouting(options => options.LowercaseUrls = true);
        return services;
    }

    public static void UseWeb(this WebApplication app)
    {
        app.UseHardening();
        app.UseRouting();
        app.UseAuthentication();
        app.UseWhen(context => !AccessModule.IsOperators(context.Request.Path), pages => // those must answer while the database does not
        {
            pages.UseMiddleware<FrameMiddleware>();
            pages.UseMiddleware<SetUpGate>();
        });
        app.UseAuthorization();
    }

    public static void MapWeb(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorPages().WithStaticAssets();
        app.MapApi();
        app.MapHealth();
    }
}
