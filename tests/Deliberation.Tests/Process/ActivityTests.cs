using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Process.Ballots;
using Deliberation.Process.Covenants;
using Deliberation.Process.Evaluations;
using Deliberation.Process.Meetings;
using Deliberation.Process.Notices;
using Deliberation.Process.Pledges;
using Deliberation.Process.Projects;
using Deliberation.Process.Tasks;
using Deliberation.Process.Visits;
using Deliberation.Workflows.Activities;
using static Deliberation.Tests.Process.StepContext;

namespace Deliberation.Tests.Process;

public sealed class ActivityTests
{
    private const string Wednesday = "2026-11-25 09:00";

    private static readonly Input<string> NoText = Input<string>.Unset;
    private static readonly Input<int> NoNumber = Input<int>.Unset;
    private static readonly Input<bool> NoFlag = Input<bool>.Unset;
    private static readonly Input<JsonArray> NoList = Input<JsonArray>.Unset;
    private static readonly Input<JsonObject> NoObject = Input<JsonObject>.Unset;

    [Fact]
    public void A_task_is_due_when_offices_close_and_leaves_reminders_and_a_ladder()
    {
        var context = new StepContext(Wednesday);
        var opened = Assignment().Execute(context);
        var task = Assert.IsType<CreateTaskCommand>(Assert.Single(opened.Commands));
        Assert.Equal("2026-12-02 18:00", Shown(task.DueAt));
        Assert.Equal(["Done", "Declined"], task.Outcomes.ToArray());
        Assert.Equal(
            [
                "completed", "rescheduled", "reminder 3wd 2026-11-27 18:00 Skip", "reminder 1wd 2026-12-01 18:00 Skip", "reminder due 2026-12-02 18:00 Skip",
                "ladder 1:GroupLeader 2026-12-03 18:00 Once", "ladder 2:Community 2026-12-08 18:00 Once",
                "ladder 3:Subdistrict 2026-12-15 18:00 Once", "ladder 4:District 2026-12-22 18:00 Once",
            ],
            opened.Bookmarks.Select(Line));
    }

    [Fact]
    public void A_late_task_is_escalated_and_stays()
    {
        var result = Assignment().Resume(new StepContext(Wednesday), new Resumption("ladder", "2:Community", null, null));
        Assert.False(result.IsCompleted);
        Assert.Equal(new EscalateTaskCommand(2, "Community"), Assert.Single(result.Commands));
    }

    [Theory]
    [InlineData("Done")]
    [InlineData("Declined")]
    public void A_task_leaves_by_the_outcome_its_person_chose(string outcome)
    {
        var result = Assignment().Resume(new StepContext(Wednesday), Answer("completed", outcome, ("data", new JsonObject { ["a"] = 1 })));
        Assert.True(result.IsCompleted);
        Assert.Equal([outcome], result.Outcomes.ToArray());
        Assert.Equal("""{"a":1}""", result.Outputs["Data"]!.ToJsonString());
    }

    [Fact]
    public void An_outcome_that_the_activity_does_not_have_is_a_fault() =>
        Assert.NotNull(Assignment().Resume(new StepContext(Wednesday), Answer("completed", "Approved")).Fault);

    [Fact]
    public void An_extended_task_moves_its_reminders_and_its_ladder()
    {
        var context = new StepContext(Wednesday);
        context.Memory = Assignment().Execute(context).State!;
        var moved = Assignment().Resume(context, new Resumption("rescheduled", null, new JsonObject { ["dueAt"] = "2026-12-04T10:00:00Z" }, null));
        Assert.Equal([("reminder", null), ("ladder", null)], moved.Burned.ToArray());
        Assert.Contains("ladder 1:GroupLeader 2026-12-07 18:00 Once", moved.Bookmarks.Select(Line));
    }

    [Fact]
    public void A_task_that_may_expire_is_taken_back_at_its_due_instant()
    {
        var activity = Assignment() with { ExpiresWhenDue = Input<bool>.Of(true) };
        Assert.Contains("expire 2026-12-02 18:00 Once", activity.Execute(new StepContext(Wednesday)).Bookmarks.Select(Line));
        var expired = activity.Resume(new StepContext(Wednesday), new Resumption("expire", null, null, Local(Wednesday)));
        Assert.Equal(["Expired"], expired.Outcomes.ToArray());
        Assert.IsType<WithdrawTaskCommand>(Assert.Single(expired.Commands));
    }

