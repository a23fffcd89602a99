using Dapper;
using Npgsql;

namespace Deliberation.Postgres.Scheduling;

/// <summary>Council time and its pace.</summary>
/// <param name="Rate">Council seconds for each machine second; 1 unless <c>--speed</c> was given.</param>
public sealed record CouncilTime(DateTimeOffset Now, double Rate);

/// <summary>Sets the clock that decides what people were promised. It never goes back: its present is the start of every change.</summary>
public sealed class CouncilClock(NpgsqlDataSource dataSource)
{
    public const double SlowestRate = 1;

    public const double FastestRate = 1_000_000;

    public async Task<CouncilTime> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<CouncilTime>(new CommandDefinition(
            "select council_now() as now, rate from council_clock", cancellationToken: cancellationToken));
    }

    /// <summary>From now on the clock runs at this pace, for every node and over restarts.</summary>
    /// <param name="rate">1 to 1,000,000. 1440 is a day a minute.</param>
    public async Task SetRateAsync(double rate, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, SlowestRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, FastestRate);
        await ChangeAsync(TimeSpan.Zero, rate, cancellationToken);
    }

    /// <summary>Jumps ahead. For demos and rehearsals only: every promise in between comes due at once.</summary>
    /// <param name="by">Zero or more.</param>
    public async Task AdvanceAsync(TimeSpan by, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        await ChangeAsync(by, null, cancellationToken);
    }

    /// <summary>
    /// Makes the present the anchor. Called with every heartbeat: when the machine's clock is set back, council time stands at its last
    /// anchor and goes on from there at the next one, instead of standing still until the machine has caught up.
    /// </summary>
    public Task KeepAsync(CancellationToken cancellationToken) => ChangeAsync(TimeSpan.Zero, null, cancellationToken);

    private async Task ChangeAsync(TimeSpan by, double? rate, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        // A reader may still be reckoning with the old, faster pace while this commits; the jump keeps the new present ahead of what it sees.
        // The microsecond keeps rounding at odd paces from ever showing an earlier millisecond.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            select 1 from council_clock for update; -- first, so that the machine time below is read while nobody else changes the anchor
            update council_clock c
            set anchor_council = c.anchor_council + greatest(t.machine - c.anchor_machine, interval '0') * c.rate + @by
                    + case when coalesce(@rate, c.rate) < c.rate then interval '1 second' * c.rate when c.rate <> 1 then interval '1 microsecond' else interval '0' end,
                anchor_machine = t.machine,
                rate = coalesce(@rate, c.rate)
            from (select clock_timestamp() as machine offset 0) t
            """,
            new { by, rate },
            cancellationToken: cancellationToken));
    }
}
