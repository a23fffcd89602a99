using System.Data.Common;
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

    private readonly Lock _starting = new();
    private Task? _start;

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

    /// <summary>Starts the embedded server, once: whoever begins early lets it come up while other things are made. Returns when it answers; at once when there is none.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot run; says why and what helps.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_starting)
        {
            return _start ??= Embedded?.StartAsync(cancellationToken) ?? Task.CompletedTask;
        }
    }
}

/// <summary>Data sources as the product uses them.</summary>
public static class DataSources
{
    /// <summary>Fills in what a connection string leaves open: short waits, so that a dead server is noticed.</summary>
    public static NpgsqlDataSource Create(string connectionString)
    {
        TypeHandlers.Register();
        var settings = new NpgsqlConnectionStringBuilder
        {
            ApplicationName = "deliberation",
            Timeout = 5,
            CommandTimeout = 10,
            MaxAutoPrepare = 200,
            MaxPoolSize = 40,
        };
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        foreach (string key in given.Keys)
        {
            settings[key] = given[key]; // Npgsql's own ContainsKey knows every keyword, given or not
        }

        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }
}
