using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres.Workflows;
using Deliberation.Workflows.Execution;
using MediatR;

namespace Deliberation.Features.Workflows;

/// <summary>Why an instance waits, for people.</summary>
/// <param name="Reason">Text key: <c>wait.task</c>, <c>wait.event</c>, <c>wait.workflow</c>, <c>wait.call</c>, <c>wait.until</c>, <c>wait.answer</c>.</param>
/// <param name="What">The task, event, workflow or host that it waits for; null when the text needs none.</param>
/// <param name="Until">First instant at which the clock moves it; null when none does.</param>
/// <param name="Link">Page on which somebody can do it; null when there is none.</param>
public sealed record WaitLine(string ActivityId, string Activity, string Reason, string? What, DateTimeOffset? Until, string? Link);

/// <summary>Something that went wrong.</summary>
/// <param name="Resolution">Retried, Altered or Cancelled; null while it is open.</param>
public sealed record IncidentLine(DateTimeOffset At, string ActivityId, string Activity, string Message, DateTimeOffset? ResolvedAt, string? Resolution);

/// <summary>One line of what happened.</summary>
/// <param name="Event">Started, Completed, Suspended, Resumed, Canceled, Faulted or Unclaimed.</param>
/// <param name="Detail">Outcomes followed, line written, fault or event; null when there is none.</param>
public sealed record JournalLine(long Sequence, DateTimeOffset At, string Event, string ActivityId, string Activity, string? Detail);

/// <summary>A workflow that an instance called.</summary>
public sealed record ChildLine(Guid InstanceId, string Workflow, string SubStatus);

/// <summary>A variable of the workflow and its value as JSON.</summary>
public sealed record VariableLine(string Name, string Value);

/// <summary>An instance as an admin sees it.</summary>
/// <param name="NewerVersionId">The published version when it is a later one than the instance has; else null.</param>
/// <param name="IsStuck">It waits, but nothing can wake it.</param>
public sealed record InstanceDetails(
    Guid InstanceId,
    ProjectId Project,
    string ProjectTitle,
    string Workflow,
    int Version,
    string VersionId,
    string? NewerVersionId,
    int? NewerVersion,
    string SubStatus,
    bool IsPaused,
    Guid? ParentInstanceId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<WaitLine> Waits,
    IReadOnlyList<IncidentLine> Incidents,
    IReadOnlyList<VariableLine> Variables,
    IReadOnlyList<ChildLine> Children,
    Paged<JournalLine> Journal)
{
    public bool IsStuck => SubStatus == "Suspended" && Waits.Count == 0;
}

/// <summary>One workflow of a project: where it stands, why it waits, what went wrong, what it did.</summary>
/// <param name="Language">Of names: <c>zh-Hans</c>, <c>zh-Hant</c> or <c>en</c>.</param>
/// <param name="Page">Part of the journal, newest first.</param>
public sealed record GetInstance(Caller Caller, CommunityId Community, Guid InstanceId, string Language, PageRequest Page) : IQuery<InstanceDetails>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class GetInstanceHandler(CouncilSession session, WorkflowEngine engine, WorkflowDefinitions definitions) : IRequestHandler<GetInstance, Result<InstanceDetails>>
{
    private const int MostLines = 100;

