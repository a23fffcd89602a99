using Deliberation.Postgres;
using Dapper;
using Npgsql;

namespace Deliberation.Web.Startup;

/// <summary><c>db migrate</c>, <c>db status</c>, <c>db psql-url</c>.</summary>
internal static class DatabaseVerbs
{
    public static Task<int> MigrateAsync(VerbContext context) => Task.FromResult(0); // all of it is done before a verb that needs it

    /// <summary>Which migrations have run and how many are missing; 1 when some are.</summary>
    public static async Task<int> StatusAsync(VerbContext context, bool isJson, CancellationToken cancellationToken)
    {
        var applied = await AppliedAsync(context.Services, cancellationToken);
        var missing = await context.Services.GetRequiredService<MigrationRunner>().CountMissingAsync(cancellationToken);
        if (isJson)
        {
            await Json.WriteAsync(new { Applied = applied, Missing = missing });
        }
        else
        {
            foreach (var row in applied)
            {
                await Console.Out.WriteLineAsync($"{row.AppliedAt:u}  {row.Number:D4} {row.Name}");
            }

            await Console.Out.WriteLineAsync(context.Say("db.missing", ("count", missing)));
        }

        return missing == 0 ? 0 : 1;
    }

    /// <summary>Address and password for <c>psql</c>; the server must run already.</summary>
    public static async Task<int> PsqlUrlAsync(VerbContext context)
    {
        var given = new NpgsqlConnectionStringBuilder(context.Services.GetRequiredService<Database>().ConnectionString);
        var host = given.Host ?? "localhost";
        var isSocket = host.StartsWith('/');
        if (isSocket && !File.Exists(Path.Combine(host, $".s.PGSQL.{given.Port}")))
        {
            await Console.Error.WriteLineAsync(context.Say("db.not-running"));
            return 1;
        }

        var url = $"postgresql://{Uri.EscapeDataString(given.Username ?? "")}"
            + (string.IsNullOrEmpty(given.Password) ? "" : $":{Uri.EscapeDataString(given.Password)}")
            + $"@{(isSocket ? "" : $"{host}:{given.Port}")}/{Uri.EscapeDataString(given.Database ?? "")}"
            + (isSocket ? $"?host={Uri.EscapeDataString(host)}&port={given.Port}" : "");
        await Console.Out.WriteLineAsync(url);
        return 0;
    }

    /// <summary>Migrations that have run, by number; none on a database without a schema.</summary>
    public static async Task<IReadOnlyList<AppliedMigration>> AppliedAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<string?>("select to_regclass('schema_migration')::text") is null
            ? []
            : [.. await connection.QueryAsync<AppliedMigration>(new CommandDefinition(
                "select number, name, applied_at from schema_migration order by number", cancellationToken: cancellationToken))];
    }

    internal sealed record AppliedMigration(int Number, string Name, DateTimeOffset AppliedAt);
}
