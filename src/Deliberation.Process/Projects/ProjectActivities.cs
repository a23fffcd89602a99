using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Projects;

/// <summary>Records the launch of the project (立项).</summary>
[Activity("Deliberation.StartProject", Description = "Starts a project.", Category = "Project")]
public sealed record StartProjectActivity : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Complete().WithCommand(new RecordLaunchCommand());
}

/// <summary>The project enters a stage.</summary>
/// <param name="Stage">Plan, Build, Manage, Evaluate or Share.</param>
[Activity("Deliberation.EnterStage", Description = "Enters a stage of the project.", Category = "Project")]
public sealed record EnterStageActivity(Input<string> Stage) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => StageNames.With(context, Stage, stage => new EnterStageCommand(stage));
}

/// <summary>A stage is complete: its evidence is on file.</summary>
/// <param name="Stage">Plan, Build, Manage, Evaluate or Share.</param>
[Activity("Deliberation.CompleteStage", Description = "Completes a stage of the project.", Category = "Project")]
public sealed record CompleteStageActivity(Input<string> Stage) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => StageNames.With(context, Stage, stage => new CompleteStageCommand(stage));
}

/// <summary>The plan is adopted (决定): from here on it may be built.</summary>
[Activity("Deliberation.RecordDecision", Description = "Records a decision.", Category = "Plan")]
public sealed record RecordDecisionActivity(Input<string> Title) : IActivity
{
    public ActivityResult Execute(ActivityContext context) =>
        ActivityResult.Complete().WithCommand(new RecordDecisionCommand(context.Text(Title, context.DisplayText)));
}

/// <summary>An elected committee takes office (就职): place it after the clear notice, which ends at 24:00.</summary>
/// <param name="Members">Resident ids.</param>
/// <param name="Chair">Resident ids; the first counts, none = vacant. The same for <paramref name="ViceChair"/>.</param>
[Activity("Deliberation.TakeOffice", Description = "Lets those who were elected take office.", Category = "Manage")]
public sealed record TakeOfficeActivity(
    Input<string> Title,
    Input<JsonArray> Members,
    Input<JsonArray> Chair,
    Input<JsonArray> ViceChair) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Complete().WithCommand(new TakeOfficeCommand(
        context.Text(Title, context.DisplayText),
        context.Texts(Members),
        First(context.Texts(Chair)),
        First(context.Texts(ViceChair))));

    private static string? First(IReadOnlyList<string> ids) => ids.Count > 0 ? ids[0] : null;
}

/// <summary>Publishes the outcome story (成果).</summary>
[Activity("Deliberation.Publish", Description = "Publishes something to the residents.", Category = "Share")]
public sealed record PublishActivity(Input<string> Title) : IActivity
{
    public ActivityResult Execute(ActivityContext context) =>
        ActivityResult.Complete().WithCommand(new PublishOutcomeCommand(context.Text(Title, context.DisplayText)));
}

/// <summary>Closes the project and files its archive (归档).</summary>
[Activity("Deliberation.CloseProject", Description = "Closes the project.", Category = "Share")]
public sealed record CloseProjectActivity : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Complete().WithCommand(new CloseProjectCommand());
}

internal static class StageNames
{
    public static ActivityResult With(ActivityContext context, Input<string> input, Func<Stage, IWorkflowCommand> command) =>
        Enum.TryParse<Stage>(context.Evaluate(input), out var stage)
            ? ActivityResult.Complete().WithCommand(command(stage))
            : ActivityResult.Failed($"'{context.Evaluate(input)}' is not a stage: Plan, Build, Manage, Evaluate or Share.");
}
