using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Deliberation.Workflows.Alterations;
using Deliberation.Workflows.Definitions;
using MediatR;

namespace Deliberation.Features.Workflows;

/// <summary>Moves the running instances of a definition to another version of it: all of them, or none.</summary>
/// <param name="FromVersionId">The version that they have now.</param>
/// <param name="Instances">Which of them; none = all of the community.</param>
/// <param name="IsDryRun">True: says what would happen and changes nothing.</param>
/// <remarks>At most <see cref="Migration.MostInstances"/> at once: <c>workflow.too-many-instances</c>.</remarks>
/// <returns>The diff, and what each instance would meet. Made only when <see cref="Migration.CanBeMade"/>.</returns>
public sealed record MigrateInstances(
    Caller Caller, CommunityId Community, string FromVersionId, string ToVersionId, IReadOnlyList<Guid> Instances, bool IsDryRun, string Reason) : ICommand<Migration>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>A migration that was made, or would be.</summary>
/// <param name="Changes">What differs between the versions.</param>
public sealed record Migration(IReadOnlyList<DefinitionChange> Changes, IReadOnlyList<InstanceMigration> Instances, bool IsMade)
{
    public const int MostInstances = 1_000;

    public bool CanBeMade => Instances.Count > 0 && Instances.All(instance => instance.Problems.Count == 0);
}

/// <summary>One instance of a migration.</summary>
/// <param name="Waiting">Activities that stay open.</param>
public sealed record InstanceMigration(Guid InstanceId, ProjectId Project, IReadOnlyList<string> Waiting, IReadOnlyList<MigrationProblem> Problems);

internal sealed class MigrateInstancesHandler(CouncilSession session, InstanceRepair repair, WorkflowDefinitions definitions, IPumpSignal pump) : IRequestHandler<MigrateInstances, Result<Migration>>
{
    public async Task<Result<Migration>> Handle(MigrateInstances request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (!request.IsDryRun && string.IsNullOrWhiteSpace(request.Reason))
        {
            return Refusal.Invalid("workflow.reason-missing", "Reason");
        }

        if (!await AreVersionsOfOneAsync(request, cancellationToken))
        {
            return AccessRefusals.NotFound;
        }

        var to = await definitions.GetVersionAsync(connection, request.ToVersionId, cancellationToken);
        var ids = await IdsAsync(request, cancellationToken);
        if (ids.Count > Migration.MostInstances)
        {
            return Refusal.Invalid("workflow.too-many-instances", "Instances");
        }

        var planned = new List<(RepairedInstance Locked, MigrationPlan Plan)>();
        foreach (var id in ids)
        {
            var locked = request.IsDryRun
                ? (await repair.FindAsync(connection, request.Community, id, cancellationToken))!
                : (await repair.LockAsync(connection, request.Community, id, cancellationToken))!;
            if (locked.Instance.DefinitionVersionId == request.FromVersionId) // it may have ended or moved while we waited for its lock
            {
                planned.Add((locked, repair.Plan(locked, to)));
            }
        }

        var migration = new Migration(
            planned.Count > 0 ? planned[0].Plan.Changes : [],
            [.. planned.Select(plan => new InstanceMigration(
                plan.Locked.Instance.InstanceId, plan.Locked.Instance.Project, [.. plan.Plan.Kept.Select(bookmark => bookmark.ActivityId).Distinct()], plan.Plan.Problems))],
            IsMade: false);
        if (request.IsDryRun || !migration.CanBeMade)
        {
            return migration;
        }

        foreach (var (locked, plan) in planned)
        {
            await InstanceRepair.MigrateAsync(connection, locked, to, plan, cancellationToken);
            await connection.AuditAsync(
                request.Caller, request.Community, nameof(MigrateInstances), $"instance:{locked.Instance.InstanceId}", locked.Now, cancellationToken, request.Reason,
                new JsonObject { ["from"] = request.FromVersionId, ["to"] = request.ToVersionId });
        }

        session.AfterCommit(pump.Wake);
        return migration with { IsMade = true };
    }

    private Task<bool> AreVersionsOfOneAsync(MigrateInstances request, CancellationToken cancellationToken) => session.Connection.ScalarAsync<bool>(
        """
        select exists (
            select from workflow_definition f join workflow_definition t using (definition_id)
            where f.definition_version_id = @FromVersionId and t.definition_version_id = @ToVersionId and f.version <> t.version and t.published_at is not null) -- a draft may still change
        """,
        new { request.FromVersionId, request.ToVersionId },
        cancellationToken);

    /// <summary>In order of id, as everybody locks several instances.</summary>
    private Task<IReadOnlyList<Guid>> IdsAsync(MigrateInstances request, CancellationToken cancellationToken) => session.Connection.RowsAsync<Guid>(
        $"""
        select instance_id from workflow_instance
        where community_id = @Community and definition_version_id = @FromVersionId and (status = 'Running' or sub_status = 'Faulted')
          and (cardinality(@only) = 0 or instance_id = any(@only))
        order by instance_id limit {Migration.MostInstances + 1}
        """,
        new { request.Community, request.FromVersionId, only = request.Instances.ToArray() },
        cancellationToken);
}
