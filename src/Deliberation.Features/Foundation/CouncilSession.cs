using Deliberation.Postgres;
using Npgsql;

namespace Deliberation.Features.Foundation;

/// <summary>The database connection and transaction of the use case at hand; scoped. Opened by the transaction behaviour.</summary>
/// <remarks>Handlers of commands write through <see cref="Connection"/> and never commit: the behaviour does, when the answer is granted.</remarks>
public sealed class CouncilSession(NpgsqlDataSource dataSource) : IAsyncDisposable
{
    private readonly List<Action> _afterCommit = [];
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;

    /// <exception cref="InvalidOperationException">Not opened yet.</exception>
    public NpgsqlConnection Connection => _connection ?? throw new InvalidOperationException("The session is not open.");

    public bool IsOpen => _connection is not null;

    public async Task OpenAsync(CancellationToken cancellationToken) =>
        _connection ??= await dataSource.OpenConnectionAsync(cancellationToken);

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        if (_transaction is not null)
        {
            throw new InvalidOperationException("One use case, one transaction.");
        }

        _transaction = await Connection.BeginTransactionAsync(cancellationToken);
        await using var settings = new NpgsqlCommand("set local lock_timeout = '2s'; set local statement_timeout = '5s'; set local idle_in_transaction_session_timeout = '5s'", Connection);
        await settings.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        FaultPoint.Hit("command-before-commit");
        await _transaction!.CommitAsync(cancellationToken);
        FaultPoint.Hit("command-after-commit");
        await _transaction.DisposeAsync();
        _transaction = null;
        foreach (var act in _afterCommit)
        {
            act();
        }

        _afterCommit.Clear();
    }

    public async Task RollbackAsync()
    {
        _afterCommit.Clear();
        if (_transaction is not null)
        {
            await _transaction.DisposeAsync(); // rolls back
            _transaction = null;
        }
    }

    /// <summary>Runs after the commit, never before, never when rolled back. For waking workers.</summary>
    public void AfterCommit(Action act) => _afterCommit.Add(act);

    public async ValueTask DisposeAsync()
    {
        await RollbackAsync();
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
            _connection = null;
        }
    }
}
