using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Npgsql;

namespace Deliberation.Features.Workflows;

/// <summary>Runs steps: pure transition, then its commands, then one batch that stores all of it — in the caller's transaction.</summary>
/// <remarks>
/// A command may answer at once; the answer resumes its visit in the same step. A child workflow starts inside its parent's step;
/// when it ends later, its end waits in the parent's inbox.
/// </remarks>
public sealed class StepRunner(
    IWorkflowEngine engine,
    WorkflowDefinitions definitions,
    CommandDispatcher dispatcher,
    CancelledVisits cancelled) : IWorkflowStarter, IWorkflowControl
{
    /// <summary>A step that answers itself more often than this is a loop without a wait.</summary>
    private const int MaxTurns = 1_000;

    /// <summary>Workflows that one step may start, all that these start included.</summary>
    private const int MaxChildren = 1_000;

    /// <inheritdoc />
    public async Task StartAsync(
        NpgsqlConnection connection,
        CommunityId community,
        ProjectId project,
        Guid instanceId,
        string definitionId,
        JsonObject input,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var instance = await InsertAsync(connection, community, project, instanceId, null, definitionId, now, cancellationToken);
        var definition = await definitions.GetVersionAsync(connection, instance.DefinitionVersionId, cancellationToken);
        await StartAsync(connection, instance, definition, input, null, now, new Family(0), cancellationToken);
    }

    /// <summary>Resumes the bookmark that something due belongs to, and takes the due item away.</summary>
    /// <returns>False when the bookmark is not there any more; then nothing was written.</returns>
    public async Task<bool> ResumeAsync(NpgsqlConnection connection, DueStep due, CancellationToken cancellationToken)
    {
        var (instance, item, now, _) = due;
        if (!engine.Bookmarks(instance.State).Any(b => b.Id == item.BookmarkId))
        {
            return false;
        }

        var definition = await definitions.GetVersionAsync(connection, instance.DefinitionVersionId, cancellationToken);
        var facts = await connection.FactsAsync(due, cancellationToken);
        var transition = engine.Resume(definition, instance.State, item.BookmarkId, item.Payload, now, facts);
        await RunToRestAsync(connection, instance, definition, transition, now, due, new Family(instance.ParentInstanceId is null ? 0 : null), cancellationToken);
        return true;
    }

    /// <summary>Carries out and saves what somebody decided about an instance that the caller has locked.</summary>
    internal Task<Transition> SaveAsync(
        NpgsqlConnection connection, StoredInstance instance, WorkflowDefinition definition, Transition transition, DateTimeOffset now, CancellationToken cancellationToken) =>
        RunToRestAsync(connection, instance, definition, transition, now, null, new Family(instance.ParentInstanceId is null ? 0 : null), cancellationToken);

    /// <summary>Has a task's visit count its reminders and its ladder again. A visit that waits for no such thing has neither.</summary>
    internal async Task RescheduleAsync(
        NpgsqlConnection connection, CommunityId community, Guid instanceId, string visitId, JsonObject payload, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var instance = await connection.LockInstanceAsync(community, instanceId, cancellationToken);
        if (instance is { IsFinished: false } && engine.Bookmarks(instance.State).FirstOrDefault(b => b.VisitId == visitId && b.Name == "rescheduled") is { } bookmark)
        {
            var definition = await definitions.GetVersionAsync(connection, instance.DefinitionVersionId, cancellationToken);
            var transition = engine.Resume(definition, instance.State, bookmark.Id, payload, now, await connection.FactsAsync(community, cancellationToken));
            await SaveAsync(connection, instance, definition, transition, now, cancellationToken);
        }
    }

    /// <inheritdoc />
    public async Task CancelProjectAsync(NpgsqlConnection connection, CommunityId community, ProjectId project, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var instanceId in await RunningInstancesAsync(connection, community, project, cancellationToken))
        {
            var instance = (await connection.LockInstanceAsync(community, instanceId, cancellationToken))!;
            if (instance.IsFinished)
            {
                continue;
            }

            var definition = await definitions.GetVersionAsync(connection, instance.DefinitionVersionId, cancellationToken);
            await connection.SaveStepAsync(instance, engine.Cancel(definition, instance.State, now), now, null, cancellationToken);
        }
    }

    /// <inheritdoc />
    public async Task PauseProjectAsync(NpgsqlConnection connection, CommunityId community, ProjectId project, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await RunningInstancesAsync(connection, community, project, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update workflow_instance set paused_at = @now, version = version + 1
            where community_id = @community and project_id = @project and status = 'Running' and paused_at is null
            """,
            new { community = community.Value, project = project.Value, now },
            cancellationToken: cancellationToken));
    }

    /// <inheritdoc />
    public async Task ResumeProjectAsync(NpgsqlConnection connection, CommunityId community, ProjectId project, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await RunningInstancesAsync(connection, community, project, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update workflow_timer t set due_at = t.due_at + (@now - i.paused_at)
            from workflow_instance i
            where i.community_id = @community and i.project_id = @project and i.paused_at is not null
              and t.community_id = i.community_id and t.instance_id = i.instance_id and t.due_at >= i.paused_at and not t.is_fixed and t.held_at is null;
            update workflow_instance set paused_at = null, version = version + 1
            where community_id = @community and project_id = @project and paused_at is not null
            """,
            new { community = community.Value, project = project.Value, now },
            cancellationToken: cancellationToken));
    }

    /// <summary>Locks a project's running instances in order of id, so that no two callers wait for each other.</summary>
    private static async Task<IReadOnlyList<Guid>> RunningInstancesAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<Guid>(new CommandDefinition(
            """
            select instance_id from workflow_instance
            where community_id = @community and project_id = @project and status = 'Running'
            order by instance_id
            for no key update
            """,
            new { community = community.Value, project = project.Value },
            cancellationToken: cancellationToken))).AsList();

    private async Task<StoredInstance> InsertAsync(
        NpgsqlConnection connection,
        CommunityId community,
        ProjectId project,
        Guid instanceId,
        Parent? parent,
        string definitionId,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var definition = await definitions.GetPublishedAsync(connection, definitionId, cancellationToken);
        var instance = new StoredInstance(community, instanceId, project, parent?.InstanceId, parent?.VisitId, parent?.Bookmark, parent?.Key, definition.Id, [], 1, false, false);
        await connection.InsertInstanceAsync(instance, definitionId, now, cancellationToken);
        return instance;
    }

    private async Task<Transition> StartAsync(
        NpgsqlConnection connection,
        StoredInstance instance,
        WorkflowDefinition definition,
        JsonObject input,
        string? correlationId,
        DateTimeOffset now,
        Family family,
        CancellationToken cancellationToken)
    {
        var transition = engine.Start(definition, instance.InstanceId.ToString(), input, correlationId, now, await connection.FactsAsync(instance.Community, cancellationToken));
        return await RunToRestAsync(connection, instance, definition, transition, now, null, family, cancellationToken);
    }

    /// <summary>Carries out commands and feeds their answers back until the instance waits for the world, then saves once.</summary>
    /// <param name="cause">Goes with the step; null when a person or a parent caused it.</param>
    private async Task<Transition> RunToRestAsync(
        NpgsqlConnection connection,
        StoredInstance instance,
        WorkflowDefinition definition,
        Transition first,
        DateTimeOffset now,
        DueStep? cause,
        Family family,
        CancellationToken cancellationToken)
    {
        IReadOnlyCollection<object>? facts = null; // one calendar for the whole step
        var step = new StepFold(first);
        var commands = new Queue<EmittedCommand>(first.Commands);
        for (var turn = 0; commands.TryDequeue(out var emitted); turn++)
        {
            if (turn > MaxTurns)
            {
                throw new InvalidOperationException($"Instance {instance.InstanceId}: more than {MaxTurns} commands in one step.");
            }

            if (emitted.Command is WriteLineCommand line)
            {
                step.Note(emitted.VisitId, line.Text);
                continue;
            }

            var context = new StepContext(instance.Community, instance.Project, instance.InstanceId, emitted.VisitId, emitted.ActivityId, connection, now);
            var answers = emitted.Command is StartChildWorkflow child
                ? await StartChildAsync(child, context, family, cancellationToken)
                : await dispatcher.DispatchAsync(emitted.Command, context, cancellationToken);
            foreach (var answer in answers)
            {
                var bookmark = engine.Bookmarks(step.State)
                    .FirstOrDefault(b => b.VisitId == emitted.VisitId && b.Name == answer.Bookmark && b.Key == answer.Key);
                if (bookmark is null)
                {
                    continue; // the visit no longer waits for this answer
                }

                facts ??= cause is null ? await connection.FactsAsync(instance.Community, cancellationToken) : await connection.FactsAsync(cause, cancellationToken);
                var next = engine.Resume(definition, step.State, bookmark.Id, answer.Payload, now, facts);
                step.Add(next);
                foreach (var more in next.Commands)
                {
                    commands.Enqueue(more);
                }
            }
        }

        var folded = step.Result;
        await cancelled.SettleAsync(new StepContext(instance.Community, instance.Project, instance.InstanceId, "", "", connection, now), folded.Journal, cancellationToken);
        FaultPoint.Hit("step-before-save");
        await connection.SaveStepAsync(instance, folded, now, cause, cancellationToken);
        if (folded.Status == WorkflowStatus.Finished && instance is { ParentInstanceId: { } parent, ParentVisitId: { } visit, ParentBookmark: { } bookmarkName })
        {
            await connection.AddWorkflowEventAsync(
                new WorkflowEvent(instance.Community, parent, instance.InstanceId, visit, bookmarkName, instance.ParentKey, ChildResult(instance.InstanceId, folded), now),
                cancellationToken);
        }

        return folded;
    }

    /// <summary>How many workflows wait for this one, each for the next.</summary>
    private static Task<int> NestingAsync(StepContext step, CancellationToken cancellationToken) => step.Connection.ExecuteScalarAsync<int>(new CommandDefinition(
        """
        with recursive above as (
            select 0 as nesting, @InstanceId::uuid as instance_id
            union all
            select nesting + 1, i.parent_instance_id
            from above join workflow_instance i on i.community_id = @Community and i.instance_id = above.instance_id
            where i.parent_instance_id is not null and nesting < @MaxNesting
        )
        select max(nesting) from above
        """,
        new { step.Community, step.InstanceId, StartChildWorkflow.MaxNesting },
        cancellationToken: cancellationToken));

    /// <exception cref="InvalidOperationException">A workflow calls itself, or calls without end: the step is not committed.</exception>
    private async Task<IReadOnlyList<StepEvent>> StartChildAsync(StartChildWorkflow command, StepContext parent, Family family, CancellationToken cancellationToken)
    {
        var nesting = family.Nesting ??= await NestingAsync(parent, cancellationToken);
        if (nesting >= StartChildWorkflow.MaxNesting || ++family.Root.Children > MaxChildren)
        {
            throw new InvalidOperationException($"Workflow {command.DefinitionId}: workflows call workflows more than {StartChildWorkflow.MaxNesting} deep, or more than {MaxChildren} times in one step.");
        }

        var childId = Guid.CreateVersion7();
        var instance = await InsertAsync(
            parent.Connection,
            parent.Community,
            parent.Project,
            childId,
            command.WaitForCompletion ? new Parent(parent.InstanceId, parent.VisitId, command.Bookmark, command.Key) : null,
            command.DefinitionId,
            parent.Now,
            cancellationToken);
        var definition = await definitions.GetVersionAsync(parent.Connection, instance.DefinitionVersionId, cancellationToken);
        await StartAsync(parent.Connection, instance, definition, command.Input, command.CorrelationId, parent.Now, family.Below(nesting), cancellationToken);
        return []; // a child that ends at once has put its end into the parent's inbox like any other
    }

    /// <summary>Who starts whom within a step.</summary>
    private sealed class Family(int? nesting, Family? root = null)
    {
        /// <summary>Workflows above; null until somebody asks.</summary>
        public int? Nesting { get; set; } = nesting;

        public Family Root => root ?? this;

        /// <summary>Workflows that the step has started so far.</summary>
        public int Children { get; set; }

        public Family Below(int above) => new(above + 1, Root);
    }

    private sealed record Parent(Guid InstanceId, string VisitId, string Bookmark, string? Key);

    private static JsonObject ChildResult(Guid childId, Transition end) => new()
    {
        ["WorkflowInstanceId"] = childId.ToString(),
        ["CorrelationId"] = end.CorrelationId,
        ["Status"] = end.Status.ToString(),
        ["SubStatus"] = end.SubStatus.ToString(),
        ["Output"] = end.Output.DeepClone(),
    };
}