    [Theory]
    [InlineData("2026-12-02 18:00", "Done")]
    [InlineData("2026-12-02 18:01", "Late")]
    public void Works_reported_after_the_due_instant_are_late(string reported, string outcome)
    {
        var activity = new BuildTaskActivity(NoText, NoText, NoText, NoObject, NoNumber, Input<int>.Of(5), NoNumber);
        var context = new StepContext(Wednesday);
        context.Memory = activity.Execute(context).State!;
        context.Time = Local(reported);
        Assert.Equal([outcome], activity.Resume(context, Answer("completed", "Done")).Outcomes.ToArray());
    }

    [Theory]
    [InlineData("Passed")]
    [InlineData("Rejected")]
    [InlineData("Inquorate")]
    [InlineData("Tied")]
    [InlineData("Voided")]
    public void A_ballot_closes_then_leaves_by_its_decision(string outcome)
    {
        var ballot = new OpenBallotActivity(
            Input<string>.Of("Question?"), NoText, Input<JsonObject>.Of(JsonNode.Parse("""{"rule":"OwnersAssembly","matter":7}""")), Input<string>.Of("Owners"),
            NoList, NoText, NoText, NoText, NoList, Input<int>.Of(15), Input<int>.Of(20), NoNumber, NoText, NoList);
        var opened = ballot.Execute(new StepContext(Wednesday));
        var command = Assert.IsType<OpenBallotCommand>(Assert.Single(opened.Commands));
        Assert.Equal("2026-12-10 20:00", Shown(command.ClosesAt));
        Assert.Equal("Named", command.Secrecy);
        Assert.Equal(
            ["close 2026-12-10 20:00 Once", "decided", "reminder 3wd 2026-12-07 20:00 Skip", "reminder 1wd 2026-12-09 20:00 Skip", "reminder due 2026-12-10 18:00 Skip"],
            opened.Bookmarks.Select(Line));
        Assert.IsType<RemindNonVotersCommand>(Assert.Single(ballot.Resume(new StepContext(Wednesday), new Resumption("reminder", "3wd", null, null)).Commands));
        Assert.IsType<CloseBallotCommand>(Assert.Single(ballot.Resume(new StepContext(Wednesday), new Resumption("close", null, null, null)).Commands));
        Assert.Equal([outcome], ballot.Resume(new StepContext(Wednesday), Answer("decided", outcome)).Outcomes.ToArray());
    }

    /// <summary>Days of those who work away; the window that everybody has when it is as long, or when nothing sensible is said.</summary>
    [Theory]
    [InlineData("15", "2026-12-02 20:00", "2026-12-10 20:00")]
    [InlineData("15.0", "2026-12-02 20:00", "2026-12-10 20:00")]
    [InlineData("7", "", "2026-12-02 20:00")]
    [InlineData("3", "", "2026-12-02 20:00")]
    [InlineData("0", "", "2026-12-02 20:00")]
    [InlineData("61", "", "2026-12-02 20:00")]
    public void Who_works_away_may_have_longer(string days, string home, string last)
    {
        var ballot = new OpenBallotActivity(
            Input<string>.Of("Question?"), NoText, Input<JsonObject>.Of(JsonNode.Parse($$"""{"rule":"Majority","awayDays":{{days}}}""")), NoText,
            NoList, NoText, NoText, NoText, NoList, Input<int>.Of(7), Input<int>.Of(20), NoNumber, NoText, NoList);
        var opened = ballot.Execute(new StepContext(Wednesday));
        var command = Assert.IsType<OpenBallotCommand>(Assert.Single(opened.Commands));

        Assert.Equal(home, Shown(command.LocalClosesAt));
        Assert.Equal(last, Shown(command.ClosesAt));
        Assert.Contains($"close {last} Once", opened.Bookmarks.Select(Line));
        var reminders = opened.Bookmarks.Select(Line).Where(line => line.StartsWith("reminder home-", StringComparison.Ordinal));
        Assert.Equal(home.Length == 0 ? [] : ["reminder home-3wd 2026-11-27 20:00 Skip", "reminder home-1wd 2026-12-01 20:00 Skip", "reminder home-due 2026-12-02 18:00 Skip"], reminders);
    }

