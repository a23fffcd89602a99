namespace Deliberation.Features.Workflows;

/// <summary>Pure data that activities may ask for: the working calendar, ladder and reminder settings.</summary>
public sealed record StepFacts(IReadOnlyCollection<object> All);
