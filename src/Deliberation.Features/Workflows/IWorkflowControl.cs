using System.Text.Json.Nodes;
using Deliberation.Domain;
using Npgsql;

namespace Deliberation.Features.Workflows;

/// <summary>Starts workflows inside the caller's transaction.</summary>
public interface IWorkflowStarter
{
    /// <summary>Starts the published version of a definition and runs it until it waits.</summary>
    /// <param name="instanceId">Chosen by the caller, so that a repeated launch is the same launch.</param>
    /// <exception cref="InvalidOperationException">No version of the definition is published.</exception>
    Task StartAsync(
        NpgsqlConnection connection,
        CommunityId community,
        ProjectId project,
        Guid instanceId,
        string definitionId,
        JsonObject input,
        DateTimeOffset now,
        CancellationToken cancellationToken);
}

/// <summary>Stops, pauses and wakes a project's workflows inside the caller's transaction. Instances are locked in order of id.</summary>
public interface IWorkflowControl
{
    /// <summary>Ends every running instance: open visits are cancelled, bookmarks and timers go.</summary>
    Task CancelProjectAsync(NpgsqlConnection connection, CommunityId community, ProjectId project, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>From now on no timer of the project fires; events wait.</summary>
    Task PauseProjectAsync(NpgsqlConnection connection, CommunityId community, ProjectId project, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Timers run again; every due instant that was still ahead when the pause began moves by the time paused, periods fixed by law excepted.</summary>
    Task ResumeProjectAsync(NpgsqlConnection connection, CommunityId community, ProjectId project, DateTimeOffset now, CancellationToken cancellationToken);
}
