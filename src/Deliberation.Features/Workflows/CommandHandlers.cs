using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Workflows.Activities;
using Npgsql;

namespace Deliberation.Features.Workflows;

/// <summary>Where a command of a workflow comes from and the transaction it is carried out in.</summary>
/// <param name="VisitId">The visit that waits for the answer; keep it to send a later event through <c>AddWorkflowEventAsync</c>.</param>
/// <param name="Now">Council time of the step.</param>
public sealed record StepContext(
    CommunityId Community,
    ProjectId Project,
    Guid InstanceId,
    string VisitId,
    string ActivityId,
    NpgsqlConnection Connection,
    DateTimeOffset Now);

/// <summary>An answer given at once: the step goes on in the same transaction.</summary>
/// <param name="Bookmark">Name of the bookmark of the visit that it resumes.</param>
public sealed record StepEvent(string Bookmark, string? Key, JsonNode? Payload);

/// <summary>Carries out one kind of command inside the step's transaction. Never commits, never leaves the database.</summary>
public interface IWorkflowCommandHandler<in TCommand>
    where TCommand : IWorkflowCommand
{
    /// <returns>Answers for the visit; empty when it goes on waiting.</returns>
    Task<IReadOnlyList<StepEvent>> HandleAsync(TCommand command, StepContext step, CancellationToken cancellationToken);
}
