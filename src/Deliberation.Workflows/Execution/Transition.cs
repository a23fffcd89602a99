using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Workflows.Execution;

/// <summary>Elsa's instance status.</summary>
public enum WorkflowStatus
{
    Running,
    Finished,
}

/// <summary>Elsa's instance sub-status.</summary>
public enum WorkflowSubStatus
{
    Pending,
    Executing,
    Suspended,
    Finished,
    Cancelled,
    Faulted,
    Interrupted,
}

/// <summary>A wait point of an instance.</summary>
/// <param name="Id">Unique within the instance.</param>
/// <param name="Name">What it waits for. Elsa's own activities use their type name.</param>
/// <param name="Key">Tells several waits of one name apart; null when there is one.</param>
/// <param name="ActivityId">The waiting activity in the definition.</param>
/// <param name="VisitId">The waiting visit.</param>
/// <param name="StimulusHash">Lower-case hex SHA-256 of type and payload; events find bookmarks by it.</param>
/// <param name="DueAt">Council instant at which a timer resumes it; null = event only.</param>
/// <param name="IsFixed">A pause of the instance does not move <paramref name="DueAt"/>.</param>
public sealed record Bookmark(
    string Id,
    string Name,
    string? Key,
    string ActivityId,
    string ActivityType,
    string VisitId,
    string StimulusHash,
    JsonNode? Payload,
    DateTimeOffset? DueAt,
    CatchUp CatchUp,
    bool IsFixed = false);

/// <summary>One line of an instance's history.</summary>
/// <param name="Sequence">1, 2, … within the instance.</param>
/// <param name="Event">Started, Completed, Suspended, Resumed, Canceled, Faulted.</param>
/// <param name="Visit">Number of the visit within the instance.</param>
public readonly record struct JournalEntry(
    long Sequence,
    DateTimeOffset At,
    string Event,
    string ActivityId,
    string ActivityType,
    string InstanceId,
    long Visit,
    JsonNode? Details)
{
    public string VisitId => string.Create(CultureInfo.InvariantCulture, $"{InstanceId}:{Visit}");
}

/// <summary>Something went wrong in an activity.</summary>
public sealed record Incident(string ActivityId, string ActivityType, string Message, DateTimeOffset At);

/// <summary>A command with the visit it belongs to, so that its answer finds the way back.</summary>
public sealed record EmittedCommand(string VisitId, string ActivityId, IWorkflowCommand Command);

/// <summary>What one call of the engine decided. The host stores all of it in one transaction, or none.</summary>
/// <param name="State">The whole instance after the burst; opaque JSON for the host.</param>
/// <param name="Output">The instance's outputs so far.</param>
/// <param name="AddedBookmarks">Bookmarks made by this burst and still there at its end.</param>
/// <param name="RemovedBookmarkIds">Bookmarks of earlier bursts that are gone.</param>
public sealed record Transition(
    JsonObject State,
    WorkflowStatus Status,
    WorkflowSubStatus SubStatus,
    JsonObject Output,
    string? Name,
    string? CorrelationId,
    IReadOnlyList<Bookmark> AddedBookmarks,
    IReadOnlyList<string> RemovedBookmarkIds,
    IReadOnlyList<EmittedCommand> Commands,
    IReadOnlyList<JournalEntry> Journal,
    IReadOnlyList<Incident> Incidents);

/// <summary>Start another definition (Elsa: ExecuteWorkflow, DispatchWorkflow). Answered, when <see cref="WaitForCompletion"/>, by a resume of bookmark <see cref="Bookmark"/> with <c>{"WorkflowInstanceId","Status","SubStatus","Output"}</c>.</summary>
public sealed record StartChildWorkflow(
    string DefinitionId,
    JsonObject Input,
    string? CorrelationId,
    bool WaitForCompletion,
    string Bookmark) : IWorkflowCommand
{
    /// <summary>Deepest nesting of workflows that call workflows: more is one that calls itself.</summary>
    public const int MaxNesting = 16;

    /// <summary>Key of the bookmark, when one visit starts several children; null otherwise.</summary>
    public string? Key { get; init; }
}

/// <summary>Have a task done (Elsa: RunTask). Answered by a resume of bookmark <c>Elsa.RunTask</c> of the visit with the result.</summary>
/// <param name="TaskId">The id of the visit.</param>
public sealed record RunTaskCommand(string TaskId, string TaskName, JsonNode? Payload) : IWorkflowCommand
{
    public const string Bookmark = "Elsa.RunTask";
}

/// <summary>Call a web service (Elsa: SendHttpRequest). Answered by a resume of bookmark <c>Elsa.SendHttpRequest</c> of the visit with
/// <c>{"statusCode","headers","content"}</c>, with <c>{"failure":"Failed to connect"|"Timeout"}</c>, or with <c>{"refused":"why"}</c>, which faults the visit.</summary>
/// <param name="Method">Upper case.</param>
/// <param name="Headers">A text or a list of texts for each name.</param>
public sealed record SendHttpCommand(Uri Url, string Method, string? Content, string? ContentType, string? Authorization, JsonObject Headers) : IWorkflowCommand;

/// <summary>Publish a named event (Elsa: PublishEvent).</summary>
/// <param name="IsLocal">Only this instance.</param>
public sealed record PublishEventCommand(string EventName, string? CorrelationId, bool IsLocal, JsonNode? Payload) : IWorkflowCommand;

/// <summary>A line for the log (Elsa: WriteLine, Log).</summary>
public sealed record WriteLineCommand(string Text) : IWorkflowCommand
{
    /// <summary>True for Log: Elsa writes it to the log of the server and not to the lines of the workflow.</summary>
    public bool IsLog { get; init; }
}
