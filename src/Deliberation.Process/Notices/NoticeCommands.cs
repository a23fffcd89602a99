using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Notices;

/// <summary>Publishes a notice (公示) with a window for objections.</summary>
/// <param name="Kind">Plan, Nominees, Result, Accounts, Grant, Covenant.</param>
/// <param name="IsLegalPeriod">The window stays where it is when the project is suspended.</param>
public sealed record PublishNoticeCommand(
    string Kind,
    string Title,
    string Body,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    bool IsLegalPeriod = false) : IWorkflowCommand;

/// <summary>Ends the window of the visit's notice. Answered through bookmark <c>decided</c> with <c>{"outcome":"Clear|Upheld|Withdrawn"}</c>: at once when no objection is open, else when the last one is decided.</summary>
public sealed record CloseNoticeCommand : IWorkflowCommand;
