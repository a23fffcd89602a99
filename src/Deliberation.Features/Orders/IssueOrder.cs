using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Features.Routines;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using Deliberation.Process.Tasks;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Orders;

/// <summary>
/// The level above orders what is to be done about a late matter (督办单). Refused with <c>order.what-length</c>, <c>order.days-bounds</c>, <c>order.post-unknown</c>,
/// <c>order.not-above</c>, <c>order.not-late</c>, <c>order.open-already</c>, <c>access.not-found</c>.
/// </summary>
/// <param name="Project">The matter, unless <paramref name="Task"/> names a part of it. Late: a task of it is, or a stage has outlasted its last planned day.</param>
/// <param name="Task">A task that is overdue or has climbed.</param>
/// <param name="Post">Who is to do it; below the caller's own post on the ladder. Officials may order any post.</param>
/// <param name="What">2 to 500 characters; residents read it in the project's history.</param>
/// <param name="WorkingDays">1 to 60, by the community's calendar; due when offices close.</param>
/// <returns>The order's id.</returns>
public sealed record IssueOrder(Caller Caller, CommunityId Community, ProjectId? Project, TaskId? Task, string? Post, string? What, int WorkingDays) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers | Audience.Official;
}

internal sealed class IssueOrderHandler(CouncilSession session) : IRequestHandler<IssueOrder, Result<Guid>>
{
    public async Task<Result<Guid>> Handle(IssueOrder request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var matter = await connection.RowAsync<Matter>(
            $"""
            select p.project_id, t.task_id, t.title as task_title,
                t.task_id is null and (
                    exists (select from work_task o where o.community_id = p.community_id and o.project_id = p.project_id and o.state = 'Open' and (o.due_at < council_now() or o.rung > 0))
                    or exists (
                        select from project_stage s join community c using (community_id)
                        where s.community_id = p.community_id and s.project_id = p.project_id and s.started_at is not null and s.completed_at is null
                          and s.planned_end < (council_now() at time zone c.time_zone)::date))
                or t.state = 'Open' and (t.due_at < council_now() or t.rung > 0) as is_late
            from project p left join work_task t on t.community_id = p.community_id and t.project_id = p.project_id and t.task_id = @Task::uuid
            where p.community_id = @Community and p.state not in ('Draft', 'Suspended') and p.state not in {ProjectStates.Over}
              and (p.project_id = @Project::uuid or (@Project::uuid is null and t.task_id is not null)) and (@Task::uuid is null or t.task_id is not null)
            for share of p
            """,
            new { request.Community, Project = request.Project?.Value, Task = request.Task?.Value },
            cancellationToken);
        if (matter is null)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (await connection.OrderFaultAsync(request.Community, request.Post, request.What, request.WorkingDays, cancellationToken) is { } fault)
        {
            return fault;
        }

        var (may, post) = await connection.OrderingPostAsync(request.Caller, request.Community, request.Post!, now, cancellationToken);
        return !may ? OrderRefusals.NotAbove
            : !matter.IsLate ? OrderRefusals.NotLate
            : await connection.IssueAsync(
                request.Caller,
                new NewOrder(request.Community, matter.ProjectId, matter.TaskId, request.Post!, request.What!.Trim(), request.WorkingDays, post),
                now, cancellationToken) is { } order ? order : OrderRefusals.OpenAlready;
    }

    private sealed record Matter(ProjectId ProjectId, TaskId? TaskId, string? TaskTitle, bool IsLate);
}

/// <param name="InNameOf">Post whose word it is; null: an official's.</param>
internal sealed record NewOrder(CommunityId Community, ProjectId? Project, TaskId? Task, string Post, string What, int WorkingDays, string? InNameOf)
{
    /// <summary>The task for all that it is a part of; then it has no project.</summary>
    public Guid? Batch { get; init; }
}

/// <summary>How an order comes into the world, by whomever.</summary>
internal static class Ordering
{
    public const int LongestDays = 60;

