using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Whose tasks are shown.</summary>
public enum InboxView
{
    /// <summary>Named to me, or owned by a post for which I act now.</summary>
    Mine,

    /// <summary>Owned by any post I hold, whoever acts for it now.</summary>
    MyPosts,

    /// <summary>Every open task of the community.</summary>
    Community,
}

/// <summary>An open task in the inbox.</summary>
/// <param name="Rung">Steps it has climbed; 0 = none.</param>
/// <param name="Why">Text key that says why the reader sees it.</param>
public sealed record InboxLine(
    TaskId Id,
    ProjectId Project,
    string ProjectTitle,
    string Kind,
    string Title,
    int Round,
    string PostCode,
    string? AssignedTo,
    DateTimeOffset DueAt,
    bool IsOverdue,
    int Rung,
    string Why);

/// <param name="Now">Council time of the answer: what "overdue" means.</param>
/// <param name="OpenDisputes">Disputes of the roll that wait for an answer.</param>
/// <param name="NextDisputeDueAt">When the first of them must be answered; null when there is none.</param>
public sealed record Inbox(Paged<InboxLine> Tasks, int Overdue, DateTimeOffset Now, int OpenDisputes, DateTimeOffset? NextDisputeDueAt);

/// <summary>Open tasks (待办), overdue first, then by due instant.</summary>
/// <param name="Project">Only of this project; null = all.</param>
public sealed record ListInbox(Caller Caller, CommunityId Community, InboxView View, ProjectId? Project, PageRequest Page) : IQuery<Inbox>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListInboxHandler(CouncilSession session) : IRequestHandler<ListInbox, Result<Inbox>>
{
    private const string Open =
        """
        select t.task_id, t.project_id, p.title as project_title, t.kind, t.title, t.round, t.post_code, s.display_name as assigned_to, t.due_at, t.rung,
            t.assigned_to = @staff::uuid as is_named,
            t.assigned_to is null and t.post_code = any(@acting) as is_mine,
            t.post_code = any(@held) as is_my_post
        from work_task t
        join project p using (community_id, project_id)
        left join staff s on s.staff_id = t.assigned_to
        where t.community_id = @community and t.state = 'Open'
          and p.state not in ('Suspended', 'Cancelled', 'Closed')
          and (@project::uuid is null or t.project_id = @project::uuid)
          and (@view = 'Community'
            or (@view = 'Mine' and (t.assigned_to = @staff::uuid or (t.assigned_to is null and t.post_code = any(@acting))))
            or (@view = 'MyPosts' and t.post_code = any(@held)))
        """;

    public async Task<Result<Inbox>> Handle(ListInbox request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var staff = request.Caller.Staff;
        var acting = (await connection.ActingHoldersAsync(request.Community, now, cancellationToken)).Where(holder => holder.StaffId == staff);
        var held = await connection.RowsAsync<string>(
            """
            select post_code from post_holder
            where community_id = @community and staff_id = @staff::uuid and held_from <= @now and (held_until is null or held_until > @now)
            """,
            new { request.Community, staff = staff?.Value, now },
            cancellationToken);
        var values = new
        {
            request.Community,
            staff = staff?.Value,
            project = request.Project?.Value,
            view = request.View.ToString(),
            acting = acting.Select(holder => holder.PostCode).ToArray(),
            held = held.ToArray(),
            now,
        };

        // Due ascending puts the overdue on top by itself.
        var tasks = await connection.PageAsync<Row, InboxLine>(Open, "due_at, task_id", values, request.Page, row => row.ToLine(now), cancellationToken);
        var overdue = await connection.ScalarAsync<int>($"select count(*)::int from ({Open}) x where due_at < @now", values, cancellationToken);
        var disputes = (await connection.RowAsync<Disputes>(
            "select count(*)::int as open, min(due_at) as next_due_at from roll_dispute where community_id = @Community and state = 'Open'", new { request.Community }, cancellationToken))!;
        return new Inbox(tasks, overdue, now, disputes.Open, disputes.NextDueAt);
    }

    private sealed record Disputes(int Open, DateTimeOffset? NextDueAt);

    private sealed record Row(
        TaskId TaskId, ProjectId ProjectId, string ProjectTitle, string Kind, string Title, int Round, string PostCode, string? AssignedTo,
        DateTimeOffset DueAt, int Rung, bool? IsNamed, bool IsMine, bool IsMyPost)
    {
        public InboxLine ToLine(DateTimeOffset now) => new(
            TaskId, ProjectId, ProjectTitle, Kind, Title, Round, PostCode, AssignedTo, DueAt, DueAt < now, Rung,
            IsNamed is true ? "task.reason.transferred"
            : IsMine ? Rung > 0 ? "task.reason.ladder" : "task.reason.post"
            : IsMyPost ? "task.reason.elsewhere" : "task.reason.community");
    }
}
