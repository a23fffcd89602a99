using Deliberation.Postgres;
using Deliberation.Postgres.Embedded;
using Npgsql;

namespace Deliberation.Web.Startup;

/// <summary><c>db migrate</c> and <c>db status</c>.</summary>
internal static class DatabaseVerbs
{
    public static Task<int> MigrateAsync(string? data, CancellationToken cancellationToken) =>
        WithDatabaseAsync(data, async services =>
        {
            await services.GetRequiredService<MigrationRunner>().MigrateAsync(cancellationToken);
            return 0;
        }, cancellationToken);

    public static Task<int> StatusAsync(string? data, CancellationToken cancellationToken) =>
        WithDatabaseAsync(data, async services =>
        {
            await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("select name, applied_at from schema_migration order by name", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                await Console.Out.WriteLineAsync($"{reader.GetFieldValue<DateTimeOffset>(1):u}  {reader.GetString(0)}");
            }

            return 0;
        }, cancellationToken);

    /// <summary>Runs against the operator's server, a running Deliberation's, or an own one that is stopped again.</summary>
    private static async Task<int> WithDatabaseAsync(string? data, Func<IServiceProvider, Task<int>> run, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration["Embedded:DataDir"] = data ?? builder.Configuration["Embedded:DataDir"];
        builder.Configuration["Embedded:Attach"] = "true";
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddPostgres(builder.Configuration);
        using var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            var code = await run(host.Services);
            await host.StopAsync(cancellationToken);
            return code;
        }
        catch (EmbeddedPostgresException problem)
        {
            await Console.Error.WriteLineAsync(Problems.InWords(problem.Code, problem.Values));
            return 1;
        }
    }
}