    /// <returns>What is wrong with an order's fields; null when they will do.</returns>
    public static async Task<Refusal?> OrderFaultAsync(
        this NpgsqlConnection connection, CommunityId community, string? post, string? what, int workingDays, CancellationToken cancellationToken) =>
        what?.Trim() is not { Length: >= 2 and <= 500 } ? OrderRefusals.WhatLength
        : workingDays is < 1 or > LongestDays ? OrderRefusals.DaysBounds
        : await connection.ScalarAsync<bool>("select exists (select from post where community_id = @community and post_code = @post)", new { community, post }, cancellationToken) ? null
        : OrderRefusals.PostUnknown;

    /// <summary>When an order of now is due, and when it is reminded of: a working day before; null when that is not after now.</summary>
    public static async Task<(DateTimeOffset DueAt, DateTimeOffset? RemindAt)> OrderDatesAsync(
        this NpgsqlConnection connection, CommunityId community, int workingDays, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var calendar = await connection.CalendarAsync(community, cancellationToken);
        var dueAt = new TaskTerm(TermUnit.WorkingDays, workingDays, now).DueAt(calendar);
        return (dueAt, RemindAt(calendar, dueAt, now));
    }

    /// <returns>A working day before it is due; null when that is not after now.</returns>
    public static DateTimeOffset? RemindAt(WorkingCalendar calendar, DateTimeOffset dueAt, DateTimeOffset now) =>
        calendar.NextAllowed(calendar.AddWorkingDays(dueAt, -1)) is var remindAt && remindAt > now ? remindAt : null;

    /// <summary>Writes the order, tells its post and says so in the project's history.</summary>
    /// <returns>Its id; null when the same is open already, or there is no such post.</returns>
    public static async Task<Guid?> IssueAsync(this NpgsqlConnection connection, Caller caller, NewOrder order, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var (dueAt, remindAt) = await connection.OrderDatesAsync(order.Community, order.WorkingDays, now, cancellationToken);
        var added = await connection.RunAsync(
            """
            insert into supervision_order (community_id, order_id, project_id, task_id, post_code, what, working_days, issued_by, issued_post, issued_at, due_at, remind_at, batch_id)
            select @Community, @id, @project::uuid, @Task::uuid, post_code, @What, @WorkingDays, @staff::uuid, @InNameOf, @now, @dueAt, @remindAt, @batch::uuid
            from post where community_id = @Community and post_code = @Post -- a template may name a post that the community does not have
            on conflict do nothing
            """,
            new
            {
                order.Community, id, project = order.Project?.Value, Task = order.Task?.Value, order.Post, order.What, order.WorkingDays, staff = caller.Staff?.Value, order.InNameOf,
                now, dueAt, remindAt, batch = order.Batch,
            },
            cancellationToken);
        if (added == 0)
        {
            return null;
        }

        await connection.AddOrderEventAsync(order.Community, id, now, "Issued", cancellationToken, caller.Staff, order.What);
        JsonObject values = new() { ["what"] = order.What, ["post"] = order.Post, ["dueAt"] = dueAt };
        await connection.TellPostOrAboveAsync(
            new PostMessage
            {
                Community = order.Community, Post = order.Post, DedupKey = $"order:{id}:issued", TextKey = order.Batch is null ? "order.message.issued" : "order.message.asked",
                Values = values, ReasonKey = "task.reason.post", Link = OrderRows.Link(id), Now = now,
            },
            cancellationToken);
        if (order.Project is { } project)
        {
            await connection.OrderTimelineAsync(caller, order.Community, project, id, now, "order.timeline.issued", values, cancellationToken);
        }

        await connection.AuditAsync(
            caller, order.Community, nameof(IssueOrder), $"order:{id}", now, cancellationToken,
            details: new JsonObject { ["post"] = order.Post, ["project"] = order.Project?.ToString(), ["task"] = order.Task?.ToString(), ["batch"] = order.Batch?.ToString(), ["dueAt"] = dueAt });
        return id;
    }

    /// <summary>A line of the project's history; what the ladder does by itself is marked so.</summary>
    public static Task OrderTimelineAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, ProjectId project, Guid order, DateTimeOffset now, string textKey, JsonObject values, CancellationToken cancellationToken) =>
        connection.AddTimelineAsync(
            new TimelineEntry(community, project, now, "Task", textKey, values, caller.Kind == CallerKind.System, caller.Staff?.Value, OrderRows.Link(order)), cancellationToken);
}
