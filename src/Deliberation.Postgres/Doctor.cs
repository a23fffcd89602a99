using System.Net;
using System.Net.Sockets;
using Deliberation.Postgres.Embedded;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Looks at everything the product needs. Web puts each finding into one sentence and one command.</summary>
/// <remarks>Starts the embedded server when it does not run, and stops it again; with <c>Embedded:Attach</c> it uses one that runs.</remarks>
public sealed class Doctor(Database database, NpgsqlDataSource dataSource, MigrationRunner migrations)
{
    private static readonly Dictionary<string, string> Nothing = [];

    /// <param name="port">Port that the pages want; null = not looked at.</param>
    /// <remarks>Never throws for what it looks for: an absent database is a finding.</remarks>
    public async Task<IReadOnlyList<DatabaseCheck>> RunAsync(int? port, CancellationToken cancellationToken)
    {
        var found = new List<DatabaseCheck> { LookAtNode() };
        if (port is { } wanted)
        {
            found.Add(LookAtPort(wanted));
        }

        if (database.Embedded is null or { State: EmbeddedState.Running })
        {
            found.AddRange(await LookAtDatabaseAsync(cancellationToken));
            return found;
        }

        try
        {
            await database.Embedded.StartAsync(cancellationToken);
            found.Add(new DatabaseCheck("server", null, false, Nothing));
            found.AddRange(await LookAtDatabaseAsync(cancellationToken));
        }
        catch (EmbeddedPostgresException exception)
        {
            found.Add(new DatabaseCheck("server", exception.Code, true, exception.Values));
        }
        finally
        {
            await database.Embedded.StopAsync();
        }

        return found;
    }

    private async Task<IReadOnlyList<DatabaseCheck>> LookAtDatabaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [.. await DatabaseChecks.RunAsync(dataSource, cancellationToken), await LookAtSchemaAsync(cancellationToken)];
        }
        catch (NpgsqlException exception)
        {
            return [new DatabaseCheck("server", DatabaseProblems.Unreachable, true, new Dictionary<string, string> { ["detail"] = exception.Message })];
        }
    }

    private async Task<DatabaseCheck> LookAtSchemaAsync(CancellationToken cancellationToken)
    {
        try
        {
            var missing = await migrations.CountMissingAsync(cancellationToken);
            return new DatabaseCheck("schema", missing == 0 ? null : DatabaseProblems.SchemaOlder, false, new Dictionary<string, string> { ["missing"] = $"{missing}" });
        }
        catch (SchemaRefusedException exception)
        {
            var code = exception.Problem == SchemaProblem.Newer ? DatabaseProblems.SchemaNewer : DatabaseProblems.SchemaChanged;
            return new DatabaseCheck("schema", code, true, new Dictionary<string, string> { ["number"] = $"{exception.Number}" });
        }
    }

    /// <summary>Node.js brings designer, charts and the embedded server's programs; nothing needs it while running.</summary>
    private static DatabaseCheck LookAtNode()
    {
        var version = Programs.TryRun("node", "--version");
        return new DatabaseCheck("node", version is null ? "node.missing" : null, false, Nothing);
    }

    private static DatabaseCheck LookAtPort(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return new DatabaseCheck("port", null, false, Nothing);
        }
        catch (SocketException)
        {
            return new DatabaseCheck("port", "port.taken", false, new Dictionary<string, string> { ["port"] = $"{port}" });
        }
    }
}
