using Deliberation.Postgres.Embedded;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Which database this program uses: the operator's server, or its own.</summary>
public sealed class Database
{
    /// <summary>Name of the connection string; when absent the program starts its own PostgreSQL.</summary>
    public const string ConnectionName = "Deliberation";

    /// <exception cref="EmbeddedPostgresException">No server is named and there are no programs to start one.</exception>
    public Database(IConfiguration configuration, TimeProvider time, ILogger<EmbeddedPostgres> logger)
    {
        var options = new EmbeddedOptions();
        configuration.GetSection(EmbeddedOptions.Section).Bind(options);
        if (configuration.GetConnectionString(ConnectionName) is { Length: > 0 } given)
        {
            ConnectionString = given;
            Secrets = new SecretsFile(configuration["Secrets:File"] ?? Path.Combine(EmbeddedLayout.RootOf(options), "secrets"));
        }
        else
        {
            Embedded = new EmbeddedPostgres(options, time, logger);
            ConnectionString = Embedded.ConnectionString;
            Secrets = Embedded.Secrets;
        }
    }

    /// <summary>As given, or made up for the embedded server; nothing filled in.</summary>
    public string ConnectionString { get; }

    /// <summary>Null when the operator's server is used.</summary>
    public EmbeddedPostgres? Embedded { get; }

    /// <summary>In the data folder; <c>Secrets:File</c> names another place when the operator's server is used.</summary>
    public SecretsFile Secrets { get; }
}

/// <summary>Data sources as the product uses them.</summary>
public static class DataSources
{
    /// <summary>Fills in what a connection string leaves open: short waits, so that a dead server is noticed.</summary>
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
