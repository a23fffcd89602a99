using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>One committer's connection, kept while votes pour in.</summary>
/// <remarks>The pool hands out its connections in turn, and with many of them each batch met a server process that was cold to its statements (decision 0005).</remarks>
internal sealed class KeptConnection(VoteStore store, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private NpgsqlConnection? _connection;

    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async ValueTask<NpgsqlConnection> OpenAsync() => _connection ??= await store.OpenAsync();

    /// <summary>Waits; a wait of more than a second gives the connection back.</summary>
    public async ValueTask<bool> UntilAsync(Task<bool> votes)
    {
        if (_connection is not null && !votes.IsCompleted)
        {
            await ((Task)votes).WaitAsync(Longest, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!votes.IsCompleted)
            {
                await LetGoAsync();
            }
        }

        return await votes;
    }

    /// <summary>Gives it back to the pool, which drops it when it is broken.</summary>
    public async ValueTask LetGoAsync()
    {
        var connection = _connection;
        _connection = null;
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => LetGoAsync();
}
