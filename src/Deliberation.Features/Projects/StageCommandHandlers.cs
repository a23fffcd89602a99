using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Resolutions;
using Deliberation.Features.Workflows;
using Deliberation.Process.Projects;

namespace Deliberation.Features.Projects;

/// <summary>The first line of a project's timeline.</summary>
internal sealed class RecordLaunchHandler : IWorkflowCommandHandler<RecordLaunchCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(RecordLaunchCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var project = await step.LockProjectAsync(cancellationToken);
        await step.TimelineAsync("Stage", "project.timeline.launched", new JsonObject { ["title"] = project.Title }, project.Link, cancellationToken);
        await step.Connection.TellHouseholdsAsync(
            new Broadcast
            {
                Community = step.Community,
                Project = step.Project,
                DedupKey = $"project:{step.Project}:launched",
                TextKey = "project.message.launched",
                Values = new JsonObject { ["title"] = project.Title },
                ReasonKey = "notice.reason.household",
                Link = project.Link,
                Now = step.Now,
            },
            cancellationToken);
        return [];
    }
}

/// <summary>Enters a stage. Nothing is built before the plan is adopted.</summary>
internal sealed class EnterStageHandler : IWorkflowCommandHandler<EnterStageCommand>
{
    /// <exception cref="InvalidOperationException">Build without a decision: the template is wrong, and the step is parked with these words.</exception>
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(EnterStageCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var project = await step.LockProjectAsync(cancellationToken);
        if (command.Stage == Stage.Build && project.DecidedAt is null)
        {
            throw new InvalidOperationException("project.not-decided: nothing is built before the plan is adopted.");
        }

        var stage = command.Stage.ToString();
        await step.Connection.RunAsync(
            """
            insert into project_stage (community_id, project_id, stage, started_at) values (@community, @project, @stage, @now)
            on conflict (community_id, project_id, stage) do update set started_at = coalesce(project_stage.started_at, excluded.started_at), completed_at = null
            """,
            new { community = step.Community, project = step.Project, stage, step.Now },
            cancellationToken);
        await step.Connection.RunAsync(
            "update project set state = @state, stage = @stage, version = version + 1 where community_id = @community and project_id = @project",
            new { state = "In" + stage, stage, community = step.Community, project = step.Project },
            cancellationToken);
        await step.TimelineAsync("Stage", "project.timeline.entered-" + Lower(command.Stage), new JsonObject { ["stage"] = stage }, project.Link, cancellationToken);
        await step.AuditAsync("EnterStage", $"project:{step.Project}", cancellationToken, details: new JsonObject { ["stage"] = stage });
        return [];
    }

    internal static string Lower(Stage stage) => stage switch
    {
        Stage.Plan => "plan",
        Stage.Build => "build",
        Stage.Manage => "manage",
        Stage.Evaluate => "evaluate",
        _ => "share",
    };
}

/// <summary>A stage is over. Evidence that is missing then shows on the project's page; it is not silently skipped.</summary>
internal sealed class CompleteStageHandler : IWorkflowCommandHandler<CompleteStageCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(CompleteStageCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var project = await step.LockProjectAsync(cancellationToken);
        var stage = command.Stage.ToString();
        await step.Connection.RunAsync(
            """
            insert into project_stage (community_id, project_id, stage, started_at, completed_at) values (@community, @project, @stage, @now, @now)
            on conflict (community_id, project_id, stage) do update set completed_at = excluded.completed_at
            """,
            new { community = step.Community, project = step.Project, stage, step.Now },
            cancellationToken);
        var missing = (await Evidence.MissingAsync(step.Connection, step.Community, step.Project, cancellationToken))[command.Stage];
        await step.TimelineAsync(
            "Stage", missing.Count == 0 ? "project.timeline.completed-" + EnterStageHandler.Lower(command.Stage) : "project.timeline.completed-with-gaps",
            new JsonObject { ["stage"] = stage, ["missing"] = missing.Count }, project.Link, cancellationToken);
        await step.AuditAsync(
            "CompleteStage", $"project:{step.Project}", cancellationToken,
            details: new JsonObject { ["stage"] = stage, ["missing"] = new JsonArray([.. missing.Select(key => (JsonNode)key)]) });
        return [];
    }
}

internal sealed class RecordDecisionHandler : IWorkflowCommandHandler<RecordDecisionCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(RecordDecisionCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var project = await step.LockProjectAsync(cancellationToken);
        await step.Connection.RunAsync(
            """
            update project set state = 'Decided', decided_at = @now, decision = @title, version = version + 1
            where community_id = @community and project_id = @project
            """,
            new { step.Now, command.Title, community = step.Community, project = step.Project },
            cancellationToken);
        await step.Connection.AddResolutionAsync(step.Community, step.Project, command.Title, step.Now, cancellationToken);
        await step.TimelineAsync("Stage", "project.timeline.decided", new JsonObject { ["title"] = command.Title }, project.Link, cancellationToken);
        await step.AuditAsync("RecordDecision", $"project:{step.Project}", cancellationToken);
        return [];
    }
}

/// <summary>The elected take office: the committee, its chair and vice-chair, from the instant of the step on.</summary>
internal sealed class TakeOfficeHandler : IWorkflowCommandHandler<TakeOfficeCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(TakeOfficeCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await step.Connection.RunAsync(
            """
            insert into committee (community_id, committee_id, project_id, instance_id, visit_id, title, took_office_at)
            values (@community, @id, @project, @instanceId, @visitId, @title, @now)
            """,
            new { community = step.Community, id, project = step.Project, step.InstanceId, step.VisitId, command.Title, step.Now },
            cancellationToken);
        await step.Connection.RunAsync(
            """
            insert into committee_member (community_id, committee_id, resident_id, office)
            select @community, @id, member, case member when @chair::uuid then 'Chair' when @viceChair::uuid then 'ViceChair' else 'Member' end
            from unnest(@members) as member
            """,
            new
            {
                community = step.Community,
                id,
                chair = Id(command.Chair),
                viceChair = Id(command.ViceChair),
                members = command.Members.Select(Guid.Parse).Distinct().ToArray(),
            },
            cancellationToken);
        await step.TimelineAsync(
            "Stage", "project.timeline.took-office", new JsonObject { ["title"] = command.Title, ["members"] = command.Members.Count }, $"/projects/{step.Project}", cancellationToken);
        await step.Connection.TellAsync(
            new Broadcast
            {
                Community = step.Community,
                Project = step.Project,
                DedupKey = $"committee:{id}:elected",
                TextKey = "project.message.took-office",
                Values = new JsonObject { ["title"] = command.Title },
                ReasonKey = "project.reason.elected",
                Link = $"/projects/{step.Project}",
                Now = step.Now,
            },
            "select resident_id from committee_member where community_id = @community and committee_id = @committee",
            new { committee = id },
            cancellationToken);
        await step.AuditAsync("TakeOffice", $"committee:{id}", cancellationToken);
        return [];
    }

    private static Guid? Id(string? text) => Guid.TryParse(text, out var id) ? id : null;
}