    [Fact]
    public void A_ballot_with_papers_has_them_certified_with_reminders_and_the_ladder_before_it_counts()
    {
        var election = Election(Input<JsonArray>.Of(Json("""["a","b"]""")), before: null);
        var context = new StepContext(Wednesday);
        Assert.IsType<CloseBallotCommand>(Assert.Single(election.Resume(context, new Resumption("close", null, null, null)).Commands));

        var counting = election.Resume(context, new Resumption("decided", null, new JsonObject { ["outcome"] = "Counting", ["ballotId"] = "b1", ["question"] = "Who?" }, null));
        Assert.False(counting.IsCompleted);
        Assert.Contains("decided", counting.Bookmarks.Select(Line));
        var task = Assert.IsType<CreateTaskCommand>(Assert.Single(counting.Commands));
        Assert.Equal(("PaperCount", "Who?", "Community", "b1"), (task.Kind, task.Title, task.Post, task.Form["ballot"]!.ToString()));
        Assert.Contains(counting.Bookmarks, bookmark => bookmark.Name == "ladder");
        context.Memory = counting.State!;
        Assert.IsType<RemindTaskCommand>(Assert.Single(election.Resume(context, new Resumption("reminder", "due", null, null)).Commands));
        Assert.IsType<EscalateTaskCommand>(Assert.Single(election.Resume(context, new Resumption("ladder", "1:Subdistrict", null, null)).Commands));

        var certified = election.Resume(context, Answer("completed", "Certified"));
        Assert.False(certified.IsCompleted);
        Assert.IsType<CloseBallotCommand>(Assert.Single(certified.Commands));
        var decided = election.Resume(context, Answer("decided", "Invalid"));
        Assert.Equal(["Invalid"], decided.Outcomes.ToArray());
        Assert.IsType<WithdrawTaskCommand>(Assert.Single(decided.Commands)); // cancelled meanwhile: nobody is left at work
    }

    [Fact]
    public void An_election_keeps_who_was_elected_before_and_names_who_stands_next()
    {
        var election = Election(Input<JsonArray>.Of(Json("""["c","d","a"]""")), before: Json("""["a","b"]"""));
        var command = election.Execute(new StepContext(Wednesday)).Commands.OfType<OpenBallotCommand>().Single();
        Assert.Equal(["c", "d"], command.Options.Select(option => option.Id));
        Assert.Equal("Secret", command.Secrecy);
        var result = election.Resume(new StepContext(Wednesday), Answer("decided", "PartlyFilled", ("elected", Json("""["c"]""")), ("runoff", Json("""["d"]""")), ("vacancies", 1)));
        Assert.Equal("""["a","b","c"]""", result.Outputs["Elected"]!.ToJsonString());
        Assert.Equal("""["d"]""", result.Outputs["Runoff"]!.ToJsonString());
        Assert.Equal(1, result.Outputs["Vacancies"]!.GetValue<int>());
    }

    [Fact]
    public void An_invalid_election_carries_nothing_over()
    {
        var result = Election(Input<JsonArray>.Of(Json("""["a","b","c"]""")), before: null)
            .Resume(new StepContext(Wednesday), Answer("decided", "Invalid", ("elected", Json("""["a"]"""))));
        Assert.Equal("[]", result.Outputs["Elected"]!.ToJsonString());
        Assert.Equal("""["a","b","c"]""", result.Outputs["Runoff"]!.ToJsonString());
        Assert.Equal(2, result.Outputs["Vacancies"]!.GetValue<int>());
    }

    [Fact]
    public void An_election_without_a_candidate_is_a_fault() =>
        Assert.NotNull(Election(NoList, before: null).Execute(new StepContext(Wednesday)).Fault);

    [Theory]
    [InlineData(3, 0, "2026-11-29 19:00")] // three whole days lie in between; a Sunday does not shorten them
    [InlineData(3, 10, "2026-12-05 19:00")]
    public void A_meeting_is_called_with_its_notice(int notice, int lead, string meetsAt)
    {
        var meeting = new HoldMeetingActivity(NoText, NoNumber, NoText, Input<JsonArray>.Of(Json("""["parking"]""")), Input<int>.Of(notice), Input<int>.Of(lead), NoNumber, NoNumber, NoNumber, Input<bool>.Unset);
        var command = meeting.Execute(new StepContext(Wednesday)).Commands.OfType<CallMeetingCommand>().Single();
        Assert.Equal(meetsAt, Shown(command.MeetsAt));
        Assert.True(command.QuorumIsStrict);
        Assert.Equal(["parking"], command.OpenPoints);
        var held = meeting.Resume(new StepContext(Wednesday), Answer("concluded", "Held", ("openPoints", Json("""["sheds"]"""))));
        Assert.Equal(["Held"], held.Outcomes.ToArray());
        Assert.Equal("""["sheds"]""", held.Outputs["OpenPoints"]!.ToJsonString());
    }

