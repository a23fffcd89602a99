using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Process.Calendar;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>Whose tasks are shown.</summary>
public enum InboxView
{
    /// <summary>Named to me, owned by a post for which I act now, or to be signed by me; without what waits for others' signatures.</summary>
    Mine,

    /// <summary>Owned by any post I hold, whoever acts for it now, or supported by it.</summary>
    MyPosts,

    /// <summary>Every open task of the community.</summary>
    Community,

    /// <summary>With others now, after I handed it on, gave it back, decided it or urged it.</summary>
    Waiting,

    /// <summary>Copied to me.</summary>
    Followed,
}

/// <summary>Which open tasks are wanted; all parts together. A part that is null asks for nothing.</summary>
/// <param name="Post">Post code that is accountable now.</param>
/// <param name="IsOverdue">True: only what should have been done.</param>
/// <param name="IsUnanswered">True: only what climbed a step that nobody has answered.</param>
/// <param name="DueFrom">First day of the due instant, inclusive, in the council's time zone.</param>
/// <param name="DueTo">Last day, inclusive.</param>
/// <param name="Text">Words of the task's or the project's title; at most 100 characters are looked at.</param>
public sealed record InboxFilter(
    ProjectId? Project = null,
    string? Post = null,
    string? Kind = null,
    bool IsOverdue = false,
    bool IsUnanswered = false,
    DateOnly? DueFrom = null,
    DateOnly? DueTo = null,
    string? Text = null);

/// <summary>The open tasks of a community as one person sees them.</summary>
internal sealed class InboxQuery
{
    /// <summary>Every task that the filter lets through, with what it is to the reader; <c>from listed where</c> a view follows.</summary>
    private const string Listed =
        """
        with listed as (
            select t.task_id, t.project_id, p.title as project_title, t.kind, t.title, t.round, t.post_code, s.display_name as assigned_to, t.due_at, t.rung,
                t.rung > t.answered_rung as is_unanswered,
                t.assigned_to is not distinct from @staff::uuid and t.assigned_to is not null as is_named,
                t.assigned_to is null and t.post_code = any(@acting) as is_mine,
                t.post_code = any(@held) as is_my_post,
                coalesce(t.form -> 'support', '[]') ?| @held as is_support,
                exists (select from work_task_copy c where c.community_id = t.community_id and c.task_id = t.task_id and c.staff_id = @staff::uuid) as is_followed,
                t.held_outcome is not null as is_held,
                exists (
                    select from work_task_signer g
                    where g.community_id = t.community_id and g.task_id = t.task_id and g.staff_id = @staff::uuid and g.state = 'Asked'
                      and (g.place <> 'After' or t.held_outcome is not null)) as is_signer,
                exists (
                    select from work_task_event e
                    where e.community_id = t.community_id and e.task_id = t.task_id and e.actor_id = @staff::uuid and e.kind in ('Transferred', 'Returned', 'Held', 'Urged')) as is_left
            from work_task t
            join project p using (community_id, project_id)
            left join staff s on s.staff_id = t.assigned_to
            where t.community_id = @Community and t.state = 'Open'
              and p.state not in ('Suspended', 'Cancelled', 'Closed')
              and (@project::uuid is null or t.project_id = @project::uuid)
              and (@post::text is null or t.post_code = @post)
              and (@kind::text is null or t.kind = @kind)
              and (not @isOverdue or t.due_at < @now)
              and (not @isUnanswered or t.rung > t.answered_rung)
              and (@dueFrom::timestamptz is null or t.due_at >= @dueFrom)
              and (@dueTo::timestamptz is null or t.due_at <= @dueTo)
              and (@words::text is null or strpos(lower(t.title || ' ' || p.title), @words) > 0))

        """;

    private InboxQuery(object values) => Values = values;

    public object Values { get; }

    public static string Count { get; } = Listed + "select " + string.Join(
        ", ", Enum.GetValues<InboxView>().Select(view => $"count(*) filter (where {Where(view)})::int as {view}")) + " from listed";

    public static string Rows(InboxView view) => $"{Listed}select * from listed where {Where(view)}";

    /// <summary>Looks up what the reader is in the community.</summary>
    public static async Task<InboxQuery> OfAsync(
        NpgsqlConnection connection, Caller caller, CommunityId community, InboxFilter filter, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var staff = caller.Staff;
        var acting = (await connection.ActingHoldersAsync(community, now, cancellationToken)).Where(holder => holder.StaffId == staff);
        var held = await connection.RowsAsync<string>(
            """
            select post_code from post_holder
            where community_id = @community and staff_id = @staff::uuid and held_from <= @now and (held_until is null or held_until > @now)
            """,
            new { community, staff = staff?.Value, now },
            cancellationToken);
        var words = filter.Text?.Trim().ToLowerInvariant() ?? "";
        return new InboxQuery(new
        {
            Community = community,
            staff = staff?.Value,
            project = filter.Project?.Value,
            filter.Post,
            filter.Kind,
            filter.IsOverdue,
            filter.IsUnanswered,
            dueFrom = filter.DueFrom is { } from ? WorkingCalendar.China.At(from, TimeOnly.MinValue) : (DateTimeOffset?)null,
            dueTo = filter.DueTo is { } to ? WorkingCalendar.China.EndOf(to) : (DateTimeOffset?)null, // 24:00 belongs to the day that ends
            words = words.Length == 0 ? null : words[..Math.Min(words.Length, 100)],
            acting = acting.Select(holder => holder.PostCode).ToArray(),
            held = held.ToArray(),
            now,
        });
    }

    private static string Where(InboxView view) => view switch
    {
        InboxView.Mine => "(is_signer or ((is_named or is_mine) and not is_held))",
        InboxView.MyPosts => "(is_my_post or is_support)",
        InboxView.Waiting => "(is_left and (is_held or not (is_named or is_mine)) and not is_signer)",
        InboxView.Followed => "is_followed",
        _ => "true",
    };
}
