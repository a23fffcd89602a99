using Deliberation.Domain;

namespace Deliberation.Features.Rehearsals;

/// <summary>Why something about a rehearsal is refused.</summary>
public static class RehearsalRefusals
{
    /// <summary>Ended, wiped by the ballot's opening, or never begun: nothing of it is left to tell which.</summary>
    public static Refusal Over { get; } = Refusal.NotFound("rehearsal.over");

    /// <summary>More people than any council has have tried.</summary>
    public static Refusal Full { get; } = Refusal.TooMany("rehearsal.full");
}
