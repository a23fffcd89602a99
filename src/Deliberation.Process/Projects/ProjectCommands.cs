using Deliberation.Domain;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Projects;

/// <summary>The project enters a stage: stage row, project state, a line on the timeline.</summary>
public sealed record EnterStageCommand(Stage Stage) : IWorkflowCommand;

/// <summary>The stage's evidence is on file.</summary>
public sealed record CompleteStageCommand(Stage Stage) : IWorkflowCommand;

/// <summary>The project's plan was adopted (state Decided): nothing is built before.</summary>
public sealed record RecordDecisionCommand(string Title) : IWorkflowCommand;

/// <summary>Publishes the outcome story (成果).</summary>
public sealed record PublishOutcomeCommand(string Title) : IWorkflowCommand;

/// <summary>Closes the project and files its archive.</summary>
public sealed record CloseProjectCommand : IWorkflowCommand;

/// <summary>The project was launched: a line on the timeline that says by which template.</summary>
public sealed record RecordLaunchCommand : IWorkflowCommand;

/// <summary>An elected committee takes office (就职), from the instant of the step on.</summary>
/// <param name="Title">Name of the committee.</param>
/// <param name="Members">Resident ids.</param>
/// <param name="Chair">Resident id; null while the post is vacant. The same for the vice-chair.</param>
public sealed record TakeOfficeCommand(string Title, IReadOnlyList<string> Members, string? Chair, string? ViceChair) : IWorkflowCommand;
