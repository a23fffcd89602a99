using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Deliberation.Postgres;

/// <summary>Composition of everything only a database can do.</summary>
public static class PostgresModule
{
    /// <summary>Data source, migrations and the embedded server. Nothing runs before the host starts.</summary>
    /// <remarks><see cref="DatabaseStartup"/> brings the database up in the host's <c>Starting</c> phase, before every other hosted service.</remarks>
    public static IServiceCollection AddPostgres(this IServiceCollection services, IConfiguration configuration)
    {
        TypeHandlers.Register();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Database>(provider, configuration));
        services.AddSingleton(provider => provider.GetRequiredService<Database>().Secrets);
        services.AddSingleton(provider => DataSources.Create(provider.GetRequiredService<Database>().ConnectionString));
        services.AddSingleton<MigrationRunner>();
        services.AddSingleton<IHostedService, DatabaseStartup>();
        return services;
    }
}
