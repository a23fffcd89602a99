namespace Deliberation.Features.Tasks;

/// <summary>Kinds of tasks that people meet: which form the page shows.</summary>
public static class TaskKinds
{
    public static IReadOnlyList<string> All { get; } =
        ["Task", "Build", "Checkpoint", "Inspection", "Grant", "Filing", "Covenant", "OutcomeStory", "Nominations", "Payment", "PaperCount"];
}
