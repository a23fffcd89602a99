using System.Collections.Concurrent;
using Deliberation.Postgres.Scheduling;
using Npgsql;

namespace Deliberation.Features.Workflows;

/// <summary>Instances that this node's workers will try to claim: one look finds work for many steps. Only a hint, checked again under the lock.</summary>
public sealed class FoundWork(NpgsqlDataSource dataSource) : IDisposable
{
    private const int Taken = 64;
    private const int Seen = 8 * Taken;

    private readonly ConcurrentQueue<DueInstance> _found = new();
    private readonly SemaphoreSlim _oneLooks = new(1);
    private int _late;
    private bool _isCrowded;

    public bool TryTake(out DueInstance due) => _found.TryDequeue(out due);

    /// <summary>What was found was another's before it could be claimed. In a storm nodes that all take the earliest get in each other's way: then each takes some of the many that are due.</summary>
    public void CameLate() => Interlocked.Increment(ref _late);

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
            _isCrowded |= Interlocked.Exchange(ref _late, 0) > Taken / 4;
            var seen = (await connection.FindDueAsync(_isCrowded ? Seen : Taken, cancellationToken)).ToArray();
            _isCrowded &= seen.Length > 2 * Taken;
            if (_isCrowded)
            {
                Random.Shared.Shuffle(seen);
                seen = seen[..Taken];
            }

            foreach (var due in seen)
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