/// <summary>Folds the transitions of one step into one, so that bookmarks made and burnt within it are never stored.</summary>
internal sealed class StepFold(Transition first)
{
    private readonly Dictionary<string, Bookmark> _added = first.AddedBookmarks.ToDictionary(b => b.Id);
    private readonly HashSet<string> _removed = [.. first.RemovedBookmarkIds];
    private readonly List<JournalEntry> _journal = [.. first.Journal];
    private readonly List<Incident> _incidents = [.. first.Incidents];
    private Transition _last = first;

    public JsonObject State => _last.State;

    public Transition Result => _last with
    {
        AddedBookmarks = [.. _added.Values],
        RemovedBookmarkIds = [.. _removed],
        Journal = _journal,
        Incidents = _incidents,
    };

    /// <summary>A line that an activity wrote stands in the journal, with the end of its visit. Not in the log: it may name people.</summary>
    public void Note(string visitId, string line)
    {
        var end = _journal.FindLastIndex(entry => entry.Event == "Completed" && entry.VisitId == visitId);
        if (end >= 0)
        {
            _journal[end] = _journal[end] with { Details = new JsonObject { ["line"] = line } };
        }
    }

    public void Add(Transition next)
    {
        foreach (var id in next.RemovedBookmarkIds)
        {
            if (!_added.Remove(id))
            {
                _removed.Add(id);
            }
        }

        foreach (var bookmark in next.AddedBookmarks)
        {
            _added[bookmark.Id] = bookmark;
        }

        _journal.AddRange(next.Journal);
        _incidents.AddRange(next.Incidents);
        _last = next;
    }
}
