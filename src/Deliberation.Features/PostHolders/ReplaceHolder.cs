using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;
using MediatR;

namespace Deliberation.Features.PostHolders;

/// <summary>Gives a post to a successor (M1.2): all its open tasks go with it in one act, what was done before keeps the predecessor's name.</summary>
/// <param name="From">Who holds it now, as the page showed; null for a vacant post. Another since: <c>post.holder-changed</c>.</param>
/// <param name="To">Works in the community, else <c>task.unknown-staff</c>; holds it already: <c>post.holds-already</c>.</param>
/// <returns>How many open tasks changed hands.</returns>
public sealed record ReplaceHolder(Caller Caller, CommunityId Community, string Post, StaffId? From, StaffId To, string Reason) : ICommand<int>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class ReplaceHolderHandler(CouncilSession session) : IRequestHandler<ReplaceHolder, Result<int>>
{
    public async Task<Result<int>> Handle(ReplaceHolder request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.RowAsync<string>("select post_code from post where community_id = @Community and post_code = @Post for update", new { request.Community, request.Post }, cancellationToken) is null)
        {
            return AccessRefusals.NotFound;
        }

        if (TaskActs.ReasonFault(request.Reason) is { } reason)
        {
            return reason;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var holders = await connection.RowsAsync<StaffId>(
            """
            select staff_id from post_holder
            where community_id = @Community and post_code = @Post and not is_substitute and held_from <= @now and (held_until is null or held_until > @now)
            """,
            new { request.Community, request.Post, now },
            cancellationToken);
        var fault = request.From is { } from ? holders.Contains(from) ? null : Changed : holders.Count > 0 ? Changed : null;
        fault ??= holders.Contains(request.To) ? Refusal.Conflict("post.holds-already") : null;
        fault ??= await connection.WorksHereAsync(request.Community, request.To, cancellationToken) ? null : Refusal.Invalid("task.unknown-staff", "To");
        if (fault is not null)
        {
            return fault;
        }

        var values = new { request.Community, request.Post, from = request.From?.Value, to = request.To.Value, actor = request.Caller.Staff?.Value, request.Reason, now };
        await connection.RunAsync(
            """
            update post_holder set held_until = @now
            where community_id = @Community and post_code = @Post and staff_id = @from::uuid and not is_substitute and (held_until is null or held_until > @now);
            update post_holder set held_until = @now -- who stood in for it holds it now
            where community_id = @Community and post_code = @Post and staff_id = @to and is_substitute and (held_until is null or held_until > @now);
            insert into post_holder (community_id, post_code, staff_id, held_from) values (@Community, @Post, @to, @now)
            on conflict (community_id, post_code, staff_id, held_from) do update set held_until = null, is_substitute = false;
            """,
            values,
            cancellationToken);

        // Tasks named to the predecessor go to the successor by name; all others belong to the post.
        var moved = await connection.ScalarAsync<int>(
            """
            with moved as (
                update work_task set assigned_to = case when assigned_to = @from::uuid then @to else assigned_to end
                where community_id = @Community and post_code = @Post and state = 'Open' and (assigned_to is null or assigned_to = @from::uuid)
                returning task_id),
            written as (
                insert into work_task_event (community_id, task_id, event_id, at, kind, to_post, from_staff, to_staff, actor_id, reason)
                select @Community, task_id, gen_random_uuid(), @now, 'HandedOver', @Post, @from::uuid, @to, @actor::uuid, @Reason from moved)
            select count(*)::int from moved
            """,
            values,
            cancellationToken);
        await connection.AddMessageAsync(
            new OutboxMessage
            {
                Community = request.Community,
                DedupKey = $"post:{request.Post}:{request.To}:{now.UtcTicks}",
                Staff = request.To,
                TextKey = "post.message.yours",
                Values = new JsonObject { ["post"] = request.Post, ["count"] = moved, ["reason"] = request.Reason },
                ReasonKey = "task.reason.post",
                Link = "/staff?view=posts",
                CouncilAt = now,
                NotBefore = QuietHours.NotBefore(now),
            },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ReplaceHolder), $"post:{request.Post}", now, cancellationToken, request.Reason,
            new JsonObject { ["from"] = request.From?.ToString(), ["to"] = request.To.ToString(), ["tasks"] = moved });
        return moved;
    }

    private static Refusal Changed { get; } = Refusal.Conflict("post.holder-changed");
}
