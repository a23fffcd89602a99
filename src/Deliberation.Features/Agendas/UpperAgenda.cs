using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Agendas;

/// <summary>An item of the upper body's agenda as stored, locked.</summary>
internal sealed record UpperItemRow(Guid ItemId, ProjectId ProjectId, TaskId TaskId, int Round, string PostCode, DateTimeOffset? DecidedAt, DateTimeOffset? AgainAt);

/// <summary>What climbed to the top of the ladder and what becomes of it there.</summary>
internal static class UpperAgenda
{
    public const string Link = "/board/agenda";

    public static Task<UpperItemRow?> LockUpperItemAsync(this NpgsqlConnection connection, CommunityId community, Guid item, CancellationToken cancellationToken) =>
        connection.RowAsync<UpperItemRow>(
            """
            select item_id, project_id, task_id, round, post_code, decided_at, again_at
            from upper_agenda_item where community_id = @community and item_id = @item for update
            """,
            new { community, item },
            cancellationToken);

    /// <summary>A task that reached the top becomes an item of the agenda there, and its first post gets an order, once, by the ladder itself.</summary>
    public static async Task ReachTopAsync(this NpgsqlConnection connection, CommunityId community, WorkTaskRow task, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if ((await connection.PostsAboveAsync(community, task.PostCode, cancellationToken)).Count > 0
            || !await connection.RaiseAsync(community, task, round: 1, now, cancellationToken))
        {
            return;
        }

        await connection.IssueAsync(
            Caller.System,
            new NewOrder(community, task.ProjectId, task.TaskId, task.FirstPost, task.Title[..Math.Min(task.Title.Length, 500)], new LadderSettings().OrderWorkingDays, task.PostCode),
            now, cancellationToken);
    }

    /// <returns>False when it stands on the agenda already.</returns>
    public static async Task<bool> RaiseAsync(this NpgsqlConnection connection, CommunityId community, WorkTaskRow task, int round, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var raised = await connection.RunAsync(
            """
            insert into upper_agenda_item (community_id, item_id, project_id, task_id, round, post_code, raised_at)
            values (@community, @id, @ProjectId, @TaskId, @round, @PostCode, @now)
            on conflict (community_id, task_id, round) do nothing
            """,
            new { community, id, task.ProjectId, task.TaskId, round, task.PostCode, now },
            cancellationToken);
        if (raised == 0)
        {
            return false;
        }

        await connection.AddTimelineAsync(
            new TimelineEntry(
                community, task.ProjectId, now, "Task", "agenda.timeline.raised", new JsonObject { ["task"] = task.Title, ["post"] = task.PostCode }, IsAutomatic: true, Link: Link),
            cancellationToken);
        await connection.AuditAsync(
            Caller.System, community, "RaiseUpperItem", $"task:{task.TaskId}", now, cancellationToken, details: new JsonObject { ["round"] = round, ["post"] = task.PostCode });
        return true;
    }
}

/// <summary>The product puts a matter on the agenda again that was decided there and is late again.</summary>
public sealed record RaiseAgain(Caller Caller, CommunityId Community, Guid Item) : ICommand<Done>
{
    public Audience Audience => Audience.None; // only the product itself
}

internal sealed class RaiseAgainHandler(CouncilSession session) : IRequestHandler<RaiseAgain, Result<Done>>
{
    public async Task<Result<Done>> Handle(RaiseAgain request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockUpperItemAsync(request.Community, request.Item, cancellationToken) is not { AgainAt: { } againAt } item)
        {
            return OrderRefusals.NotDue;
        }

        var task = (await connection.LockTaskAsync(request.Community, item.TaskId, cancellationToken))!;
        var now = await connection.CouncilNowAsync(cancellationToken);
        if (againAt > now)
        {
            return OrderRefusals.NotDue;
        }

        await connection.RunAsync(
            "update upper_agenda_item set again_at = null where community_id = @Community and item_id = @Item", new { request.Community, request.Item }, cancellationToken);
        var isLate = task.State == "Open" && task.DueAt <= now;
        if (isLate)
        {
            await connection.RaiseAsync(request.Community, task with { PostCode = item.PostCode }, item.Round + 1, now, cancellationToken);
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(RaiseAgain), $"task:{item.TaskId}", now, cancellationToken, details: new JsonObject { ["late"] = isLate });
        return Done.Value;
    }
}
