using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Deliberation.Process;
using Deliberation.Process.Simulation;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Tests.Process;

/// <summary>The definitions that are shipped, read from the repository.</summary>
internal static class WorkflowFiles
{
    public static string Folder { get; } = Path.Combine(Root(), "workflows");

    public static IReadOnlyList<WorkflowDefinition> All { get; } =
    [
        .. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal)
            .Select(file => WorkflowDefinitionReader.Read(File.ReadAllText(file), CouncilActivities.Registry).Definition!),
    ];

    public static WorkflowDefinition Named(string id) => All.Single(definition => definition.DefinitionId == id);

    /// <summary>Plays one definition from the first working day of December 2026, 08:30.</summary>
    public static SimulationResult Play(string id, string answers = "{}", string inputs = "{}") => ProjectSimulation.Run(
        Named(id),
        All,
        StepContext.Local("2026-12-01 08:30"),
        Scenario.Parse($$"""{"answers":{{answers}},"inputs":{{inputs}}}"""));

    /// <summary>Inputs of the two workflows that are only ever called.</summary>
    public static string InputsOf(string id) => id switch
    {
        "committee-office" => """{"Office":"Chair","Members":["a","b","c","d","e"],"Excluded":[],"MaxVoteRounds":3,"ClosingHour":20}""",
        "decide-by-ballot" => """{"Question":"Question?","Rule":{"rule":"OwnersAssembly","matter":7},"Roll":"Owners","LawProfile":"civil-code-2021","Options":[],"Days":15,"AnnounceDays":15}""",
        _ => "{}",
    };

    /// <summary>What the top instance and those it called did, instance by instance.</summary>
    public static string Journal(SimulationResult result) => string.Concat(
        from instance in result.Instances
        from line in instance.Journal
            .Select(entry => $"{StepContext.Shown(entry.At)} {entry.Event} {entry.ActivityType}#{entry.ActivityId}")
            .Prepend($"{instance.Definition.DefinitionId}:")
        select line + "\n");

    public static string Expected(string id, [CallerFilePath] string test = "") =>
        Path.Combine(Path.GetDirectoryName(test)!, "Journals", id + ".journal.txt");

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Deliberation.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository is not above the tests.");
        }

        return folder;
    }
}
