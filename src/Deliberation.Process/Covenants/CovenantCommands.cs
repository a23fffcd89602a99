using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Covenants;

/// <summary>Opens the draft of a covenant (公约) with a comment window; clauses are edited on its page. Ended by staff, which resumes bookmark <c>completed</c> with <c>{"outcome":"Adopted|Withdrawn","version":1}</c>.</summary>
/// <param name="Kind">Residents, VillageRules or OwnersManagement.</param>
public sealed record DraftCovenantCommand(string Kind, string Title, DateTimeOffset CommentsUntil, DateTimeOffset DueAt) : IWorkflowCommand;
