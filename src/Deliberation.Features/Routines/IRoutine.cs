using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Routines;

/// <summary>Work that comes round by the calendar and belongs to no project: its due instants stand in its own rows (decision 0026).</summary>
internal interface IRoutine
{
    /// <summary>The next act that is due, found without a lock; null = none. The act itself looks again under its lock, and is refused when another node was faster.</summary>
    Task<ICommand<Done>?> DueAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken);
}
