using Deliberation.Workflows.Execution;

namespace Deliberation.Workflows.Alterations;

/// <summary>Why an instance cannot go on in another version.</summary>
/// <param name="Code">
/// <c>instance.over</c>; <c>activity.gone</c> and <c>activity.type</c>: an open activity is not there, or is of another kind;
/// <c>variable.type</c>: a value does not fit the variable's new type; <c>activity.stuck</c>: it would wait for a way that nothing can come along any more.
/// </param>
/// <param name="NodeId">Elsa's <c>nodeId</c> of the activity, in the version that the instance has, of <c>activity.stuck</c> in the new one; empty for <c>instance.over</c>.</param>
/// <param name="Name">Display text of the activity, or name of the variable.</param>
public sealed record MigrationProblem(string Code, string NodeId, string Name);

/// <summary>What moving an instance to another version of its definition would do. Nothing is moved by making a plan.</summary>
/// <param name="Changes">The diff of the two versions.</param>
/// <param name="Kept">Bookmarks that stay as they are: an instant that was promised does not move because an input of the activity changed.</param>
/// <param name="Problems">Any makes the move impossible.</param>
/// <param name="Transition">To be stored with the new version's id; null when there are problems.</param>
public sealed record MigrationPlan(
    IReadOnlyList<DefinitionChange> Changes,
    IReadOnlyList<Bookmark> Kept,
    IReadOnlyList<MigrationProblem> Problems,
    Transition? Transition);
