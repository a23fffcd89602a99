using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Postgres.Scheduling;
using Deliberation.Process.Calendar;
using Npgsql;

namespace Deliberation.Features.Workflows;

/// <summary>Pure data that activities may ask for: the community's working calendar, ladder and reminder settings. Read under the instance's lock.</summary>
internal static class StepFacts
{
    public static async Task<IReadOnlyCollection<object>> FactsAsync(this NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken) =>
        ProcessFacts.Of(await connection.CalendarAsync(community, cancellationToken));

    /// <summary>Those of something due, which brings the calendar's stamp along.</summary>
    public static async Task<IReadOnlyCollection<object>> FactsAsync(this NpgsqlConnection connection, DueStep due, CancellationToken cancellationToken) =>
        ProcessFacts.Of(await connection.CalendarAsync(due.Instance.Community, due.Calendar, cancellationToken));
}
