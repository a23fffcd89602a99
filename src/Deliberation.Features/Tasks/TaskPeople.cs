using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Process.Calendar;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>Checks the people named in a form: all of this community and, where the field says <c>minimumAge</c>, old enough this year.</summary>
internal static class TaskPeople
{
    /// <returns><c>task.person-unknown</c> or <c>task.person-under-age</c> at its field; null when all may be named.</returns>
    public static async Task<Refusal?> CheckAsync(
        NpgsqlConnection connection, CommunityId community, JsonObject form, JsonObject data, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var field in (form["fields"] as JsonArray ?? []).OfType<JsonObject>().Where(f => f["type"]?.ToString() == "residents"))
        {
            var name = field["name"]!.ToString();
            if (data[name] is not JsonArray { Count: > 0 } named)
            {
                continue;
            }

            var minimumAge = field["minimumAge"]?.GetValue<int>();
            var refused = await connection.RowAsync<RefusedPerson>(
                """
                select r.full_name
                from unnest(@ids) named (id) left join resident r on r.community_id = @community and r.resident_id = named.id
                where r.resident_id is null or r.birth_year > @bornBy
                order by r.full_name nulls first
                limit 1
                """,
                new { ids = named.Select(id => Guid.Parse(id!.ToString())).ToArray(), community, bornBy = WorkingCalendar.China.DayOf(now).Year - (minimumAge ?? 0) },
                cancellationToken);
            if (refused is not null)
            {
                return refused.FullName is { } who
                    ? Refusal.Invalid("task.person-under-age", name, ("name", who), ("age", minimumAge))
                    : Refusal.Invalid("task.person-unknown", name);
            }
        }

        return null;
    }

    private sealed record RefusedPerson(string? FullName);
}
