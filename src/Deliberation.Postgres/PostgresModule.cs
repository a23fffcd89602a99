using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Composition of everything only a database can do.</summary>
public static class PostgresModule
{
    /// <summary>Name of the connection string; when absent the program starts its own PostgreSQL.</summary>
    public const string ConnectionName = "Deliberation";

    public static IServiceCollection AddPostgres(this IServiceCollection services, IConfiguration configuration)
    {
        TypeHandlers.Register();
        services.AddSingleton(provider => DataSources.Create(
            configuration.GetConnectionString(ConnectionName) ?? throw new InvalidOperationException($"ConnectionStrings:{ConnectionName} is not set.")));
        services.AddSingleton<MigrationRunner>();
        return services;
    }
}

/// <summary>Data sources as the product uses them.</summary>
public static class DataSources
{
    /// <summary>Fills in what an operator's connection string leaves open: short waits, so that a dead server is noticed.</summary>
    public static NpgsqlDataSource Create(string connectionString)
    {
        TypeHandlers.Register();
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = given.ApplicationName ?? "deliberation",
            Timeout = given.ContainsKey("Timeout") ? given.Timeout : 5,
            CommandTimeout = given.ContainsKey("Command Timeout") ? given.CommandTimeout : 10,
            MaxAutoPrepare = given.ContainsKey("Max Auto Prepare") ? given.MaxAutoPrepare : 100,
            MaxPoolSize = given.ContainsKey("Maximum Pool Size") ? given.MaxPoolSize : 40,
        };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }
}
