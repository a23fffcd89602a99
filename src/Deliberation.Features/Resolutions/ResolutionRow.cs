using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Process.Resolutions;
using Npgsql;

namespace Deliberation.Features.Resolutions;

/// <summary>A resolution, locked.</summary>
/// <param name="PostCode">Post of its department; null while it has none.</param>
internal sealed record ResolutionRow(
    Guid ResolutionId, string Title, DateTimeOffset AdoptedAt, Guid? DepartmentId, string? Department, string? PostCode, DateOnly? DueOn, DateTimeOffset? DoneAt, bool IsLapsed);

/// <summary>What is adopted becomes a resolution in the transaction that adopts it.</summary>
internal static class Resolutions
{
    /// <summary>Finds a department for it.</summary>
    public const string PostInstead = "Community";

    /// <summary>Its ballot no longer says so. The ballot is named <c>b</c>; null where there is none.</summary>
    public const string IsLapsed = "(b.ballot_id is not null and (b.state = 'Voided' or b.outcome is distinct from 'Passed'))";

    /// <summary>A decision that a project recorded.</summary>
    public static Task<int> AddResolutionAsync(
        this NpgsqlConnection connection, CommunityId community, ProjectId project, string title, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RunAsync(
            "insert into resolution (community_id, resolution_id, project_id, title, adopted_at, escalate_at) values (@community, @id, @project, @title, @now, @escalateAt)",
            new { community, id = Guid.CreateVersion7(), project, title, now, escalateAt = EscalateAt(now) },
            cancellationToken);

    /// <summary>A declared ballot that passed, unless the project has recorded a decision from it.</summary>
    public static Task<int> AddResolutionOfBallotAsync(
        this NpgsqlConnection connection, CommunityId community, BallotId ballot, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RunAsync(
            """
            insert into resolution (community_id, resolution_id, project_id, ballot_id, title, adopted_at, escalate_at)
            select b.community_id, @id, b.project_id, b.ballot_id, b.question, @now, @escalateAt
            from ballot b join project p using (community_id, project_id)
            where b.community_id = @community and b.ballot_id = @ballot and b.outcome = 'Passed' and (p.decided_at is null or p.decided_at < b.closed_at)
            on conflict (community_id, ballot_id) where ballot_id is not null do nothing
            """,
            new { community, ballot, id = Guid.CreateVersion7(), now, escalateAt = EscalateAt(now) },
            cancellationToken);

    /// <summary>Null when the community has none of that id.</summary>
    public static Task<ResolutionRow?> LockResolutionAsync(this NpgsqlConnection connection, CommunityId community, Guid resolution, CancellationToken cancellationToken) =>
        connection.RowAsync<ResolutionRow>(
            $"""
            select r.resolution_id, r.title, r.adopted_at, r.department_id, d.name as department, d.post_code, r.due_on, r.done_at, {IsLapsed} as is_lapsed
            from resolution r left join department d using (community_id, department_id) left join ballot b on b.community_id = r.community_id and b.ballot_id = r.ballot_id
            where r.community_id = @community and r.resolution_id = @resolution for update of r
            """,
            new { community, resolution },
            cancellationToken);

    /// <param name="occasion">Last word of the text's key.</param>
    /// <param name="key">Last part of the deduplication key.</param>
    public static PostMessage Message(CommunityId community, string post, ResolutionRow resolution, string occasion, string key, JsonObject values, DateTimeOffset now) => new()
    {
        Community = community,
        Post = post,
        DedupKey = $"resolution:{resolution.ResolutionId}:{key}",
        TextKey = $"resolution.message.{occasion}",
        Values = values,
        ReasonKey = "task.reason.post",
        Link = $"/staff/resolutions/{resolution.ResolutionId}",
        Now = now,
    };

    private static DateTimeOffset EscalateAt(DateTimeOffset adoptedAt) => adoptedAt.AddDays(ResolutionStandings.DaysToAssign);
}
