using System.Data.Common;
using Deliberation.Postgres.Maintenance;
using Deliberation.Postgres.Outbox;
using Deliberation.Postgres.Scheduling;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Composition of everything only a database can do.</summary>
public static class PostgresModule
{
    /// <summary>Data source, migrations, embedded server, council clock. Call it before everything that has hosted services; nothing runs before the host starts.</summary>
    /// <remarks><see cref="DatabaseStartup"/> brings the database up in the host's <c>Starting</c> phase, before every other hosted service, and down in <c>Stopped</c>, after all.</remarks>
    public static IServiceCollection AddPostgres(this IServiceCollection services, IConfiguration configuration)
    {
        TypeHandlers.Register();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Database>(provider, configuration));
        services.AddSingleton(provider => provider.GetRequiredService<Database>().Secrets);
        services.AddSingleton(provider => DataSources.Create(provider.GetRequiredService<Database>().ConnectionString));
        services.AddSingleton<DbDataSource>(provider => provider.GetRequiredService<NpgsqlDataSource>());
        services.AddSingleton<MigrationRunner>();
        services.AddSingleton<CouncilClock>();
        services.AddSingleton<Doctor>();
        services.AddSingleton<IHostedService, DatabaseStartup>();
        services.AddSingleton<OperatorFigures>();
        services.AddSingleton<SupportFacts>();
        services.AddOptions<KeyManagementOptions>().Configure<SecretsFile>((options, secrets) => options.XmlEncryptor = new SecretXmlEncryptor(secrets));

        services.AddSingleton<PumpSignal>();
        services.AddSingleton<IPumpSignal>(provider => provider.GetRequiredService<PumpSignal>());
        return services;
    }

    /// <summary>The background work of a serving node: pump, delivery, heartbeat, maintenance jobs. Commands such as <c>doctor</c> leave it out.</summary>
    public static IServiceCollection AddPostgresWorkers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PumpOptions>().Bind(configuration.GetSection(PumpOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<OutboxOptions>().Bind(configuration.GetSection(OutboxOptions.Section));
        var longest = TimeSpan.FromSeconds(1.5); // whoever asks has its answer within 2 s, also when the database has vanished from the network
        services.AddHealthChecks()
            .AddCheck<DatabaseHealth>("database", tags: ["ready"], timeout: longest)
            .AddCheck<SchemaHealth>("migrations", tags: ["ready"], timeout: longest)
            .AddCheck<PumpHealth>("pump", tags: ["ready"], timeout: longest)
            .AddCheck<TransactionHealth>("transactions", tags: ["ready"], timeout: longest)
            .AddCheck<DiskHealth>("disk", tags: ["ready"], timeout: longest);
        services.AddHostedService<PumpLoop>();
        services.AddHostedService<PumpNotifier>();
        services.AddSingleton<NodeIdentity>();
        services.AddHostedService<NodeHeartbeat>();
        services.AddMaintenance();
        return services;
    }
}
