using Dapper;
using Npgsql;

namespace Deliberation.Features.Foundation;

/// <summary>The five shapes of a question to the database, in the transaction at hand.</summary>
internal static class Queries
{
    /// <returns>Null when there is no row.</returns>
    public static Task<T?> RowAsync<T>(this NpgsqlConnection connection, string sql, object values, CancellationToken cancellationToken)
        where T : class =>
        connection.QuerySingleOrDefaultAsync<T?>(new CommandDefinition(sql, values, cancellationToken: cancellationToken));

    public static async Task<IReadOnlyList<T>> RowsAsync<T>(this NpgsqlConnection connection, string sql, object values, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<T>(new CommandDefinition(sql, values, cancellationToken: cancellationToken))).AsList();

    public static async Task<T> ScalarAsync<T>(this NpgsqlConnection connection, string sql, object values, CancellationToken cancellationToken) =>
        (await connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, values, cancellationToken: cancellationToken)))!;

    /// <returns>Rows changed.</returns>
    public static Task<int> RunAsync(this NpgsqlConnection connection, string sql, object values, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, values, cancellationToken: cancellationToken));

    /// <summary>A page and the length of the whole.</summary>
    /// <param name="sql">Without order and limit.</param>
    public static async Task<Paged<TOut>> PageAsync<TRow, TOut>(
        this NpgsqlConnection connection, string sql, string orderBy, object values, PageRequest page, Func<TRow, TOut> map, CancellationToken cancellationToken)
    {
        var total = await connection.ScalarAsync<int>($"select count(*)::int from ({sql}) listed", values, cancellationToken);
        var rows = await connection.RowsAsync<TRow>(
            FormattableString.Invariant($"select listed.* from ({sql}) listed order by {orderBy} limit {page.Limit} offset {page.Offset}"), values, cancellationToken);
        return new Paged<TOut>([.. rows.Select(map)], total, page);
    }
}
