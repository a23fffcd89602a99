using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Deliberation.Workflows.Alterations;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Npgsql;

namespace Deliberation.Features.Workflows;

/// <summary>What people do to an instance by hand: try it again, alter it, end it, move it to another version. Each in the caller's transaction, under the instance's lock.</summary>
public sealed class InstanceRepair(WorkflowEngine engine, WorkflowAlterer alterer, WorkflowMigrator migrator, WorkflowDefinitions definitions, StepRunner runner, StepFacts facts)
{
    /// <summary>Does again what faulted.</summary>
    /// <returns>Null when done; else <c>workflow.not-faulted</c>, or <c>workflow.beyond-retry</c>: it faulted between two activities and must be altered.</returns>
    internal async Task<Refusal?> RetryAsync(NpgsqlConnection connection, RepairedInstance locked, CancellationToken cancellationToken)
    {
        if (locked.SubStatus != WorkflowSubStatus.Faulted)
        {
            return Refusal.Conflict("workflow.not-faulted");
        }

        var transition = engine.Retry(locked.Definition, locked.Instance.State, locked.Now, facts.All);
        if (transition.Journal.Count == 0)
        {
            return Refusal.Conflict("workflow.beyond-retry");
        }

        await SaveAsync(connection, locked, transition, "Retried", cancellationToken);
        return null;
    }

    /// <summary>Makes alterations, all or none.</summary>
    internal async Task<Refusal?> AlterAsync(NpgsqlConnection connection, RepairedInstance locked, IReadOnlyList<Alteration> alterations, CancellationToken cancellationToken)
    {
        var (transition, problems) = alterer.Alter(locked.Definition, locked.Instance.State, alterations, locked.Now, facts.All);
        if (transition is null)
        {
            return Refusal.Invalid($"workflow.{problems[0].Code}", problems[0].Code.StartsWith("variable", StringComparison.Ordinal) ? "Variable" : "Activity");
        }

        await SaveAsync(connection, locked, transition, "Altered", cancellationToken);
        return null;
    }

    /// <summary>Whether alterations can be made; nothing is changed.</summary>
    internal bool CanAlter(RepairedInstance instance, IReadOnlyList<Alteration> alterations) =>
        alterer.Alter(instance.Definition, (JsonObject)instance.Instance.State.DeepClone(), alterations, instance.Now, facts.All).Problems.Count == 0;

    /// <summary>Ends one instance: its open visits are cancelled, whoever waits for it learns that it was.</summary>
    internal async Task<Refusal?> CancelAsync(NpgsqlConnection connection, RepairedInstance locked, CancellationToken cancellationToken)
    {
        if (locked.Instance.IsFinished && locked.SubStatus != WorkflowSubStatus.Faulted)
        {
            return Refusal.Conflict("workflow.instance.over");
        }

        await SaveAsync(connection, locked, engine.Cancel(locked.Definition, locked.Instance.State, locked.Now), "Cancelled", cancellationToken);
        return null;
    }

    /// <summary>What a move to another version would do; nothing is changed.</summary>
    internal MigrationPlan Plan(RepairedInstance locked, WorkflowDefinition to) => migrator.Plan(locked.Definition, to, locked.Instance.State, locked.Now);

    /// <summary>Makes the move that a plan without problems describes.</summary>
    internal static async Task MigrateAsync(NpgsqlConnection connection, RepairedInstance locked, WorkflowDefinition to, MigrationPlan plan, CancellationToken cancellationToken)
    {
        await connection.SaveStepAsync(locked.Instance, plan.Transition!, locked.Now, null, cancellationToken);
        await connection.RunAsync(
            "update workflow_instance set definition_version_id = @version where community_id = @community and instance_id = @instance",
            new { version = to.Id, community = locked.Instance.Community, instance = locked.Instance.InstanceId },
            cancellationToken);
    }

    /// <summary>Locks an instance and gives it with its definition; null when there is none in that community.</summary>
    internal async Task<RepairedInstance?> LockAsync(NpgsqlConnection connection, CommunityId community, Guid instanceId, CancellationToken cancellationToken) =>
        await WithDefinitionAsync(connection, await connection.LockInstanceAsync(community, instanceId, cancellationToken), cancellationToken);

    /// <summary>As it is now, without a lock: to look at what an act would do.</summary>
    internal async Task<RepairedInstance?> FindAsync(NpgsqlConnection connection, CommunityId community, Guid instanceId, CancellationToken cancellationToken) =>
        await WithDefinitionAsync(connection, await connection.FindInstanceAsync(community, instanceId, cancellationToken), cancellationToken);

    private async Task<RepairedInstance?> WithDefinitionAsync(NpgsqlConnection connection, StoredInstance? instance, CancellationToken cancellationToken)
    {
        if (instance is null)
        {
            return null;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var definition = await definitions.GetVersionAsync(connection, instance.DefinitionVersionId, cancellationToken);
        return new RepairedInstance(instance, definition, Enum.Parse<WorkflowSubStatus>((string)instance.State["subStatus"]!), now);
    }

    private async Task SaveAsync(NpgsqlConnection connection, RepairedInstance locked, Transition transition, string resolution, CancellationToken cancellationToken)
    {
        var instance = locked.Instance;
        await connection.RunAsync(
            "update workflow_incident set resolved_at = @now, resolution = @resolution where community_id = @community and instance_id = @instanceId and resolved_at is null",
            new { now = locked.Now, resolution, community = instance.Community, instance.InstanceId },
            cancellationToken);
        await runner.SaveAsync(connection, instance, locked.Definition, transition, locked.Now, cancellationToken);

        // A caller that went on when this instance faulted is not told a second time.
        await connection.RunAsync(
            """
            delete from workflow_inbox e
            where e.community_id = @community and e.instance_id = @parent::uuid and e.event_id = @instanceId and not exists (
                select from workflow_bookmark b where b.community_id = e.community_id and b.instance_id = e.instance_id and b.visit_id = e.visit_id and b.name = e.name)
            """,
            new { community = instance.Community, parent = instance.ParentInstanceId, instance.InstanceId },
            cancellationToken);
    }
}

/// <summary>An instance that somebody acts on, under the caller's lock, or looks at.</summary>
/// <param name="Now">Council time, read after the lock.</param>
internal sealed record RepairedInstance(StoredInstance Instance, WorkflowDefinition Definition, WorkflowSubStatus SubStatus, DateTimeOffset Now);
