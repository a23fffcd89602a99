using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Agendas;

/// <summary>What the upper body decides about a matter that climbed to it.</summary>
public enum UpperDecision
{
    /// <summary>More time.</summary>
    Extend,

    /// <summary>Back to the post that was asked first, with guidance.</summary>
    Return,

    /// <summary>A supervised order to a post; the task waits on.</summary>
    Order,

    /// <summary>The step ends with the body's own outcome and the workflow goes on.</summary>
    End,
}

/// <summary>
/// Writes down what the upper body decided on an item of its agenda, and carries it out: the waiting step is extended, returned or ended, or a post is ordered, in the same transaction.
/// Refused with <c>agenda.decided-already</c>, <c>agenda.not-yours</c>, <c>agenda.form-needed</c>, <c>task.not-open</c>, <c>task.unknown-outcome</c>, and as the act itself is.
/// </summary>
/// <param name="Words">The decision; 1 to 300 characters, residents read it.</param>
/// <param name="Until">Last day of an extension; null otherwise.</param>
/// <param name="Post">Post that is ordered; null otherwise.</param>
/// <param name="WorkingDays">Of an order, 1 to 60; else ignored.</param>
/// <param name="Outcome">Of the task, when the step ends; null otherwise.</param>
public sealed record DecideUpperItem(
    Caller Caller, CommunityId Community, Guid Item, UpperDecision Decision, string Words, DateOnly? Until, string? Post, int WorkingDays, string? Outcome) : ICommand<Done>
{
    public Audience Audience => Audience.Workers | Audience.Official;
}

internal sealed class DecideUpperItemHandler(CouncilSession session, LateAnswers answers, TaskCompletion completion) : IRequestHandler<DecideUpperItem, Result<Done>>
{
    public async Task<Result<Done>> Handle(DecideUpperItem request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockUpperItemAsync(request.Community, request.Item, cancellationToken) is not { } item)
        {
            return AccessRefusals.NotFound;
        }

        var found = await connection.OpenTaskAsync(request.Community, item.TaskId, null, request.Words, cancellationToken);
        if (item.DecidedAt is not null)
        {
            return Refusal.Conflict("agenda.decided-already");
        }

        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var opened = found.Require();
        if (!await connection.MayDecideAsync(request.Caller, request.Community, item.PostCode, opened.Now, cancellationToken))
        {
            return Refusal.Forbidden("agenda.not-yours");
        }

        return await CarryOutAsync(request, item, opened, cancellationToken) is { } fault ? fault : await RecordAsync(request, item, opened, cancellationToken);
    }

    private async Task<Refusal?> CarryOutAsync(DecideUpperItem request, UpperItemRow item, OpenedTask opened, CancellationToken cancellationToken)
    {
        switch (request.Decision)
        {
            case UpperDecision.Extend:
                return request.Until is { } until
                    ? await answers.ExtendAsync(request.Caller, request.Community, opened, until, request.Words, cancellationToken)
                    : Refusal.Invalid("agenda.day-missing", "Day");
            case UpperDecision.Return:
                return await answers.ReturnAsync(request.Caller, request.Community, opened, request.Words, cancellationToken);
            case UpperDecision.Order:
                return await OrderAsync(request, item, opened, cancellationToken);
            default:
                return await EndAsync(request, opened, cancellationToken);
        }
    }

    private async Task<Refusal?> OrderAsync(DecideUpperItem request, UpperItemRow item, OpenedTask opened, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.OrderFaultAsync(request.Community, request.Post, request.Words, request.WorkingDays, cancellationToken) is { } fault)
        {
            return fault.Field == "What" ? fault with { Field = "Words" } : fault;
        }

        var order = new NewOrder(request.Community, item.ProjectId, item.TaskId, request.Post!, request.Words.Trim(), request.WorkingDays, request.Caller.Kind == CallerKind.Official ? null : item.PostCode);
        if (await connection.IssueAsync(request.Caller, order, opened.Now, cancellationToken) is null)
        {
            return OrderRefusals.OpenAlready;
        }

        await connection.RunAsync(
            "update work_task set answered_rung = rung where community_id = @Community and task_id = @TaskId", new { request.Community, item.TaskId }, cancellationToken);
        return null;
    }

    /// <summary>The body has no form to fill in: what only a filled form can end is ordered, extended or returned instead.</summary>
    private async Task<Refusal?> EndAsync(DecideUpperItem request, OpenedTask opened, CancellationToken cancellationToken)
    {
        var (task, now) = opened;
        if (request.Outcome is not { } outcome || !task.Outcomes.Contains(outcome))
        {
            return Refusal.Invalid("task.unknown-outcome", "Outcome");
        }

        var isGood = outcome == task.Outcomes[0];
        if (TaskForm.Check(isGood ? task.Form : TaskForm.Relaxed(task.Form), []) is not null)
        {
            return Refusal.Conflict("agenda.form-needed");
        }

        return isGood && (await session.Connection.MissingSignersAsync(request.Community, task.TaskId, cancellationToken)).Count > 0
            ? Refusal.Conflict("task.signers-first")
            : await completion.FinishAsync(request.Caller, request.Community, task, outcome, [], now, cancellationToken);
    }

    private async Task<Result<Done>> RecordAsync(DecideUpperItem request, UpperItemRow item, OpenedTask opened, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var (task, now) = opened;
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        await connection.RunAsync(
            """
            update upper_agenda_item set decision = @decision, words = @words, decided_at = @now, decided_by = @staff::uuid, again_at = @againAt
            where community_id = @Community and item_id = @Item
            """,
            new
            {
                decision = request.Decision.ToString(), words = request.Words.Trim(), now, staff = request.Caller.Staff?.Value, request.Community, request.Item,
                againAt = request.Decision == UpperDecision.End ? null : (DateTimeOffset?)calendar.AddWorkingDays(await DueAsync(request, item, cancellationToken), 1),
            },
            cancellationToken);
        await connection.TimelineAsync(
            request.Caller, request.Community, item.ProjectId, now, "Task", "agenda.timeline.decided",
            new JsonObject { ["task"] = task.Title, ["words"] = request.Words.Trim() }, UpperAgenda.Link, cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(DecideUpperItem), $"task:{item.TaskId}", now, cancellationToken, request.Words,
            new JsonObject { ["decision"] = request.Decision.ToString(), ["outcome"] = request.Outcome });
        return Done.Value;
    }

    /// <summary>When what was decided is due: the task, or the order about it.</summary>
    private Task<DateTimeOffset> DueAsync(DecideUpperItem request, UpperItemRow item, CancellationToken cancellationToken) =>
        session.Connection.ScalarAsync<DateTimeOffset>(
            """
            select greatest(t.due_at, (
                select o.due_at from supervision_order o
                where @isOrder and o.community_id = t.community_id and o.task_id = t.task_id and o.state = 'Open' order by o.issued_at desc, o.order_id desc limit 1))
            from work_task t where t.community_id = @Community and t.task_id = @TaskId
            """,
            new { request.Community, item.TaskId, isOrder = request.Decision == UpperDecision.Order },
            cancellationToken);
}
