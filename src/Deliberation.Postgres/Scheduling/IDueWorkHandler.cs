namespace Deliberation.Postgres.Scheduling;

/// <summary>Runs the step that one due timer or waiting event causes.</summary>
public interface IDueWorkHandler
{
    /// <summary>Claims one item, runs its step and commits both together.</summary>
    /// <returns>False when nothing was due.</returns>
    Task<bool> RunOneAsync(CancellationToken cancellationToken);
}

/// <summary>Wakes this node's pump. Call after a commit, never inside a transaction; a lost wake-up costs at most the poll interval.</summary>
public interface IPumpSignal
{
    void Wake();
}
