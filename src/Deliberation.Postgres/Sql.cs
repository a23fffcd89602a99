using Dapper;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Small words that every use case's SQL shares.</summary>
public static class Sql
{
    /// <summary>Council time now, UTC. Read it once, right after the first lock, and hand it on as <c>now</c>.</summary>
    public static async Task<DateTimeOffset> CouncilNowAsync(this NpgsqlConnection connection, CancellationToken cancellationToken = default)
    {
        var now = await connection.ExecuteScalarAsync<DateTime>(
            new CommandDefinition("select council_now()", cancellationToken: cancellationToken));
        return new DateTimeOffset(DateTime.SpecifyKind(now, DateTimeKind.Utc));
    }
}
