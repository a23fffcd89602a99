using System.Text.Json.Nodes;
using Deliberation.Cli.Counting;
using Deliberation.Tests.Workflows;

namespace Deliberation.Tests.CommandLine;

/// <summary><c>workflow validate</c> and <c>workflow run</c> from the command line.</summary>
[Collection("console")]
public sealed class WorkflowVerbTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "elsa-own");

    [Fact]
    public void A_run_prints_one_json_document()
    {
        var (code, output) = Run("workflow", "run", Case("own-event-resumes"), "--event", "Go", "--json");
        var document = JsonNode.Parse(output)!;
        Assert.Equal(0, code);
        Assert.Equal("Finished", (string?)document["status"]);
        Assert.Equal("""["before","after"]""", document["lines"]!.ToJsonString());
        Assert.Equal("Started Elsa.Workflow#Workflow1", (string?)document["journal"]![0]);
        Assert.Empty(document["bookmarks"]!.AsArray());
    }

    [Fact]
    public void A_run_that_waits_shows_its_bookmark_and_is_good()
    {
        var (code, output) = Run("workflow", "run", Case("own-event-suspends"), "--json");
        Assert.Equal(0, code);
        Assert.Equal("""{"eventName":"Go"}""", JsonNode.Parse(output)!["bookmarks"]![0]!["payload"]!.ToJsonString());
    }

    [Fact]
    public void Inputs_are_json()
    {
        Assert.Equal("""{"Twice":42}""", JsonNode.Parse(Run("workflow", "run", Case("own-input-output"), "--input", "N=21", "--json").Output)!["output"]!.ToJsonString());
    }

    [Fact]
    public void Children_come_from_the_folder_and_another_definition_may_be_started()
    {
        Assert.Contains("child q", Run("workflow", "run", Case("own-dispatch-wait-true"), "--definitions", Folder).Output, StringComparison.Ordinal);
        Assert.Contains("child 5", Run("workflow", "run", Case("own-if"), "--definitions", Folder, "--id", "own-child", "--input", "X=5").Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OwnElsaCaseTests.SameIds), MemberType = typeof(OwnElsaCaseTests))]
    public void A_run_prints_what_Elsa_did(string id) => PrintsWhatElsaDid(OwnElsaCaseTests.Cases[id]);

    [SharedTheory]
    [MemberData(nameof(ElsaAssetTests.SameIds), MemberType = typeof(ElsaAssetTests))]
    public void A_run_of_an_asset_prints_what_Elsa_did(string id) => PrintsWhatElsaDid(ElsaAssetTests.Cases[id]);

    [Fact]
    public void Workflows_used_as_activities_are_found_whatever_the_order_of_their_files()
    {
        var folder = Directory.CreateTempSubdirectory("deliberation-verb").FullName;
        try
        {
            var user = Path.Combine(folder, "a-user.json");
            File.WriteAllText(user, """{"id":"u1","definitionId":"user","name":"User","root":{"id":"x","type":"GreetPeople"}}""");
            File.WriteAllText(
                Path.Combine(folder, "z-used.json"),
                """{"id":"g1","definitionId":"greet","name":"Greet people","options":{"usableAsActivity":true},"root":{"id":"w","type":"Elsa.WriteLine","text":"hello"}}""");
            Assert.Equal("""["hello"]""", JsonNode.Parse(Run("workflow", "run", user, "--definitions", folder, "--json").Output)!["lines"]!.ToJsonString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_clock_can_be_skipped()
    {
        var (code, output) = Run("workflow", "run", Case("own-startat-mid"), "--skip-clock", "--json");
        Assert.Equal((0, "Finished"), (code, (string?)JsonNode.Parse(output)!["status"]));
    }

    [Fact]
    public void A_fault_returns_1() => Assert.Equal(1, Run("workflow", "run", Case("own-fault"), "--json").Code);

    [Fact]
    public void An_unknown_activity_is_found_by_validate_with_its_place()
    {
        var (code, output) = Run("workflow", "validate", Case("own-unknown-activity"), Case("own-if"));
        Assert.Equal(1, code);
        Assert.Contains("own-unknown-activity.json:50:13: error activity.unknown", output, StringComparison.Ordinal);
        Assert.Contains("own-if.json: good", output, StringComparison.Ordinal);
        Assert.Equal(0, Run("workflow", "validate", Case("own-if")).Code);
    }

    [Theory]
    [InlineData("workflow")]
    [InlineData("workflow", "run")]
    [InlineData("workflow", "validate")]
    [InlineData("workflow", "run", "absent.json")]
    [InlineData("workflow", "validate", "absent.json")]
    public void What_is_no_command_is_usage(params string[] args) => Assert.Equal(2, Run(args).Code);

    [Fact]
    public void An_input_without_a_value_is_usage() => Assert.Equal(2, Run("workflow", "run", Case("own-if"), "--input", "N").Code);

    private static void PrintsWhatElsaDid(ElsaCase item)
    {
        var document = JsonNode.Parse(Run([.. item.CommandLine]).Output)!;
        Assert.Equal((string?)item.Observed!["status"], (string?)document["status"]);
        Assert.Equal((string?)item.Observed["subStatus"], (string?)document["subStatus"]);
        Assert.True(JsonNode.DeepEquals(item.Observed["output"], document["output"]), document["output"]!.ToJsonString());
        var lines = ElsaCase.Texts(document["lines"]);
        Assert.Equal<string>(item.MayVaryInOrder ? [.. item.ObservedLines.Order()] : item.ObservedLines, item.MayVaryInOrder ? [.. lines.Order()] : lines);
    }

    private static string Case(string id) => Path.Combine(Folder, id + ".json");

    private static (int Code, string Output) Run(params string[] args)
    {
        var (outBefore, errorBefore) = (Console.Out, Console.Error);
        using StringWriter output = new(), error = new();
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            return (Convert.ToInt32(typeof(BallotCount).Assembly.EntryPoint!.Invoke(null, [args]), null), output.ToString());
        }
        finally
        {
            Console.SetOut(outBefore);
            Console.SetError(errorBefore);
        }
    }
}