    [Theory]
    [InlineData("Clear")]
    [InlineData("Upheld")]
    [InlineData("Withdrawn")]
    public void A_notice_waits_for_its_objections(string outcome)
    {
        var notice = new PublishNoticeActivity(NoText, NoText, NoText, NoNumber, NoFlag);
        Assert.Equal(["close 2026-12-03 00:00 Once", "decided"], notice.Execute(new StepContext(Wednesday)).Bookmarks.Select(Line));
        Assert.IsType<CloseNoticeCommand>(Assert.Single(notice.Resume(new StepContext(Wednesday), new Resumption("close", null, null, null)).Commands));
        Assert.Equal([outcome], notice.Resume(new StepContext(Wednesday), Answer("decided", outcome)).Outcomes.ToArray());
    }

    [Fact]
    public void A_notice_whose_length_the_law_fixes_says_so_to_its_timer_and_its_row()
    {
        var result = new PublishNoticeActivity(NoText, NoText, NoText, NoNumber, Input<bool>.Of(true)).Execute(new StepContext(Wednesday));
        Assert.True(result.Bookmarks.Single(bookmark => bookmark.Name == "close").IsFixed);
        Assert.True(result.Commands.OfType<PublishNoticeCommand>().Single().IsLegalPeriod);
    }

    [Fact]
    public void Visits_end_when_covered_or_when_time_is_over()
    {
        var visits = new VisitHouseholdsActivity(NoNumber, NoNumber);
        Assert.Equal(80, visits.Execute(new StepContext(Wednesday)).Commands.OfType<StartVisitsCommand>().Single().CoveragePercent);
        Assert.Equal(["Covered"], visits.Resume(new StepContext(Wednesday), new Resumption("covered", null, null, null)).Outcomes.ToArray());
        Assert.Equal(["Short"], visits.Resume(new StepContext(Wednesday), new Resumption("close", null, null, Local(Wednesday))).Outcomes.ToArray());
    }

    [Fact]
    public void Pledges_are_reminded_every_week_of_their_window()
    {
        var pledges = new CollectPledgesActivity(NoText, Input<JsonArray>.Of(Json("""[{"id":"m","kind":"Money","text":"t","quantity":30000}]""")), Input<int>.Of(15), Input<int>.Of(7));
        var opened = pledges.Execute(new StepContext(Wednesday));
        Assert.Equal(
            ["close 2026-12-11 00:00 Once", "decided", "reminder 2026-12-02 2026-12-02 09:00 Skip", "reminder 2026-12-09 2026-12-09 09:00 Skip"],
            opened.Bookmarks.Select(Line));
        Assert.Equal(30000, opened.Commands.OfType<OpenPledgesCommand>().Single().Needs[0].Quantity);
        Assert.Equal(["Short"], pledges.Resume(new StepContext(Wednesday), Answer("decided", "Short")).Outcomes.ToArray());
        Assert.Equal(["TargetMet"], pledges.Resume(new StepContext(Wednesday), Answer("decided", "TargetMet")).Outcomes.ToArray());
    }

    [Fact]
    public void Reminding_pledgers_goes_on_until_it_is_cancelled()
    {
        var result = new RemindPledgersActivity(Input<int>.Of(7)).Resume(new StepContext(Wednesday), new Resumption("reminder", "2026-11-25", null, null));
        Assert.False(result.IsCompleted);
        Assert.Equal(new RemindPledgersCommand("2026-11-25"), Assert.Single(result.Commands));
        Assert.Equal("reminder 2026-12-02 2026-12-02 09:00 Once", Line(Assert.Single(result.Bookmarks)));
    }

    [Theory]
    [InlineData("Satisfied")]
    [InlineData("Unsatisfied")]
    [InlineData("TooFew")]
    public void An_evaluation_leaves_by_what_people_said(string outcome)
    {
        var evaluation = new CollectEvaluationsActivity(NoText, NoList, NoNumber, NoNumber, NoNumber, NoNumber, NoNumber, NoNumber);
        var command = evaluation.Execute(new StepContext(Wednesday)).Commands.OfType<OpenEvaluationCommand>().Single();
        Assert.Equal((10, 20, 80), (command.MinimumAnswers, command.MinimumPercent, command.SatisfiedPercent));
        Assert.Equal([outcome], evaluation.Resume(new StepContext(Wednesday), Answer("decided", outcome)).Outcomes.ToArray());
    }

