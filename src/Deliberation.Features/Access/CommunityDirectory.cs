using Dapper;
using Deliberation.Domain;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Features.Access;

/// <summary>What the top and the foot of every page say about a community.</summary>
/// <param name="Code">First part of slips, links and tracking codes.</param>
/// <param name="IsDemo">True when every figure and person in it is made up.</param>
public sealed record CommunityCard(CommunityId Id, string Code, string Name, string Subdistrict, string District, string Phone, string OfficeHours, string TimeZone, bool IsDemo);

/// <summary>All communities, kept for half a minute. When the database does not answer, the last known ones: an error page still shows the telephone.</summary>
public sealed partial class CommunityDirectory(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<CommunityDirectory> logger) : IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile IReadOnlyList<CommunityCard> _known = [];
    private volatile Year? _year;
    private long _readAt = long.MinValue;

    /// <summary>The year of council time, as of the last reading; null when the database has never answered.</summary>
    public int? CouncilYear => _year?.Number;

    public async ValueTask<IReadOnlyList<CommunityCard>> AllAsync(CancellationToken cancellationToken)
    {
        if (IsFresh)
        {
            return _known;
        }

        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (!IsFresh)
            {
                await ReadAsync(cancellationToken);
            }
        }
        finally
        {
            _reading.Release();
        }

        return _known;
    }

    /// <param name="slipOrCode">Slips and receipts carry the code first: <c>demo-3-502</c> or <c>demo</c>, any case.</param>
    /// <returns>Null when no community has the code.</returns>
    public async ValueTask<CommunityCard?> ByCodeAsync(string slipOrCode, CancellationToken cancellationToken)
    {
        var code = slipOrCode.Trim().Split('-', 2)[0];
        return (await AllAsync(cancellationToken)).FirstOrDefault(c => string.Equals(c.Code, code, StringComparison.OrdinalIgnoreCase));
    }

    public void Dispose() => _reading.Dispose();

    private bool IsFresh => _known.Count > 0 && clock.GetElapsedTime(Volatile.Read(ref _readAt)) < KeptFor;

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            var rows = await connection.QueryAsync<Row>(new CommandDefinition(
                """
                select community_id, code, name, subdistrict, district, phone, office_hours, time_zone, is_demo
                from community order by community_id
                """,
                cancellationToken: cancellationToken));
            _year = new Year(WorkingCalendar.China.DayOf(await connection.CouncilNowAsync(cancellationToken)).Year);
            _known = [.. rows.Select(r => new CommunityCard(new CommunityId(r.CommunityId), r.Code, r.Name, r.Subdistrict, r.District, r.Phone, r.OfficeHours, r.TimeZone, r.IsDemo))];
            Volatile.Write(ref _readAt, clock.GetTimestamp());
        }
        catch (NpgsqlException failure)
        {
            LogNotRead(failure);
        }
    }

    [LoggerMessage(3101, LogLevel.Warning, "The list of communities could not be read; the last known one is used")]
    private partial void LogNotRead(Exception failure);

    private sealed record Year(int Number);

    private sealed record Row
    {
        public int CommunityId { get; init; }
        public string Code { get; init; } = "";
        public string Name { get; init; } = "";
        public string Subdistrict { get; init; } = "";
        public string District { get; init; } = "";
        public string Phone { get; init; } = "";
        public string OfficeHours { get; init; } = "";
        public string TimeZone { get; init; } = "";
        public bool IsDemo { get; init; }
    }
}
