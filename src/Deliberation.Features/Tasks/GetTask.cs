using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>A line of a task's history.</summary>
public sealed record TaskEventLine(DateTimeOffset At, string Kind, int? Rung, string? FromPost, string? ToPost, string? ToStaff, string? Actor, string? Reason);

/// <summary>A task's page.</summary>
/// <param name="Form">What the form asks; see <c>CreateTaskCommand.Form</c>.</param>
/// <param name="MayComplete">False when the reader does not act for its post; then <paramref name="Holder"/> says who does.</param>
/// <param name="GoodFrom">From when its first outcome can be chosen; null when it can be now.</param>
/// <param name="ActsForAnother">True when the reader may do it but it is not his own; then <paramref name="OwnedBy"/> names the post's holder, null while vacant.</param>
public sealed record TaskPage(
    TaskId Id,
    ProjectId Project,
    string ProjectTitle,
    string Kind,
    string Title,
    string Instruction,
    int Round,
    IReadOnlyList<string> Outcomes,
    JsonObject Form,
    string FirstPost,
    string PostCode,
    string? Holder,
    int Rung,
    DateTimeOffset CreatedAt,
    DateTimeOffset DueAt,
    bool IsOverdue,
    string State,
    string? Outcome,
    JsonObject? Data,
    bool MayComplete,
    DateTimeOffset? GoodFrom,
    bool ActsForAnother,
    string? OwnedBy,
    TaskChoices Choices,
    IReadOnlyList<TaskEventLine> History);

public sealed record GetTask(Caller Caller, CommunityId Community, TaskId Task) : IQuery<TaskPage>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class GetTaskHandler(CouncilSession session, TaskChoosing choosing) : IRequestHandler<GetTask, Result<TaskPage>>
{
    public async Task<Result<TaskPage>> Handle(GetTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var row = await connection.RowAsync<Row>(
            """
            select t.task_id, t.project_id, p.title as project_title, t.kind, t.title, t.instruction, t.round, t.outcomes, t.form, t.first_post, t.post_code,
                t.assigned_to, t.rung, t.created_at, t.due_at, t.state, t.outcome, t.data, t.instance_id, t.visit_id,
                t.answered_rung, t.extended_at, t.first_period
            from work_task t join project p using (community_id, project_id)
            where t.community_id = @community and t.task_id = @task
            """,
            new { request.Community, request.Task },
            cancellationToken);
        if (row is null)
        {
            return AccessRefusals.NotFound;
        }

        var task = new WorkTaskRow(
            row.TaskId, row.ProjectId, row.InstanceId, row.VisitId, row.Kind, row.Title, row.Round, row.Outcomes, row.Form,
            row.FirstPost, row.PostCode, row.AssignedTo, row.Rung, row.CreatedAt, row.DueAt, row.State,
            AnsweredRung: row.AnsweredRung, ExtendedAt: row.ExtendedAt, FirstPeriod: row.FirstPeriod);
        var accountable = await connection.AccountableAsync(request.Community, row.PostCode, row.AssignedTo, now, cancellationToken);
        var holder = accountable is { } staff
            ? await connection.ScalarAsync<string?>("select display_name from staff where staff_id = @staff", new { staff }, cancellationToken)
            : null;
        var isWorker = request.Caller.Kind is CallerKind.Staff or CallerKind.Admin;
        var mayComplete = isWorker && row.State == "Open" && await connection.MayCompleteAsync(request.Caller, request.Community, task, now, cancellationToken);
        var goodFrom = row.Kind == "Covenant"
            ? await connection.ScalarAsync<DateTimeOffset?>(
                """
                select comments_until from covenant
                where community_id = @community and instance_id = @instanceId and visit_id = @visitId and comments_until > @now
                """,
                new { request.Community, row.InstanceId, row.VisitId, now },
                cancellationToken)
            : null;
        var actedFor = mayComplete ? await connection.ActedForAsync(request.Caller, request.Community, task, now, cancellationToken) : null;
        var history = await connection.RowsAsync<TaskEventLine>(
            """
            select e.at, e.kind, e.rung, e.from_post, e.to_post, t.display_name as to_staff, a.display_name as actor, e.reason
            from work_task_event e left join staff t on t.staff_id = e.to_staff left join staff a on a.staff_id = e.actor_id
            where e.community_id = @community and e.task_id = @task
            order by e.at, e.event_id
            """,
            new { request.Community, request.Task },
            cancellationToken);
        return new TaskPage(
            row.TaskId, row.ProjectId, row.ProjectTitle, row.Kind, row.Title, row.Instruction, row.Round, row.Outcomes, row.Form, row.FirstPost, row.PostCode,
            holder, row.Rung, row.CreatedAt, row.DueAt, row.State == "Open" && row.DueAt < now, row.State, row.Outcome, row.Data, mayComplete, goodFrom,
            actedFor is not null, actedFor?.DisplayName, await choosing.OfAsync(request.Caller, request.Community, task, mayComplete, now, cancellationToken), history);
    }

    private sealed record Row(
        TaskId TaskId, ProjectId ProjectId, string ProjectTitle, string Kind, string Title, string Instruction, int Round, string[] Outcomes, JsonObject Form,
        string FirstPost, string PostCode, StaffId? AssignedTo, int Rung, DateTimeOffset CreatedAt, DateTimeOffset DueAt, string State, string? Outcome,
        JsonObject? Data, Guid InstanceId, string VisitId, int AnsweredRung, DateTimeOffset? ExtendedAt, TimeSpan? FirstPeriod);
}
