using System.Collections.Concurrent;
using System.Diagnostics;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Residents;

/// <summary>Sessions, remembered for 3 seconds: a revocation takes effect on every node within that time.</summary>
internal sealed class ResidentSessionCache(NpgsqlDataSource dataSource) : IResidentSessions
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

        var session = await ReadAsync(community, secret, cancellationToken);
        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        _known[secret] = (Stopwatch.GetTimestamp(), session);
        return session;
    }

    /// <summary>Reads the session and, at most once a minute, notes that it is in use.</summary>
    private async Task<ResidentSession?> ReadAsync(CommunityId community, string secret, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            with alive as (
                select s.community_id, s.session_hash, s.session_id, s.resident_id, s.household_id, r.full_name, r.locale, s.helper_id, s.witness, s.lease_until, s.last_seen_at
                from resident_session s join resident r using (community_id, resident_id)
                where s.community_id = @community and s.session_hash = @hash and s.revoked_at is null
                    and s.last_seen_at > clock_timestamp() - interval '20 minutes'
                    and (s.lease_until is null or s.lease_until > clock_timestamp())
            ), seen as (
                update resident_session s set last_seen_at = clock_timestamp()
                from alive a
                where s.community_id = a.community_id and s.session_hash = a.session_hash and a.last_seen_at < clock_timestamp() - interval '1 minute'
            )
            select session_id, resident_id, household_id, full_name, locale, helper_id, witness, lease_until from alive
            """,
            new { community, hash = Secrets.Hash(secret) },
            cancellationToken: cancellationToken));
        return row is null
            ? null
            : new ResidentSession(
                community,
                row.SessionId,
                row.ResidentId,
                row.HouseholdId,
                NameMask.Of(row.FullName),
                row.Locale,
                row.HelperId is { } helper ? new Assistance(helper, row.Witness ?? "") : null,
                row.LeaseUntil);
    }

    private sealed record Row(
        Guid SessionId,
        ResidentId ResidentId,
        HouseholdId? HouseholdId,
        string FullName,
        string Locale,
        StaffId? HelperId,
        string? Witness,
        DateTimeOffset? LeaseUntil);
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
