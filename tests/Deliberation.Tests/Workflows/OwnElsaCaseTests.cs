using System.Text.Json.Nodes;
using Deliberation.Workflows.Execution;
using Shouldly;

namespace Deliberation.Tests.Workflows;

/// <summary>37 cases written for this project, with what the real Elsa engine did in counter mode.</summary>
public sealed class OwnElsaCaseTests
{
    /// <summary>Where this engine does something else on purpose, and what it does.</summary>
    private static readonly Dictionary<string, string> Differences = new()
    {
        ["own-startat-mid"] = "Elsa's scheduler throws for waits over 24.8 days; here the instance waits, however long.",
        ["own-fault-parallel-faultstrategy"] = "Elsa runs queued work of other branches after a fault; here nothing moves after a fault.",
        ["own-fault-parallel-continue"] = "A workflow that waits though nothing can wake it gets an incident of its own.",
        ["own-runtask-resumed"] = "Elsa faults when a task is answered without a result; here a task without a result is a task done.",
    };

    /// <summary>Where only the journal differs, and why.</summary>
    private static readonly Dictionary<string, string> JournalDifferences = new()
    {
        ["own-parallel-foreach-events"] = "Elsa logs the second visit of one activity as Resumed; here every first visit is Started.",
        ["own-executeworkflow"] = "Elsa runs the child inside the call; here the call waits for an instance of its own, with Suspended and Resumed.",
    };

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "elsa-own");

    internal static Dictionary<string, ElsaCase> Cases { get; } = ElsaCase.ReadIndex(Folder, Folder).ToDictionary(item => item.Id);

    public static TheoryData<string> Ids => [.. Cases.Keys];

    public static TheoryData<string> SameIds => [.. Cases.Keys.Where(id => !Differences.ContainsKey(id))];

    public static TheoryData<string> SameJournalIds => [.. Cases.Keys.Where(id => !Differences.ContainsKey(id) && !JournalDifferences.ContainsKey(id))];

    [Fact]
    public void There_are_37_cases() => Cases.Count.ShouldBe(37);

    [Theory]
    [MemberData(nameof(SameIds))]
    public void A_case_ends_as_in_Elsa(string id)
    {
        var item = Cases[id];
        var (host, instance) = item.Run();
        var observed = item.Observed!;

        instance.Last.Status.ToString().ShouldBe((string?)observed["status"]);
        instance.Last.SubStatus.ToString().ShouldBe((string?)observed["subStatus"]);
        if (item.MayVaryInOrder)
        {
            host.Lines.Order().ShouldBe(item.ObservedLines.Order());
        }
        else
        {
            host.Lines.ShouldBe(item.ObservedLines);
        }

        JsonNode.DeepEquals(instance.Last.Output, observed["output"]).ShouldBeTrue(instance.Last.Output.ToJsonString());
        instance.Last.CorrelationId.ShouldBe((string?)observed["correlationId"]);
        instance.Incidents.Count.ShouldBe(ElsaCase.Texts(observed["incidents"]).Count);
        host.Bookmarks().Where(waiting => waiting.Instance == instance).Select(waiting => waiting.Bookmark.Name)
            .ShouldBe(((JsonArray)observed["bookmarks"]!).Select(bookmark => (string)bookmark!["name"]!));
        foreach (var (name, value) in (JsonObject)observed["variables"]!)
        {
            JsonNode.DeepEquals(host.Variables(instance)[name], value).ShouldBeTrue(name);
        }
    }

    [Theory]
    [MemberData(nameof(SameJournalIds))]
    public void A_case_has_the_journal_of_Elsa(string id)
    {
        var item = Cases[id];
        var (_, instance) = item.Run();
        Lines(instance).ShouldBe(ElsaCase.Texts(item.Observed!["journal"]));
    }

    [Fact]
    public void A_wait_until_2099_stays_a_wait()
    {
        var (host, instance) = Cases["own-startat-mid"].Run();
        instance.Last.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        host.Bookmarks().Single().Bookmark.DueAt.ShouldBe(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        host.SkipToNextDue().ShouldBeTrue();
        instance.Last.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        host.Lines.ShouldBe(["after"]);
    }

    [Fact]
    public void Nothing_moves_after_a_fault()
    {
        var (host, instance) = Cases["own-fault-parallel-faultstrategy"].Run();
        instance.Last.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        host.Lines.ShouldBe(["s"]);
        instance.Incidents.Select(incident => incident.Message).ShouldBe(["boom"]);
    }

    [Fact]
    public void A_workflow_that_nothing_can_wake_says_so()
    {
        var (host, instance) = Cases["own-fault-parallel-continue"].Run();
        instance.Last.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        host.Lines.ShouldBe(["s", "r", "r2"]);
        instance.Incidents.Count.ShouldBe(2);
    }

    [Fact]
    public void A_task_answered_without_a_result_is_done()
    {
        var (host, instance) = Cases["own-runtask-resumed"].Run();
        instance.Last.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        host.Lines.ShouldBe(["after"]);
    }

    internal static IEnumerable<string> Lines(HostedInstance instance) =>
        instance.Journal.Select(entry => $"{entry.Event} {entry.ActivityType}#{entry.ActivityId}");
}
