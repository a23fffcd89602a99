using Deliberation.Features.Ballots;
using Deliberation.Features.Templates;
using Deliberation.Postgres;

namespace Deliberation.Web.Startup;

/// <summary>Composition of what runs beside requests.</summary>
internal static class StartupModule
{
    /// <summary>Keys of secret ballots lie beside the secrets unless <c>Ballots:KeysFolder</c> says otherwise.</summary>
    public static IServiceCollection AddBallotKeyFolder(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BallotKeyOptions>().Configure<SecretsFile>((keys, secrets) =>
            keys.Folder = configuration["Ballots:KeysFolder"] ?? Path.Combine(Path.GetDirectoryName(secrets.Path)!, "ballot-keys"));
        return services;
    }

    public static IServiceCollection AddStartup(this IServiceCollection services)
    {
        services.AddSingleton<PublishShippedTemplates>();
        services.AddSingleton<DemoSeeding>();
        services.AddHostedService<ProductStartup>();
        return services;
    }
}
