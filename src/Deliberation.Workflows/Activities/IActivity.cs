namespace Deliberation.Workflows.Activities;

/// <summary>One kind of step. A record of inputs and the decisions it takes; it decides, the engine stores.</summary>
/// <remarks>
/// Implementations are pure: same inputs, same context, same answer. They never read a clock or a database;
/// the time is <see cref="ActivityContext.Now"/> and what must be done outside is a command in the answer.
/// Inputs are constructor parameters of type <c>Input&lt;T&gt;</c>; the JSON property has the parameter's camelCase name.
/// </remarks>
public interface IActivity
{
    /// <summary>First visit.</summary>
    ActivityResult Execute(ActivityContext context);

    /// <summary>One of the bookmarks this visit left was resumed: a timer came due or an event arrived.</summary>
    ActivityResult Resume(ActivityContext context, Resumption resumption) => ActivityResult.Complete();
}

/// <summary>Elsa type name of an activity, for example <c>Deliberation.OpenBallot</c>, and its ports.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ActivityAttribute(string typeName) : Attribute
{
    public string TypeName { get; } = typeName;

    /// <summary>Outcomes in display order; empty means the single port <c>Done</c>.</summary>
    public string[] Outcomes { get; init; } = [];

    /// <summary>Name for people; empty takes the last part of the type name in words.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>What it does, in one sentence.</summary>
    public string Description { get; init; } = "";

    /// <summary>Palette group.</summary>
    public string Category { get; init; } = "";

    /// <summary>Names of outputs, for <c>get&lt;Output&gt;From&lt;Activity&gt;()</c> and output bindings.</summary>
    public string[] Outputs { get; init; } = [];
}
