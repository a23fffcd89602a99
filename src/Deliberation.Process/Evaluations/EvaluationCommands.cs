using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Evaluations;

/// <summary>Opens an evaluation (评议) by household: questions of 1–5 points with "not sure", one free text.</summary>
/// <param name="Questions">Text keys or literal texts, in order.</param>
/// <param name="MinimumAnswers">At least this many answers; the larger of this and <paramref name="MinimumPercent"/> of the households counts.</param>
/// <param name="SatisfiedPercent">Share of 4 and 5 points among answers, inclusive.</param>
/// <param name="Round">1, 2, …; the same people are asked again after a rectification.</param>
public sealed record OpenEvaluationCommand(
    string Title,
    IReadOnlyList<string> Questions,
    int MinimumAnswers,
    int MinimumPercent,
    int SatisfiedPercent,
    int Round,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt) : IWorkflowCommand;

/// <summary>Ends the evaluation. Answered at once through bookmark <c>decided</c> with <c>{"outcome":"Satisfied|Unsatisfied|TooFew","share":"41/46"}</c>.</summary>
public sealed record CloseEvaluationCommand : IWorkflowCommand;

/// <summary>Reminds households that have not answered.</summary>
public sealed record RemindEvaluatorsCommand(string Point) : IWorkflowCommand;
