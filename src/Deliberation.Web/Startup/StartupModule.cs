using Deliberation.Features.Templates;

namespace Deliberation.Web.Startup;

/// <summary>Composition of what runs beside requests.</summary>
internal static class StartupModule
{
    public static IServiceCollection AddStartup(this IServiceCollection services)
    {
        services.AddSingleton<PublishShippedTemplates>();
        services.AddHostedService<ProductStartup>();
        return services;
    }
}