    [Fact]
    public void A_covenant_ended_on_its_own_page_takes_its_task_back()
    {
        var covenant = new DraftCovenantActivity(NoText, NoNumber, NoText, NoText, NoText, NoObject, NoNumber, NoNumber, NoNumber);
        Assert.Equal([typeof(CreateTaskCommand), typeof(DraftCovenantCommand)], covenant.Execute(new StepContext(Wednesday)).Commands.Select(command => command.GetType()));
        var adopted = covenant.Resume(new StepContext(Wednesday), Answer("completed", "Adopted", ("version", 1)));
        Assert.Equal(["Adopted"], adopted.Outcomes.ToArray());
        Assert.IsType<WithdrawTaskCommand>(Assert.Single(adopted.Commands));
    }

    [Theory]
    [InlineData("Deliberation.Checkpoint", "Passed,Defects")]
    [InlineData("Deliberation.Inspect", "Accepted,Defects,Failed")]
    [InlineData("Deliberation.ApplyForGrant", "Granted,Refused,MoreInformation")]
    [InlineData("Deliberation.FileForRecord", "Filed,CorrectionOrdered")]
    [InlineData("Deliberation.AssignTask", "Done,Declined,Expired")]
    [InlineData("Deliberation.BuildTask", "Done,Late")]
    [InlineData("Deliberation.DraftCovenant", "Adopted,Withdrawn")]
    [InlineData("Deliberation.VisitHouseholds", "Covered,Short")]
    [InlineData("Deliberation.HoldMeeting", "Held,Inquorate,Cancelled")]
    [InlineData("Deliberation.PublishNotice", "Clear,Upheld,Withdrawn")]
    [InlineData("Deliberation.OpenBallot", "Passed,Rejected,Inquorate,Tied,Voided")]
    [InlineData("Deliberation.RunElection", "Filled,PartlyFilled,Runoff,Invalid")]
    [InlineData("Deliberation.CollectPledges", "TargetMet,Short")]
    [InlineData("Deliberation.CollectEvaluations", "Satisfied,Unsatisfied,TooFew")]
    public void Every_activity_has_the_ports_of_the_domain(string type, string ports)
    {
        var attribute = typeof(AssignTaskActivity).Assembly.GetTypes()
            .SelectMany(candidate => candidate.GetCustomAttributes(typeof(ActivityAttribute), false).Cast<ActivityAttribute>())
            .Single(candidate => candidate.TypeName == type);
        Assert.Equal(ports, string.Join(',', attribute.Outcomes));
    }

    [Fact]
    public void A_stage_that_does_not_exist_is_a_fault()
    {
        Assert.Equal(new EnterStageCommand(Stage.Share), Assert.Single(new EnterStageActivity(Input<string>.Of("Share")).Execute(new StepContext(Wednesday)).Commands));
        Assert.NotNull(new EnterStageActivity(Input<string>.Of("Fun")).Execute(new StepContext(Wednesday)).Fault);
    }

    private static AssignTaskActivity Assignment() =>
        new(NoText, Input<string>.Of("Contractor"), NoText, NoText, NoObject, NoNumber, Input<int>.Of(5), Input<bool>.Unset, NoNumber);

    private static RunElectionActivity Election(Input<JsonArray> nominees, JsonNode? before) =>
        new(NoText, NoText, nominees, NoList, Input<JsonArray>.Of(before), Input<int>.Of(2), NoText, NoText, NoList, NoText, NoText, NoNumber, NoNumber, NoNumber, NoObject);

    private static JsonNode Json(string text) => JsonNode.Parse(text)!;

    private static Resumption Answer(string bookmark, string outcome, params (string Name, JsonNode? Value)[] more)
    {
        var answer = new JsonObject { ["outcome"] = outcome };
        foreach (var (name, value) in more)
        {
            answer[name] = value;
        }

        return new Resumption(bookmark, null, answer, null);
    }

    private static string Line(BookmarkRequest bookmark) =>
        string.Join(' ', new[] { bookmark.Name, bookmark.Key, Shown(bookmark.DueAt), bookmark.DueAt is null ? null : bookmark.CatchUp.ToString() }.Where(part => !string.IsNullOrEmpty(part)));
}
