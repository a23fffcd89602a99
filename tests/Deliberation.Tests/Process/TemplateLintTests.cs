using Deliberation.Process;
using Deliberation.Process.Lint;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Tests.Process;

public sealed class TemplateLintTests
{
    private const string Task = """{"id":"t","type":"Deliberation.BuildTask","version":1,"post":{"typeName":"String","expression":{"type":"Literal","value":"Contractor"}},"dueDays":{"typeName":"Int32","expression":{"type":"Literal","value":5}}}""";
    private const string End = """{"id":"e","type":"Elsa.End","version":1}""";
    private const string Good = """{"source":{"activity":"t","port":"Done"},"target":{"activity":"e","port":"In"}},{"source":{"activity":"t","port":"Late"},"target":{"activity":"e","port":"In"}}""";

    [Fact]
    public void A_sound_chart_has_no_message() => Assert.Empty(Codes(Task + "," + End, Good));

    [Fact]
    public void An_outcome_that_leads_nowhere_is_found() =>
        Assert.Equal(["outcome.unconnected"], Codes(Task + "," + End, """{"source":{"activity":"t","port":"Done"},"target":{"activity":"e","port":"In"}}"""));

    [Fact]
    public void An_outcome_that_does_not_exist_is_found() =>
        Assert.Equal(["outcome.unknown"], Codes(Task + "," + End, Good + """,{"source":{"activity":"t","port":"Perhaps"},"target":{"activity":"e","port":"In"}}"""));

    [Fact]
    public void Work_without_post_or_deadline_is_found() =>
        Assert.Equal(["task.deadline-missing", "task.post-missing"], Codes("""{"id":"t","type":"Deliberation.BuildTask","version":1},""" + End, Good));

    [Fact]
    public void An_activity_that_no_way_leads_to_is_found() =>
        Assert.Equal(["activity.unreachable"], Codes(Task + "," + End + """,{"id":"x","type":"Elsa.End","version":1}""", Good));

    [Theory]
    [InlineData(2, "window.days-out-of-bounds")]
    [InlineData(3, "")]
    [InlineData(60, "")]
    [InlineData(61, "window.days-out-of-bounds")]
    public void A_window_keeps_its_bounds(int days, string code)
    {
        var notice = $$$$"""{"id":"t","type":"Deliberation.PublishNotice","version":1,"days":{"typeName":"Int32","expression":{"type":"Literal","value":{{{{days}}}}}}}""";
        var ways = string.Join(',', new[] { "Clear", "Upheld", "Withdrawn" }.Select(port => $$$"""{"source":{"activity":"t","port":"{{{port}}}"},"target":{"activity":"e","port":"In"}}"""));
        Assert.Equal(code, string.Join(',', Codes(notice + "," + End, ways)));
    }

    [Fact]
    public void A_join_that_waits_for_all_ports_of_one_activity_is_found()
    {
        const string join = """{"id":"e","type":"Elsa.FlowJoin","version":1,"mode":{"typeName":"String","expression":{"type":"Literal","value":"WaitAll"}}}""";
        Assert.Equal(["join.never"], Codes(Task + "," + join, Good));
    }

    [Fact]
    public void A_default_outside_its_own_bounds_is_found()
    {
        const string json = """
            {"id":"a","definitionId":"a","name":"a","inputs":[{"name":"Seats","type":"Int32"}],
             "customProperties":{"deliberation":{"inputs":{"Seats":{"default":4,"min":3,"max":11,"odd":true,"label":{"zh-Hans":"a","zh-Hant":"a","en":"a"}}}}},
             "root":{"id":"r","type":"Elsa.End"}}
            """;
        var definition = WorkflowDefinitionReader.Read(json, CouncilActivities.Registry).Definition!;
        Assert.Equal("input.default-out-of-bounds", Assert.Single(TemplateLint.Check(definition, CouncilActivities.Registry)).Code);
    }

