using System.Collections.Concurrent;
using System.Diagnostics;

namespace Deliberation.Features.Residents;

/// <summary>Sessions, remembered for 3 seconds: a revocation takes effect on every node within that time.</summary>
internal sealed class ResidentSessionCache(SessionReader reader) : IResidentSessions
{
    private const int Most = 20_000;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, (long ReadAt, ResidentSession Session)> _known = new();

    public async ValueTask<ResidentSession?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        if (Secrets.CommunityOf(secret) is not { } community)
        {
            return null;
        }

        if (_known.TryGetValue(secret, out var known) && Stopwatch.GetElapsedTime(known.ReadAt) < Kept)
        {
            return known.Session;
        }

        var session = await reader.ReadAsync(community, secret, cancellationToken);
        if (session is not null) // whoever makes secrets up fills nothing
        {
            if (_known.Count >= Most)
            {
                _known.Clear();
            }

            _known[secret] = (Stopwatch.GetTimestamp(), session);
        }

        return session;
    }
}
