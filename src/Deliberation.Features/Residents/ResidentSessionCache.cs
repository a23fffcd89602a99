using System.Collections.Concurrent;
using System.Diagnostics;
using Dapper;
using Deliberation.Domain;
using Npgsql;

namespace Deliberation.Features.Residents;

/// <summary>Sessions, remembered for 3 seconds: a revocation takes effect on every node within that time.</summary>
internal sealed class ResidentSessionCache(SessionReader reader) : IResidentSessions
{
    private const int Most = 20_000;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, (long ReadAt, ResidentSession? Session)> _known = new();

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
        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        _known[secret] = (Stopwatch.GetTimestamp(), session);
        return session;
    }
}

/// <summary>Communities by code. They hardly ever change: remembered until the process ends.</summary>
internal sealed class CommunityDirectory(NpgsqlDataSource dataSource) : ICommunityDirectory
{
    private readonly ConcurrentDictionary<string, CommunityId> _known = new();

    public async ValueTask<CommunityId?> FindAsync(string slipOrCode, CancellationToken cancellationToken)
    {
        var code = slipOrCode.Trim().Split('-', 2)[0].ToLowerInvariant();
        if (code.Length is < 2 or > 20)
        {
            return null;
        }

        if (_known.TryGetValue(code, out var known))
        {
            return known;
        }

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var found = await connection.QuerySingleOrDefaultAsync<int?>(new CommandDefinition(
            "select community_id from community where code = @code", new { code }, cancellationToken: cancellationToken));
        return found is { } id ? _known[code] = new CommunityId(id) : null;
    }
}
