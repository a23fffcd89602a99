using Deliberation.Domain;
using Deliberation.Features.Covenants;
using Deliberation.Features.Evaluations;
using Deliberation.Features.Foundation;
using Deliberation.Features.Meetings;
using Deliberation.Features.Notices;
using Deliberation.Features.Pledges;
using Deliberation.Features.Projects;
using Deliberation.Features.Tasks;
using Deliberation.Features.Visits;
using Deliberation.Process.Covenants;
using Deliberation.Process.Evaluations;
using Deliberation.Process.Meetings;
using Deliberation.Process.Notices;
using Deliberation.Process.Pledges;
using Deliberation.Process.Tasks;
using Deliberation.Process.Visits;
using Xunit;

namespace Deliberation.IntegrationTests.Projects;

public sealed class ParticipationTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Closes = Neighbourhood.Monday.AddDays(7);

    private readonly Neighbourhood _lane = new();

    public Task InitializeAsync() => _lane.InitializeAsync();

    public Task DisposeAsync() => _lane.DisposeAsync();

    private Task<Guid> IdAsync(string table) => _lane.QueryAsync<Guid>($"select {table}_id from {table}");

    private async Task<Guid> PublishAsync()
    {
        await _lane.CarryOutAsync(new PublishNoticeCommand("Plan", "Plan", "Body", Neighbourhood.Monday, Closes), "v1");
        return await IdAsync("notice");
    }

    private FileObjection Object(Guid notice, int home) => new(_lane.Resident(home), Neighbourhood.Community, notice, "Too wide");

    [Fact]
    public async Task A_notice_without_objection_is_clear_at_once_and_told_to_each_household_once()
    {
        await PublishAsync();
        await _lane.Database.SetCouncilTimeAsync(Closes);

        var answer = Assert.Single(await _lane.CarryOutAsync(new CloseNoticeCommand(), "v1"));

        Assert.Equal(("decided", "Clear"), (answer.Bookmark, answer.Payload?["outcome"]?.ToString()));
        Assert.Equal(10, await _lane.QueryAsync<int>("select count(*)::int from outbox_message where text_key = 'notice.message.published'"));
    }

    [Fact]
    public async Task An_open_objection_keeps_the_notice_waiting_until_its_answer()
    {
        var notice = await PublishAsync();
        var objection = (await _lane.SendAsync(Object(notice, 0))).Require();
        Assert.Equal("notice.already-objected", await _lane.RefusedAsync(Object(notice, 0)));
        await _lane.Database.SetCouncilTimeAsync(Closes);

        Assert.Empty(await _lane.CarryOutAsync(new CloseNoticeCommand(), "v1"));
        (await _lane.SendAsync(new DecideObjection(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, objection, true, "You are right"))).Require();

        Assert.Equal("Upheld", (await _lane.EventAsync("v1", "decided"))?["outcome"]?.ToString());
    }

    [Fact]
    public async Task An_objection_at_the_closing_instant_is_refused()
    {
        var notice = await PublishAsync();

        await _lane.Database.SetCouncilTimeAsync(Closes.AddSeconds(-30));
        (await _lane.SendAsync(Object(notice, 0))).Require();
        await _lane.Database.SetCouncilTimeAsync(Closes);

        Assert.Equal("notice.window-closed", await _lane.RefusedAsync(Object(notice, 1)));
    }

    [Fact]
    public async Task A_notice_ends_for_its_readers_at_the_closing_instant()
    {
        var notice = await PublishAsync();
        async Task<(bool, bool)> SeenAsync()
        {
            var page = (await _lane.SendAsync(new GetNotice(_lane.Resident(0), Neighbourhood.Community, notice))).Require();
            return (page.HasEnded, page.MayObject);
        }

        await _lane.Database.SetCouncilTimeAsync(Closes.AddSeconds(-30));
        Assert.Equal((false, true), await SeenAsync());
        await _lane.Database.SetCouncilTimeAsync(Closes);

        Assert.Equal((true, false), await SeenAsync());
    }

    [Fact]
    public async Task A_household_counts_once_at_a_meeting_and_held_needs_quorum_and_a_second_person()
    {
        await _lane.CarryOutAsync(new CallMeetingCommand("Assembly", 2, "Plan", Neighbourhood.Monday.AddDays(1), 1, 2, true) { OpenPoints = ["Drains"] }, "v1");
        var meeting = await IdAsync("meeting");
        var (leader, officer) = (Neighbourhood.Staff(_lane.Leader), Neighbourhood.Staff(_lane.Officer));
        Assert.Equal("meeting.doors-closed", await _lane.RefusedAsync(new SignInMyself(_lane.Resident(0), Neighbourhood.Community, meeting)));
        Assert.False((await _lane.SendAsync(new GetMeeting(_lane.Resident(0), Neighbourhood.Community, meeting))).Require().TakesSignIns);
        await _lane.Database.SetCouncilTimeAsync(Neighbourhood.Monday.AddDays(1).AddHours(-1).AddSeconds(-30));
        Assert.Equal("meeting.doors-closed", await _lane.RefusedAsync(new SignInMyself(_lane.Resident(0), Neighbourhood.Community, meeting)));
        Assert.False((await _lane.SendAsync(new GetMeeting(_lane.Resident(0), Neighbourhood.Community, meeting))).Require().TakesSignIns);
        await _lane.Database.SetCouncilTimeAsync(Neighbourhood.Monday.AddDays(1).AddHours(-1));
        Assert.True((await _lane.SendAsync(new GetMeeting(_lane.Resident(0), Neighbourhood.Community, meeting))).Require().TakesSignIns);

        for (var home = 0; home < 5; home++)
        {
            (await _lane.SendAsync(new SignInMyself(_lane.Resident(home), Neighbourhood.Community, meeting))).Require();
        }

        await _lane.Database.AdvanceCouncilTimeAsync(TimeSpan.FromHours(1));
        Assert.Equal(5, (await _lane.SendAsync(new SignIn(leader, Neighbourhood.Community, meeting, _lane.Homes[0].Household, null))).Require());
        ConcludeMeeting held = new(leader, Neighbourhood.Community, meeting, "Held", ["Parking"], 1, null);
        Assert.Equal("meeting.no-quorum", await _lane.RefusedAsync(held)); // five of ten are not more than half
        (await _lane.SendAsync(new SignIn(leader, Neighbourhood.Community, meeting, null, _lane.Homes[5].Resident))).Require();
        Assert.Equal("meeting.has-quorum", await _lane.RefusedAsync(held with { Outcome = "Inquorate" }));
        var version = (await _lane.SendAsync(new WriteMinutes(leader, Neighbourhood.Community, meeting, "Said and done", 0))).Require();
        Assert.Equal("meeting.minutes-not-approved", await _lane.RefusedAsync(held));
        Assert.Equal("meeting.second-person-needed", await _lane.RefusedAsync(new ApproveMinutes(leader, Neighbourhood.Community, meeting, version)));
        (await _lane.SendAsync(new ApproveMinutes(officer, Neighbourhood.Community, meeting, version))).Require();
        (await _lane.SendAsync(held)).Require();

        Assert.Equal("Parking", (await _lane.EventAsync("v1", "concluded"))?["openPoints"]?[0]?.ToString());
        var page = (await _lane.SendAsync(new GetMeeting(leader, Neighbourhood.Community, meeting))).Require();
        Assert.True(page.Agenda[0].IsCarried);
        Assert.Equal("Drains", page.Agenda[0].Text);
    }

    [Fact]
    public async Task Before_its_time_a_meeting_can_only_be_cancelled()
    {
        var meetsAt = Neighbourhood.Monday.AddDays(1);
        await _lane.CarryOutAsync(new CallMeetingCommand("Assembly", 1, "Plan", meetsAt, 1, 2, true), "v1");
        var (meeting, staff) = (await IdAsync("meeting"), Neighbourhood.Staff(_lane.Leader));
        await _lane.RunAsync("update meeting set expected_count = 10");
        ConcludeMeeting inquorate = new(staff, Neighbourhood.Community, meeting, "Inquorate", [], null, null);

        await _lane.Database.SetCouncilTimeAsync(meetsAt.AddSeconds(-30));
        Assert.False(await HasBegunAsync());
        Assert.Equal("meeting.not-begun", await _lane.RefusedAsync(inquorate));
        Assert.Equal("meeting.not-begun", await _lane.RefusedAsync(inquorate with { Outcome = "Held" }));
        Assert.Equal("meeting.reason-missing", await _lane.RefusedAsync(inquorate with { Outcome = "Cancelled" })); // only the reason is missing

        await _lane.Database.SetCouncilTimeAsync(meetsAt);
        Assert.True(await HasBegunAsync());
        (await _lane.SendAsync(inquorate)).Require();

        async Task<bool> HasBegunAsync() => (await _lane.SendAsync(new GetMeeting(staff, Neighbourhood.Community, meeting))).Require().HasBegun;
    }

    [Fact]
    public async Task Visits_are_covered_at_the_exact_share_once_and_an_empty_home_does_not_count()
    {
        await _lane.CarryOutAsync(new StartVisitsCommand(20, Closes), "v1");
        var round = await IdAsync("visit_round");
        LogVisit Visit(int home, string outcome) => new(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, round, _lane.Homes[home].Household, outcome, "");

        Assert.Equal(0, (await _lane.SendAsync(Visit(0, "NotHome"))).Require());
        Assert.Equal(1, (await _lane.SendAsync(Visit(0, "Met"))).Require());
        Assert.Null(await _lane.EventAsync("v1", "covered"));
        Assert.Null((await PageAsync()).EndedAt);
        (await _lane.SendAsync(Visit(1, "Met"))).Require();
        var covered = await PageAsync();
        Assert.True(covered.EndedAt < covered.UntilAt);
        (await _lane.SendAsync(Visit(2, "Met"))).Require();

        Assert.Equal("2/10", (await _lane.EventAsync("v1", "covered"))?["coverage"]?.ToString());
        Assert.Equal(1, await _lane.QueryAsync<int>("select count(*)::int from workflow_inbox"));

        async Task<VisitsPage> PageAsync() =>
            (await _lane.SendAsync(new GetVisits(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, _lane.Project, null, null, new PageRequest(1)))).Require();
    }

    [Fact]
    public async Task Visits_are_listed_by_where_each_household_stands_a_page_at_a_time()
    {
        await _lane.RunAsync("update household set building = '2' where household_id = any(@homes)", new { homes = _lane.Homes.Skip(7).Select(home => home.Household.Value).ToArray() });
        await _lane.CarryOutAsync(new StartVisitsCommand(100, Closes), "v1");
        var round = await IdAsync("visit_round");
        foreach (var (home, outcome) in new[] { (0, "Met"), (0, "NotHome"), (1, "NotHome"), (2, "Declined"), (3, "Declined"), (3, "Met"), (7, "Met") })
        {
            (await _lane.SendAsync(new LogVisit(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, round, _lane.Homes[home].Household, outcome, ""))).Require();
        }

        var all = await AskAsync(null, null, new PageRequest(2, 4));
        Assert.Equal((10, 3, 4), (all.Households.Total, all.Households.PageCount, all.Households.Items.Count));
        Assert.Equal([new VisitCount("1", 4, 2, 1), new VisitCount("2", 2, 1, 0)], all.Counts);
        Assert.Equal(all.VisitedCount, all.Counts.Sum(count => count.Met + count.Declined));
        Assert.Equal("1-0 1-3 2-7", await DoorsAsync(VisitStanding.Met, null)); // somebody met once stays met
        Assert.Equal("1-2", await DoorsAsync(VisitStanding.Declined, null));
        Assert.Equal("1-1 1-4 1-5 1-6", await DoorsAsync(VisitStanding.ToVisit, "1")); // nobody at home: go again

        async Task<VisitsPage> AskAsync(VisitStanding? standing, string? building, PageRequest page) =>
            (await _lane.SendAsync(new GetVisits(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, _lane.Project, standing, building, page))).Require();

        async Task<string> DoorsAsync(VisitStanding standing, string? building)
        {
            var page = await AskAsync(standing, building, new PageRequest(1));
            return string.Join(' ', page.Households.Items.Select(line => (line.Building == "2" ? "2" : "1") + line.Door[1..]));
        }
    }

    [Fact]
    public async Task The_target_is_met_when_every_need_is_and_withdrawn_promises_do_not_count()
    {
        await _lane.CarryOutAsync(new OpenPledgesCommand("Lane", [new PledgeNeed("money", "Money", "Money", 500)], Neighbourhood.Monday, Closes), "v1");
        var board = await _lane.QueryAsync<Guid>("select board_id from pledge_board");
        MakePledge Pledge(int home, long fen) => new(_lane.Resident(home), Neighbourhood.Community, board, "money", fen, "", new DateOnly(2026, 12, 1), false);
        (await _lane.SendAsync(Pledge(0, 400))).Require();
        var second = (await _lane.SendAsync(Pledge(1, 100))).Require();
        Assert.Equal("pledge.due-past", await _lane.RefusedAsync(Pledge(2, 1) with { DueOn = new DateOnly(2026, 11, 22) }));
        Assert.Equal("access.not-found", await _lane.RefusedAsync(new WithdrawPledge(_lane.Resident(0), Neighbourhood.Community, second)));
        (await _lane.SendAsync(new WithdrawPledge(_lane.Resident(1), Neighbourhood.Community, second))).Require();

        var publicBoard = (await _lane.SendAsync(new GetPledgeBoard(_lane.Resident(5), Neighbourhood.Community, _lane.Project))).Require();
        Assert.Null(Assert.Single(publicBoard.Pledges).Name);
        Assert.Equal(400, publicBoard.Needs[0].Pledged);

        await _lane.Database.SetCouncilTimeAsync(Closes);
        Assert.Equal("pledge.window-closed", await _lane.RefusedAsync(Pledge(3, 100)));
        Assert.Equal("Short", (await _lane.CarryOutAsync(new ClosePledgesCommand(), "v1"))[0].Payload?["outcome"]?.ToString());
    }

    [Fact]
    public async Task Only_those_whose_pledge_is_due_are_reminded_and_each_once_a_point()
    {
        await _lane.CarryOutAsync(new OpenPledgesCommand("Lane", [new PledgeNeed("days", "Labour", "Days", 5)], Neighbourhood.Monday, Closes), "v1");
        var board = await _lane.QueryAsync<Guid>("select board_id from pledge_board");
        foreach (var (home, day) in new[] { (0, 23), (1, 30) })
        {
            (await _lane.SendAsync(new MakePledge(_lane.Resident(home), Neighbourhood.Community, board, "days", 1, "", new DateOnly(2026, 11, day), false))).Require();
        }

        await _lane.CarryOutAsync(new RemindPledgersCommand("1"), "v2");
        await _lane.CarryOutAsync(new RemindPledgersCommand("1"), "v2");

        Assert.Equal(_lane.Homes[0].Resident.Value, await _lane.QueryAsync<Guid>("select resident_id from outbox_message where text_key = 'pledge.message.due'"));
    }

    [Fact]
    public async Task A_covenant_is_adopted_after_comments_and_signed_by_the_registered_name()
    {
        await _lane.CarryOutAsync(new DraftCovenantCommand("Residents", "Covenant", Closes, Closes.AddDays(3)), "v1");
        var covenant = await IdAsync("covenant");
        await _lane.CarryOutAsync(new CreateTaskCommand("Covenant", "GroupLeader", "Covenant", "", ["Adopted", "Withdrawn"], [], 1, Closes.AddDays(3)), "v1");
        var task = new TaskId(await _lane.QueryAsync<Guid>("select task_id from work_task"));
        var staff = Neighbourhood.Staff(_lane.Leader);
        var clause = (await _lane.SendAsync(new EditClause(staff, Neighbourhood.Community, covenant, null, "Be quiet", 0, ""))).Require();
        (await _lane.SendAsync(new CommentClause(_lane.Resident(0), Neighbourhood.Community, covenant, clause, "After ten"))).Require();
        (await _lane.SendAsync(new EditClause(staff, Neighbourhood.Community, covenant, clause, "Be quiet after ten", 1, "Comment"))).Require();
        Assert.Equal("covenant.clause-changed", await _lane.RefusedAsync(new EditClause(staff, Neighbourhood.Community, covenant, clause, "Other", 1, "Late")));
        AdoptCovenant adopt = new(staff, Neighbourhood.Community, covenant);
        await _lane.Database.SetCouncilTimeAsync(Closes.AddSeconds(-30));
        Assert.Equal("covenant.comments-open", await _lane.RefusedAsync(adopt));
        Assert.False(await MayAdoptAsync());
        Assert.Equal(Closes, await GoodFromAsync());
        SignCovenant sign = new(_lane.Resident(0), Neighbourhood.Community, covenant, " Resident0 ");
        Assert.Equal("covenant.not-adopted", await _lane.RefusedAsync(sign));

        await _lane.Database.SetCouncilTimeAsync(Closes);
        Assert.True(await MayAdoptAsync());
        Assert.Null(await GoodFromAsync());
        Assert.Equal(1, (await _lane.SendAsync(adopt)).Require());
        Assert.False(await MayAdoptAsync()); // once only
        Assert.Equal("Adopted", (await _lane.EventAsync("v1", "completed"))?["outcome"]?.ToString());
        Assert.Equal("covenant.name-differs", await _lane.RefusedAsync(sign with { TypedName = "Resident 1" }));
        (await _lane.SendAsync(sign)).Require();
        (await _lane.SendAsync(sign)).Require();

        var page = (await _lane.SendAsync(new GetCovenant(_lane.Resident(0), Neighbourhood.Community, covenant))).Require();
        Assert.Equal((1, true), (page.Signatures, page.IsSignedByMe));
        Assert.Null(page.SignaturesByBuilding["1"]); // one of a building could be pointed at
        Assert.Equal("Be quiet", page.Clauses[0].Before);
        Assert.Equal((true, false), await AskedAsync());
        await _lane.RunAsync("update project set state = 'Closed'");
        Assert.Equal((false, true), await AskedAsync()); // it stands, and nobody is asked to sign any more

        async Task<(bool IsAsked, bool IsProjectOver)> AskedAsync() => (
            (await _lane.SendAsync(new GetProject(_lane.Resident(1), Neighbourhood.Community, _lane.Project))).Require().Asked.Any(asked => asked.Kind == "Covenant"),
            Assert.Single((await _lane.SendAsync(new ListCovenants(_lane.Resident(1), Neighbourhood.Community, null))).Require()).IsProjectOver);

        // The inbox is the other door to the same act.
        async Task<DateTimeOffset?> GoodFromAsync() => (await _lane.SendAsync(new GetTask(staff, Neighbourhood.Community, task))).Require().GoodFrom;

        async Task<bool> MayAdoptAsync() => (await _lane.SendAsync(new GetCovenant(staff, Neighbourhood.Community, covenant))).Require().MayAdopt;
    }

    [Fact]
    public async Task An_evaluation_shows_no_figures_before_its_close_and_reminds_only_the_silent()
    {
        await _lane.CarryOutAsync(new OpenEvaluationCommand("Works", ["Quality", "Safety"], 3, 20, 80, 1, Neighbourhood.Monday, Closes), "v1");
        var evaluation = await IdAsync("evaluation");
        AnswerEvaluation Answer(int home, params int[] points) => new(_lane.Resident(home), Neighbourhood.Community, evaluation, points, "");
        for (var home = 0; home < 5; home++)
        {
            (await _lane.SendAsync(Answer(home, 5, home == 4 ? 2 : 4))).Require();
        }

        Assert.Equal("evaluation.points-invalid", await _lane.RefusedAsync(Answer(5, 6, 1)));
        Assert.Equal("evaluation.still-open", await _lane.RefusedAsync(new GetEvaluationResult(_lane.Resident(0), Neighbourhood.Community, evaluation)));
        await _lane.CarryOutAsync(new RemindEvaluatorsCommand("1wd"), "v1");
        Assert.Equal(5, await _lane.QueryAsync<int>("select count(*)::int from outbox_message where text_key = 'evaluation.message.reminder'"));

        await _lane.Database.SetCouncilTimeAsync(Closes);
        Assert.Equal("evaluation.window-closed", await _lane.RefusedAsync(Answer(5, 5, 5)));
        var decided = Assert.Single(await _lane.CarryOutAsync(new CloseEvaluationCommand(), "v1"));

        Assert.Equal(("Satisfied", "4/5"), (decided.Payload?["outcome"]?.ToString(), decided.Payload?["share"]?.ToString())); // exactly 80 %
        var result = (await _lane.SendAsync(new GetEvaluationResult(_lane.Resident(0), Neighbourhood.Community, evaluation))).Require();
        Assert.Equal([0, 0, 0, 0, 0, 5], result.Questions[0].Counts);
        Assert.Equal([0, 0, null, 0, null, 0], result.Questions[1].Counts);
    }
}
