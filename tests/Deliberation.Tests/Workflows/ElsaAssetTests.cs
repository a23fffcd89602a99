using System.Text.Json.Nodes;
using Deliberation.Workflows.Execution;
using Shouldly;

namespace Deliberation.Tests.Workflows;

/// <summary>Cases over Elsa's own JSON assets. They are not part of this repository: without the folder the tests are skipped.</summary>
public sealed class ElsaAssetTests
{
    /// <summary>Where only the journal differs, and why.</summary>
    private static readonly Dictionary<string, string> JournalDifferences = new()
    {
        ["executeworkflow-wait"] = WaitsOutside,
        ["executeworkflow-input"] = WaitsOutside,
        ["executeworkflow-output"] = WaitsOutside,
        ["executeworkflow-correlation"] = WaitsOutside,
    };

    private const string WaitsOutside = "Elsa runs the child inside the call; here the call waits for an instance of its own, with Suspended and Resumed.";

    /// <summary>Where the lines differ, and why.</summary>
    private static readonly Dictionary<string, string> Differences = new()
    {
        ["executeworkflow-no-wait"] = "Elsa runs the child inside the call; here a child that nobody waits for runs after the burst, so its line comes last.",
    };

    public static TheoryData<string> Ids => [.. Cases.Keys.DefaultIfEmpty("")];

    /// <summary>Those whose lines are the same too.</summary>
    public static TheoryData<string> SameIds => [.. Cases.Keys.Where(id => !Differences.ContainsKey(id)).DefaultIfEmpty("")];

    internal static Dictionary<string, ElsaCase> Cases { get; } = Read();

    [SharedTheory]
    [MemberData(nameof(Ids))]
    public void A_case_ends_as_in_Elsa(string id)
    {
        var item = Cases[id];
        var (host, instance) = item.Run();
        var observed = item.Observed!;
        instance.Last.Status.ToString().ShouldBe((string?)observed["status"]);
        instance.Last.SubStatus.ToString().ShouldBe((string?)observed["subStatus"]);
        if (Differences.ContainsKey(id))
        {
            host.Lines.Order().ShouldBe(item.ObservedLines.Order());
        }
        else
        {
            host.Lines.ShouldBe(item.ObservedLines);
        }

        JsonNode.DeepEquals(instance.Last.Output, observed["output"]).ShouldBeTrue(instance.Last.Output.ToJsonString());
        instance.Incidents.Count.ShouldBe(ElsaCase.Texts(observed["incidents"]).Count);
    }

    [SharedTheory]
    [MemberData(nameof(Ids))]
    public void A_case_has_the_journal_of_Elsa(string id)
    {
        var item = Cases[id];
        var (_, instance) = item.Run();
        if (!JournalDifferences.ContainsKey(id))
        {
            OwnElsaCaseTests.Lines(instance).ShouldBe(ElsaCase.Texts(item.Observed!["journal"]));
        }
    }

    [SharedTheory]
    [MemberData(nameof(Ids))]
    public void What_Elsas_own_test_asserts_holds(string id)
    {
        var item = Cases[id];
        var (host, instance) = item.Run();
        if (!item.IsCounterMode || item.Asserted is not { } asserted)
        {
            return;
        }

        if (asserted["lines"] is JsonArray lines)
        {
            host.Lines.ShouldBe(ElsaCase.Texts(lines));
        }

        foreach (var line in ElsaCase.Texts(asserted["linesContain"]))
        {
            host.Lines.ShouldContain(line);
        }

        if ((string?)asserted["childCorrelationId"] is { } correlationId)
        {
            host.Instances[^1].Last.CorrelationId.ShouldBe(correlationId);
        }

        if ((string?)asserted["firstVariable"] is { } variable)
        {
            host.Variables(instance).Values.First()!.GetValue<string>().ShouldBe(variable);
        }
    }

    private static Dictionary<string, ElsaCase> Read() => SharedTheoryAttribute.Folder is { } folder
        ? ElsaCase.ReadIndex(folder, folder).Where(item => item.Observed is not null && !item.Needs("CSharp")).ToDictionary(item => item.Id)
        : [];
}