    public async Task<Result<InstanceDetails>> Handle(GetInstance request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var values = new { request.Community, request.InstanceId, request.Language };
        var row = await connection.RowAsync<Row>(
            """
            select i.project_id as project, p.title as project_title, coalesce(d.content #>> array['customProperties', 'deliberation', 'texts', @Language], d.name) as workflow,
                d.version, d.definition_version_id as version_id, n.definition_version_id as newer_version_id, n.version as newer_version,
                i.sub_status, i.paused_at is not null as is_paused, i.parent_instance_id, i.created_at, i.updated_at, i.state
            from workflow_instance i
            join workflow_definition d using (definition_version_id)
            join project p on p.community_id = i.community_id and p.project_id = i.project_id
            left join workflow_definition n on n.definition_id = d.definition_id and n.is_published and n.version > d.version
            where i.community_id = @Community and i.instance_id = @InstanceId
            """,
            values,
            cancellationToken);
        if (row is null)
        {
            return AccessRefusals.NotFound;
        }

        var definition = await definitions.GetVersionAsync(connection, row.VersionId, cancellationToken);
        var titles = ActivityTitles.Of(definition, request.Language);
        var root = (string?)definition.Source["root"]?["id"];
        string Title(string activity) => activity == root ? row.Workflow : titles.GetValueOrDefault(activity, activity);

        var waits = await connection.RowsAsync<WaitRow>(
            $"""
            select b.visit_id, b.activity_id, b.activity_type, b.key, t.due_at, w.task_id, w.title as task, c.instance_id as child_id, d.name as child, split_part(h.url, '/', 3) as host
            from workflow_bookmark b
            left join workflow_timer t using (community_id, instance_id, bookmark_id)
            left join work_task w on w.community_id = b.community_id and w.instance_id = b.instance_id and w.visit_id = b.visit_id and w.state = 'Open'
            left join workflow_instance c on c.community_id = b.community_id and c.parent_instance_id = b.instance_id and c.parent_visit_id = b.visit_id and c.parent_key is not distinct from b.key and c.status = 'Running'
            left join workflow_definition d on d.definition_version_id = c.definition_version_id
            left join http_call h on h.community_id = b.community_id and h.instance_id = b.instance_id and h.visit_id = b.visit_id
            where b.community_id = @Community and b.instance_id = @InstanceId
            order by t.due_at nulls last, b.bookmark_id limit {MostLines}
            """,
            values,
            cancellationToken);
        var incidents = await connection.RowsAsync<IncidentLine>(
            $"""
            select at, activity_id, '' as activity, message, resolved_at, resolution from workflow_incident
            where community_id = @Community and instance_id = @InstanceId order by resolved_at is not null, at desc limit {MostLines}
            """,
            values,
            cancellationToken);
        var children = await connection.RowsAsync<ChildLine>(
            $"""
            select i.instance_id, coalesce(d.content #>> array['customProperties', 'deliberation', 'texts', @Language], d.name) as workflow, i.sub_status
            from workflow_instance i join workflow_definition d using (definition_version_id)
            where i.community_id = @Community and i.parent_instance_id = @InstanceId order by i.created_at desc, i.instance_id limit {MostLines}
            """,
            values,
            cancellationToken);
        var journal = await connection.PageAsync<JournalLine, JournalLine>(
            """
            select sequence, at, event, activity_id, activity_type as activity,
                coalesce(details ->> 'line', details ->> 'message', details ->> 'event', (select string_agg(o, ', ') from jsonb_array_elements_text(details -> 'outcomes') o)) as detail
            from workflow_journal where community_id = @Community and instance_id = @InstanceId and activity_type <> 'Elsa.Workflow'
            """,
            "sequence desc",
            values,
            request.Page,
            line => line with { Activity = Title(line.ActivityId) },
            cancellationToken);
        return new InstanceDetails(
            request.InstanceId, row.Project, row.ProjectTitle, row.Workflow, row.Version, row.VersionId, row.NewerVersionId, row.NewerVersion, row.SubStatus, row.IsPaused,
            row.ParentInstanceId, row.CreatedAt, row.UpdatedAt,
            [.. waits.GroupBy(wait => wait.VisitId).Select(visit => Why(visit, Title(visit.First().ActivityId)))],
            [.. incidents.Select(incident => incident with { Activity = Title(incident.ActivityId) })],
            [.. engine.Variables(definition, row.State).Select(variable => new VariableLine(variable.Key, variable.Value?.ToJsonString() ?? "null"))],
            children,
            journal);
    }

    /// <summary>What somebody can do comes first, then what the clock does.</summary>
    private static WaitLine Why(IEnumerable<WaitRow> visit, string activity)
    {
        var waits = visit.ToList();
        var until = waits.Min(wait => wait.DueAt);
        var first = waits[0];
        WaitLine Line(string reason, string? what, string? link) => new(first.ActivityId, activity, reason, what, until, link);
        return waits.Find(wait => wait.TaskId is not null) is { } task ? Line("wait.task", task.Task, $"/staff/tasks/{task.TaskId}")
            : waits.Find(wait => wait.ChildId is not null) is { } child ? Line("wait.workflow", child.Child, $"/admin/workflows/{child.ChildId}")
            : waits.Find(wait => wait.Host is not null) is { } call ? Line("wait.call", call.Host, null)
            : first.ActivityType == "Elsa.Event" ? Line("wait.event", first.Key, null)
            : until is not null && first.ActivityType.StartsWith("Elsa.", StringComparison.Ordinal) ? Line("wait.until", null, null)
            : Line("wait.answer", null, null);
    }

    private sealed record Row(
        ProjectId Project, string ProjectTitle, string Workflow, int Version, string VersionId, string? NewerVersionId, int? NewerVersion,
        string SubStatus, bool IsPaused, Guid? ParentInstanceId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, JsonObject State);

    private sealed record WaitRow(
        string VisitId, string ActivityId, string ActivityType, string? Key, DateTimeOffset? DueAt, Guid? TaskId, string? Task, Guid? ChildId, string? Child, string? Host);
}
