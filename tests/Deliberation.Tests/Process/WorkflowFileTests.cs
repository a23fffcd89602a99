using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Process;
using Deliberation.Process.Calendar;
using Deliberation.Process.Lint;
using Deliberation.Process.Simulation;
using Deliberation.Process.Templates;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Tests.Process;

public sealed class WorkflowFileTests
{
    public static TheoryData<string> Ids => [.. WorkflowFiles.All.Select(definition => definition.DefinitionId)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_shipped_workflow_is_without_fault(string id)
    {
        var text = File.ReadAllText(Path.Combine(WorkflowFiles.Folder, id + ".json"));
        var messages = WorkflowDefinitionReader.Read(text, CouncilActivities.Registry).Messages
            .Concat(TemplateLint.Check(WorkflowFiles.Named(id), CouncilActivities.Registry));
        Assert.Equal("", string.Join('\n', messages.Select(message => $"{message.JsonPath} {message.Code}: {message.Message}")));
    }

    /// <remarks>A journal that is not there is written when DELIBERATION_WRITE_JOURNALS is 1; read it before it is committed.</remarks>
    [Theory]
    [MemberData(nameof(Ids))]
    public void A_shipped_workflow_runs_to_its_end_as_its_journal_says(string id)
    {
        var result = WorkflowFiles.Play(id, inputs: WorkflowFiles.InputsOf(id));
        Assert.Empty(result.Incidents);
        Assert.True(result.IsFinished, "stopped " + result.EndedAt);
        var (journal, path) = (WorkflowFiles.Journal(result), WorkflowFiles.Expected(id));
        if (Environment.GetEnvironmentVariable("DELIBERATION_WRITE_JOURNALS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, journal);
        }

        Assert.Equal(File.ReadAllText(path), journal);
    }

    [Fact]
    public void The_renovation_passes_all_five_stages_and_closes()
    {
        var result = WorkflowFiles.Play("old-compound-renovation");
        Assert.Equal(
            ["Plan", "Manage", "Plan", "Plan done", "Build", "Build done", "Manage done", "Evaluate", "Evaluate done", "Share", "Share done"],
            result.Lines.Where(line => line.Kind == "Stage").Select(line => line.Values["stage"] + (line.TextKey.EndsWith("completed", StringComparison.Ordinal) ? " done" : "")));
        Assert.Equal("Closed", result.Lines[^1].Kind);
        Assert.Equal(6, result.Lines.Count(line => line.Kind == "Meeting"));
        Assert.Equal(6, result.Lines.Count(line => line.Kind == "Ballot")); // committee, chair, vice-chair, two of the owners, budget
        Assert.Equal(5, result.Lines.Count(line => line.Kind == "Answer" && line.ActivityId == "sign"));
    }

    [Fact]
    public void Nothing_is_built_before_the_result_notice_is_clear()
    {
        var lines = WorkflowFiles.Play("old-compound-renovation").Lines.ToList();
        var build = lines.FindIndex(line => line.TextKey == "simulation.stage.entered" && line.Values["stage"]!.ToString() == "Build");
        Assert.True(lines.FindLastIndex(line => line.ActivityId == "resultNotice" && line.Kind == "Decision") < build);
        Assert.True(lines.FindIndex(line => line.TextKey == "simulation.adopted") < build);
    }

    [Fact]
    public void A_tie_for_the_last_seat_is_run_off_and_five_take_office_at_midnight()
    {
        var result = WorkflowFiles.Play("stage-committee-election", """{"vote":["Runoff"]}""");
        Assert.True(result.IsFinished);
        Assert.Equal(2, Ballots(result, "stage-committee-election"));
        var office = Assert.Single(result.Lines, line => line.Kind == "Office");
        Assert.Equal(5, office.Values["count"]!.GetValue<int>());
        Assert.EndsWith("00:00", StepContext.Shown(office.At), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_seats_go_to_one_supplementary_election_and_then_stay_open()
    {
        var result = WorkflowFiles.Play("stage-committee-election", """{"stage-committee-election/vote":["PartlyFilled","PartlyFilled"]}""");
        Assert.True(result.IsFinished);
        Assert.Equal(2, Ballots(result, "stage-committee-election"));
        Assert.Equal(4, Assert.Single(result.Lines, line => line.Kind == "Office").Values["count"]!.GetValue<int>());
    }

    [Fact]
    public void An_invalid_election_is_held_again_and_then_goes_to_the_subdistrict()
    {
        var result = WorkflowFiles.Play("stage-committee-election", """{"stage-committee-election/vote":["Invalid","Invalid","Invalid"]}""");
        Assert.True(result.IsFinished);
        Assert.Equal(4, Ballots(result, "stage-committee-election"));
        Assert.Single(result.Lines, line => line.Kind == "Task" && line.ActivityId == "escalate");
    }

    [Fact]
    public void Too_few_nominees_are_recommended_again()
    {
        var result = WorkflowFiles.Play("stage-committee-election", """{"qualify":[{"outcome":"Done","data":{"nominees":["a","b","c","d","e"]}}]}""");
        Assert.True(result.IsFinished);
        Assert.Equal(2, result.Lines.Count(line => line.Kind == "Task" && line.ActivityId == "recommend"));
    }

    [Fact]
    public void An_inquorate_ballot_is_revised_announced_and_voted_again()
    {
        var result = WorkflowFiles.Play("decide-by-ballot", """{"vote":["Inquorate"]}""", WorkflowFiles.InputsOf("decide-by-ballot"));
        Assert.Equal(["announce", "vote", "revise", "announce", "vote", "resultNotice"], Opened(result));
        Assert.Equal("true", result.Instances[0].Last.Output["Decided"]!.ToJsonString());
    }

    [Fact]
    public void After_three_rejections_the_subdistrict_steps_in()
    {
        var result = WorkflowFiles.Play("decide-by-ballot", """{"vote":["Rejected","Tied","Rejected"]}""", WorkflowFiles.InputsOf("decide-by-ballot"));
        Assert.Equal("escalate", Opened(result)[^1]);
        Assert.Equal("false", result.Instances[0].Last.Output["Decided"]!.ToJsonString());
    }

    [Fact]
    public void A_voided_ballot_is_voted_again_without_a_new_plan() =>
        Assert.Equal(
            ["announce", "vote", "announce", "vote", "resultNotice"],
            Opened(WorkflowFiles.Play("decide-by-ballot", """{"vote":["Voided"]}""", WorkflowFiles.InputsOf("decide-by-ballot"))));

    [Fact]
    public void An_upheld_objection_to_the_plan_and_a_failed_check_make_a_new_version()
    {
        var result = WorkflowFiles.Play("stage-decisions", """{"law":["Declined"],"planNotice":["Upheld"]}""");
        Assert.True(result.IsFinished);
        Assert.Equal(3, result.Lines.Count(line => line.Kind == "Task" && line.ActivityId == "plan"));
        Assert.Equal(2, result.Lines.Count(line => line.Kind == "Notice" && line.ActivityId == "planNotice"));
    }

    [Fact]
    public void A_meeting_without_quorum_is_called_once_more_then_the_ladder_helps()
    {
        var result = WorkflowFiles.Play("stage-council-rounds", """{"meeting":["Inquorate","Inquorate","Held"]}""", """{"Rounds":2}""");
        Assert.True(result.IsFinished);
        Assert.Equal(4, result.Lines.Count(line => line.Kind == "Meeting"));
        Assert.Single(result.Lines, line => line.Kind == "Task" && line.ActivityId == "escalate");
    }

    [Fact]
    public void Open_points_of_a_round_open_the_next()
    {
        var result = WorkflowFiles.Play("stage-council-rounds", """{"meeting":[{"outcome":"Held","openPoints":["sheds","parking"]}]}""", """{"Rounds":2}""");
        Assert.True(result.IsFinished);
        Assert.Equal("""["sheds","parking"]""", result.Lines.Last(line => line.Kind == "Meeting").Values["openPoints"]!.ToJsonString());
    }

    [Fact]
    public void Defects_at_a_checkpoint_are_rectified_before_the_works_go_on()
    {
        var result = WorkflowFiles.Play("stage-build-works", """{"sign":["Passed","Defects","Defects"]}""");
        Assert.True(result.IsFinished);
        Assert.Equal(2, result.Lines.Count(line => line.Kind == "Task" && line.ActivityId == "rectify"));
        Assert.Equal(6, result.Lines.Count(line => line.Kind == "Task" && line.ActivityId == "sign")); // four checkpoints, two of them again
        Assert.Contains(result.Lines, line => line.Kind == "Reminder" && line.ActivityId == "remind");
    }

    [Fact]
    public void Works_that_fail_acceptance_three_times_go_to_the_subdistrict()
    {
        var result = WorkflowFiles.Play("stage-build-acceptance", """{"inspect":["Defects","Defects","Defects"]}""");
        Assert.True(result.IsFinished);
        Assert.Single(result.Lines, line => line.Kind == "Task" && line.ActivityId == "inspectEscalate");
    }

    [Fact]
    public void Pledges_that_fall_short_are_extended_once_and_the_grant_may_ask_for_more()
    {
        var result = WorkflowFiles.Play("stage-build-funds", """{"collect":["Short"],"extend":["Short"],"apply":["MoreInformation","Refused"]}""");
        Assert.True(result.IsFinished);
        foreach (var step in new[] { "extend", "smaller", "supplement", "otherSource" })
        {
            Assert.Contains(result.Lines, line => line.ActivityId == step && line.Kind is "Task" or "Pledges");
        }
    }

    [Fact]
    public void A_covenant_that_must_be_corrected_is_drafted_again() =>
        Assert.Equal(2, WorkflowFiles.Play("stage-manage", """{"file":["CorrectionOrdered"]}""").Lines.Count(line => line.Kind == "Covenant"));

    [Fact]
    public void Dissatisfied_households_are_asked_again_after_a_rectification()
    {
        var result = WorkflowFiles.Play("stage-evaluate", """{"evaluate":["TooFew","Unsatisfied"]}""");
        Assert.True(result.IsFinished);
        Assert.Equal(3, result.Lines.Count(line => line.Kind == "Evaluation"));
        Assert.Single(result.Lines, line => line.Kind == "Task" && line.ActivityId == "rectify");
        Assert.Contains(result.Lines, line => line.Kind == "Notice" && line.ActivityId == "publish");
    }

    [Fact]
    public void After_three_rectifications_the_subdistrict_steps_in()
    {
        var result = WorkflowFiles.Play("stage-evaluate", """{"evaluate":["Unsatisfied","Unsatisfied","Unsatisfied","Unsatisfied"]}""");
        Assert.True(result.IsFinished);
        Assert.Equal(3, result.Lines.Count(line => line.Kind == "Task" && line.ActivityId == "rectify"));
        Assert.Single(result.Lines, line => line.Kind == "Task" && line.ActivityId == "escalate");
    }

    [Fact]
    public void A_task_that_nobody_does_climbs_to_the_top_of_the_ladder_and_waits()
    {
        var result = WorkflowFiles.Play("stage-plan-visits", """{"survey":["-"]}""");
        Assert.False(result.IsFinished);
        Assert.Equal(
            ["GroupLeader", "Community", "Subdistrict", "District"],
            result.Lines.Where(line => line.Kind == "Escalation").Select(line => line.Values["post"]!.ToString()));
    }

    [Fact]
    public void The_launch_calendar_dates_all_five_stages()
    {
        var template = WorkflowFiles.Named("old-compound-renovation");
        var result = ProjectSimulation.Run(template, WorkflowFiles.All, StepContext.Local("2026-12-01 08:30"), new Scenario { Inputs = new JsonObject { ["Rounds"] = 2 } });
        var stages = LaunchCalendar.Of(result, StepContext.Calendar);
        Assert.Equal([Stage.Plan, Stage.Manage, Stage.Build, Stage.Evaluate, Stage.Share], stages.Select(stage => stage.Stage));
        Assert.Equal(new DateOnly(2026, 12, 1), stages[0].Start);
        Assert.All(stages, stage => Assert.True(stage.Start <= stage.End));
        Assert.Equal(2, stages[0].Milestones.Count(milestone => milestone.Kind == "Meeting"));
        Assert.True(stages[0].IsProvisional); // 2027 is not published yet
    }

    [Fact]
    public void The_plan_of_messages_names_each_with_its_audience_and_what_is_sent_only_when_nobody_acts()
    {
        var result = ProjectSimulation.Run(WorkflowFiles.Named("old-compound-renovation"), WorkflowFiles.All, StepContext.Local("2026-12-01 08:30"));
        var plan = MessagePlan.Of(result, StepContext.Calendar, new LadderSettings());
        Assert.All(plan, sending => Assert.False(StepContext.Calendar.IsQuiet(sending.At)));
        Assert.Equal(result.Lines.Count(line => line.Kind is "Reminder"), plan.Count(sending => sending.Occasion is "Reminder"));
        Assert.Equal(result.Lines.Count(line => line.Kind is "Task"), plan.Count(sending => sending.Occasion is "Task"));
        Assert.Contains(plan, sending => sending is { Occasion: "Inform", Audience: "post:Community" }); // the step names it
        Assert.Contains(plan, sending => sending is { Occasion: "Reminder", Audience: "Owners" }); // of a ballot, to its own roll
        Assert.Contains(plan, sending => sending is { Occasion: "Reminder", Audience: "post:Community" });
        Assert.All(plan, sending => Assert.Equal(sending.Occasion is "Escalation", sending.IsIfLate));
        Assert.All(plan, sending => Assert.Equal(StepContext.Calendar.DayOf(sending.At).Year > 2026, sending.IsProvisional));
    }

    [Fact]
    public void Every_parameter_of_the_renovation_has_bounds_words_and_a_group()
    {
        var inputs = TemplateInput.Of(WorkflowFiles.Named("old-compound-renovation"));
        Assert.True(inputs.Count > 40);
        Assert.All(inputs.Where(input => input.Editor == "number"), input => Assert.True(input.Min < input.Max, input.Name));
        Assert.All(inputs, input => Assert.Equal(["en", "zh-Hans", "zh-Hant"], input.Help.Keys.Order()));
        Assert.True(inputs.Single(input => input.Name == "Seats").IsOdd);
    }

    private static int Ballots(SimulationResult result, string workflow) => result.Lines.Count(line => line.Kind == "Ballot" && line.Workflow == workflow);

    private static List<string> Opened(SimulationResult result) =>
        [.. result.Lines.Where(line => line.Kind is "Notice" or "Ballot" or "Task").Select(line => line.ActivityId)];
}
