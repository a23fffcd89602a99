using System.Collections.Concurrent;
using Deliberation.Postgres.Scheduling;
using Npgsql;

namespace Deliberation.Features.Workflows;

/// <summary>Instances that this node's workers will try to claim: one look finds work for many steps. Only a hint, checked again under the lock.</summary>
public sealed class FoundWork(NpgsqlDataSource dataSource) : IDisposable
{
    private const int Most = 64;

    private readonly ConcurrentQueue<DueInstance> _found = new();
    private readonly SemaphoreSlim _oneLooks = new(1);

    public bool TryTake(out DueInstance due) => _found.TryDequeue(out due);

    /// <summary>Looks once for all workers that have run out of work.</summary>
    /// <returns>False when nothing is due.</returns>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        await _oneLooks.WaitAsync(cancellationToken);
        try
        {
            if (!_found.IsEmpty)
            {
                return true; // another worker has just looked
            }

            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            foreach (var due in await connection.FindDueAsync(Most, cancellationToken))
            {
                _found.Enqueue(due);
            }

            return !_found.IsEmpty;
        }
        finally
        {
            _oneLooks.Release();
        }
    }

    public void Dispose() => _oneLooks.Dispose();
}
