using Deliberation.Postgres;
using Npgsql;

namespace Deliberation.Web.Startup;

/// <summary><c>db migrate</c> and <c>db status</c>.</summary>
internal static class DatabaseVerbs
{
    public static Task<int> MigrateAsync(string? data, CancellationToken cancellationToken) =>
        OwnHost.RunAsync(data, mayStartServer: true, async services =>
        {
            await services.GetRequiredService<MigrationRunner>().MigrateAsync(cancellationToken);
            return 0;
        }, cancellationToken);

    public static Task<int> StatusAsync(string? data, CancellationToken cancellationToken) =>
        OwnHost.RunAsync(data, mayStartServer: true, async services =>
        {
            await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("select name, applied_at from schema_migration order by number", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                await Console.Out.WriteLineAsync($"{reader.GetFieldValue<DateTimeOffset>(1):u}  {reader.GetString(0)}");
            }

            return 0;
        }, cancellationToken);
}