    [Theory]
    [InlineData("OpenBallot", """{"type":"Object","value":{"rule":"Majority","base":"Cast"}}""", "")]
    [InlineData("OpenBallot", """{"type":"Object","value":"{\"rule\":\"Schulze\",\"tieBreak\":\"Runoff\"}"}""", "")]
    [InlineData("OpenBallot", """{"type":"Object","value":{"rule":"Majorty"}}""", "ballot.rule-invalid")]
    [InlineData("OpenBallot", """{"type":"Literal","value":{"base":"Cast"}}""", "ballot.rule-invalid")]
    [InlineData("OpenBallot", """{"type":"Object","value":{"rule":"Majority","base":"Everybody","threshold":"3/2"}}""", "ballot.rule-invalid,ballot.rule-invalid")]
    [InlineData("OpenBallot", """{"type":"Object","value":{"rule":"Majority","treshold":"2/3"}}""", "ballot.rule-setting-unknown")]
    [InlineData("OpenBallot", """{"type":"JavaScript","value":"({ rule: \"OwnersAssembly\", matter: getInput(\"Matter\") })"}""", "")]
    [InlineData("OpenBallot", """{"type":"JavaScript","value":"({ rule: \"OwnersAsembly\", matter: 7 })"}""", "ballot.rule-unknown")]
    [InlineData("OpenBallot", """{"type":"JavaScript","value":"getInput(\"Rule\")"}""", "")]
    [InlineData("RunElection", """{"type":"Object","value":{"rule":"StvScottish"}}""", "")]
    [InlineData("RunElection", """{"type":"Object","value":{"reservedSeats":1,"kin":[["a","b"]]}}""", "")]
    [InlineData("RunElection", """{"type":"Object","value":{"tieBreak":"All"}}""", "ballot.rule-invalid")]
    public void A_rule_that_cannot_be_counted_is_found_before_anybody_votes(string type, string rule, string codes)
    {
        string[] ports = type == "OpenBallot" ? ["Passed", "Rejected", "Inquorate", "Tied", "Voided"] : ["Filled", "PartlyFilled", "Runoff", "Invalid"];
        var ballot = $$$$"""{"id":"t","type":"Deliberation.{{{{type}}}}","version":1,"rule":{"typeName":"JsonObject","expression":{{{{rule}}}}}}""";
        var ways = string.Join(',', ports.Select(port => $$$"""{"source":{"activity":"t","port":"{{{port}}}"},"target":{"activity":"e","port":"In"}}"""));
        Assert.Equal(codes, string.Join(',', Codes(ballot + "," + End, ways)));
    }

    [Fact]
    public void A_rule_that_is_handed_to_another_workflow_is_read_too()
    {
        const string call = """{"id":"t","type":"Elsa.ExecuteWorkflow","version":1,"input":{"typeName":"ObjectDictionary","expression":{"type":"JavaScript","value":"({ Rule: ({ rule: \"Borda1\" }) })"}}}""";
        Assert.Contains("ballot.rule-unknown", Codes(call + "," + End + """,{"id":"b","type":"Deliberation.CloseProject","version":1}""",
            """{"source":{"activity":"t","port":"Done"},"target":{"activity":"e","port":"In"}},{"source":{"activity":"t","port":"Done"},"target":{"activity":"b","port":"In"}}"""));
    }

    [Fact]
    public void A_verb_that_no_task_has_is_found() =>
        Assert.Equal(["task.verb-unknown"], Codes(Task[..^1] + ""","form":{"typeName":"Object","expression":{"type":"Object","value":"{\"verbs\":[\"Transfer\",\"Sell\"]}"}}},""" + End, Good));

    [Theory]
    [InlineData("\"Contractor\"", "{}", "")]
    [InlineData("\"Contractor\"", """{"support":["Inspector","Auditor"],"inform":["Community"]}""", "")]
    [InlineData("\"\"", "{}", "task.post-missing")]
    [InlineData("\"Contractor, Inspector\"", "{}", "task.post-several")]
    [InlineData("""["Contractor","Inspector"]""", "{}", "task.post-several")]
    [InlineData("\"Contractor\"", """{"support":["Contractor"]}""", "task.role-twice")]
    [InlineData("\"Contractor\"", """{"support":["Auditor"],"inform":["Auditor"]}""", "task.role-twice")]
    [InlineData("\"Contractor\"", """{"inform":"Auditor"}""", "task.role-invalid")]
    [InlineData("\"Contractor\"", """{"support":[""]}""", "task.role-invalid")]
    [Mechanism("M2.20", Page = "/admin/templates/{id}")]
    public void Each_task_names_exactly_one_responsible_post_and_each_other_in_one_role(string post, string form, string code)
    {
        var task = Task.Replace("\"Contractor\"", post, StringComparison.Ordinal)[..^1] + ""","title":"Mend the gate","form":{"typeName":"Object","expression":{"type":"Object","value":""" + form + "}}}";
        Assert.Equal(code, string.Join(',', Codes(task + "," + End, Good)));
        var definition = WorkflowDefinitionReader.Read("""{"id":"a","definitionId":"a","name":"a","root":""" + task + "}", CouncilActivities.Registry).Definition!;
        Assert.All(DivisionOfWork.Check(definition), message => Assert.Contains("'Mend the gate'", message.Message, StringComparison.Ordinal));
    }

    private static List<string> Codes(string activities, string connections)
    {
        var json = $$$"""{"id":"a","definitionId":"a","name":"a","root":{"id":"r","type":"Elsa.Flowchart","start":"t","activities":[{{{activities}}}],"connections":[{{{connections}}}]}}""";
        var definition = WorkflowDefinitionReader.Read(json, CouncilActivities.Registry).Definition!;
        return [.. TemplateLint.Check(definition, CouncilActivities.Registry).Select(message => message.Code).Order()];
    }
}
