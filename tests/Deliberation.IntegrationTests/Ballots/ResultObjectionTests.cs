using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.Recounts;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notices;
using Deliberation.Process.Calendar;
using Deliberation.Process.Notices;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Objections to a ballot's result: whose they are, by when they are answered, twice at most, and what follows from one that is upheld.</summary>
public sealed class ResultObjectionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Only_people_of_the_ballots_roll_object_to_its_result_and_the_page_says_so()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var result = await PublishAsync(hall, "For", "For");
        var newcomer = (await hall.AddHouseholdAsync("9-901", 1980)).People[0];

        BallotHall.CodeOf(await hall.SendAsync(new FileObjection(hall.As(newcomer), hall.Community, result.Notice, "I was not asked"))).ShouldBe("ballot.not-on-roll");
        var page = (await hall.SendAsync(new GetNotice(hall.As(newcomer), hall.Community, result.Notice))).Require();
        (page.MayObject, page.Ballot).ShouldBe((false, result.Ballot));
        (await hall.SendAsync(new GetNotice(hall.As(result.People[0]), hall.Community, result.Notice))).Require().MayObject.ShouldBeTrue();
        (await hall.SendAsync(new FileObjection(hall.As(result.People[0]), hall.Community, result.Notice, "Two papers were left out"))).Require();

        // Every other notice is open to the whole community.
        var plan = await NoticeAsync(hall, "Plan");
        (await hall.SendAsync(new GetNotice(hall.As(newcomer), hall.Community, plan))).Require().Ballot.ShouldBeNull();
        (await hall.SendAsync(new FileObjection(hall.As(newcomer), hall.Community, plan, "Too wide"))).Require();
    }

    [Fact]
    public async Task Staff_hear_of_it_at_once_on_the_last_morning_and_the_level_above_when_it_is_late_unless_it_is_answered()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var above = await StaffAsync(hall, "Staff");
        await hall.ExecuteAsync(
            """
            insert into post (community_id, post_code, rung) values (@Community, 'Community', 1), (@Community, 'Subdistrict', 2);
            insert into post_holder (community_id, post_code, staff_id, is_substitute, held_from)
            values (@Community, 'Community', @Staff, false, '2020-01-01'), (@Community, 'Subdistrict', @above, false, '2020-01-01')
            """,
            new { hall.Community, hall.Staff, above = above.Staff });
        var result = await PublishAsync(hall, "For");
        var objection = (await hall.SendAsync(new FileObjection(hall.As(result.People[0]), hall.Community, result.Notice, "A paper was left out"))).Require();

        var filedAt = await hall.ScalarAsync<DateTime>("select filed_at from objection where objection_id = @objection", new { objection });
        var due = WorkingCalendar.China.EndOfWorkingDays(new DateTimeOffset(filedAt, TimeSpan.Zero), 3);
        (await hall.ScalarAsync<DateTime>("select due_at from objection where objection_id = @objection", new { objection })).ShouldBe(due.UtcDateTime);
        (await MessagesAsync(hall, "staff_id = @who", hall.Staff.Value)).ShouldBe("notice.message.objection-due notice.message.objection-filed");
        (await MessagesAsync(hall, "staff_id = @who", above.Staff!.Value.Value)).ShouldBe("notice.message.objection-late");
        (await hall.ScalarAsync<bool>("select not_before >= @due from outbox_message where community_id = @Community and text_key = 'notice.message.objection-late'", new { hall.Community, due })).ShouldBeTrue();
        (await hall.ScalarAsync<bool>("select not_before < @due and not_before > council_now() from outbox_message where community_id = @Community and text_key = 'notice.message.objection-due'", new { hall.Community, due }))
            .ShouldBeTrue();

        (await hall.SendAsync(new DecideObjection(hall.AsStaff(), hall.Community, objection, false, "All papers are there"))).Require();

        (await MessagesAsync(hall, "staff_id is not null", hall.Staff.Value)).ShouldBe("notice.message.objection-filed", "what was answered is not reminded of");
        (await MessagesAsync(hall, "resident_id = @who", result.People[0].Value)).ShouldContain("notice.message.dismissed");
    }

    [Fact]
    public async Task An_upheld_objection_says_what_follows_and_a_void_ballot_ends_its_notice_as_upheld()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var result = await PublishAsync(hall, "For", "For", "Against");
        var objection = (await hall.SendAsync(new FileObjection(hall.As(result.People[0]), hall.Community, result.Notice, "The wrong question was printed"))).Require();
        await hall.StepAsync(new CloseNoticeCommand(), result.Visit);

        BallotHall.CodeOf(await hall.SendAsync(new DecideObjection(hall.AsStaff(), hall.Community, objection, true, "You are right"))).ShouldBe("notice.remedy-required");
        (await hall.SendAsync(new DecideObjection(hall.AsStaff(), hall.Community, objection, true, "You are right", ObjectionRemedy.Void))).Require();

        var view = (await hall.SendAsync(new GetBallotResult(Caller.Anonymous, hall.Community, result.Ballot))).Require();
        (view.Ballot.State, view.Outcome).ShouldBe((BallotState.Voided, "Voided"));
        view.Totals.Single(t => t.Choice == "For").Units.ShouldBe(2, "the figures stay to be seen");
        (await OutcomeAsync(hall, result.Notice)).ShouldBe("Upheld");
        (await hall.ScalarAsync<int>("select count(*) from outbox_message where community_id = @Community and text_key = 'ballots.message.annulled'", new { hall.Community })).ShouldBe(3);
        BallotHall.CodeOf(await hall.SendAsync(new OrderRecount(hall.AsStaff(), hall.Community, result.Ballot, "Once more"))).ShouldBe("ballot.cancelled");
    }

    [Theory]
    [InlineData(false, "Clear")]
    [InlineData(true, "Upheld")]
    public async Task The_notice_waits_for_an_ordered_recount_and_is_upheld_only_when_another_outcome_comes_of_it(bool wasWrong, string outcome)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var result = await PublishAsync(hall, "For", "For", "Against");
        if (wasWrong)
        {
            await hall.ExecuteAsync(
                """update ballot set outcome = 'Rejected', result = jsonb_set(result, '{outcome}', '"Rejected"') where community_id = @Community and ballot_id = @Ballot""", new { hall.Community, result.Ballot });
        }

        var objection = (await hall.SendAsync(new FileObjection(hall.As(result.People[0]), hall.Community, result.Notice, "The sum is wrong"))).Require();
        await hall.StepAsync(new CloseNoticeCommand(), result.Visit);
        (await hall.SendAsync(new DecideObjection(hall.AsStaff(), hall.Community, objection, true, "We count again", ObjectionRemedy.Recount))).Require();
        (await OutcomeAsync(hall, result.Notice)).ShouldBeNull();
        var order = (await hall.SendAsync(new ListRecounts(hall.AsStaff(), hall.Community, result.Ballot))).Require().Orders.Single();
        (order.Cause, order.State).ShouldBe(("We count again", "Ordered"));

        (await hall.SendAsync(new ConfirmRecount(await StaffAsync(hall, "Staff"), hall.Community, result.Ballot, order.Id))).Require().IsChanged.ShouldBe(wasWrong);

        (await OutcomeAsync(hall, result.Notice)).ShouldBe(outcome);
        (await hall.ScalarAsync<string>("select payload ->> 'outcome' from workflow_inbox where community_id = @Community and name = 'decided'", new { hall.Community })).ShouldBe(outcome);
    }

    [Fact]
    public async Task A_recount_that_is_refused_ends_the_notice_too()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var result = await PublishAsync(hall, "For");
        var objection = (await hall.SendAsync(new FileObjection(hall.As(result.People[0]), hall.Community, result.Notice, "The sum is wrong"))).Require();
        await hall.StepAsync(new CloseNoticeCommand(), result.Visit);
        (await hall.SendAsync(new DecideObjection(hall.AsStaff(), hall.Community, objection, true, "We count again", ObjectionRemedy.Recount))).Require();
        var order = (await hall.SendAsync(new ListRecounts(hall.AsStaff(), hall.Community, result.Ballot))).Require().Orders.Single();

        (await hall.SendAsync(new RefuseRecount(await StaffAsync(hall, "Staff"), hall.Community, result.Ballot, order.Id))).Require();

        (await OutcomeAsync(hall, result.Notice)).ShouldBe("Clear");
    }

    [Fact]
    public async Task The_objector_asks_the_level_above_once_and_its_answer_is_final()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var result = await PublishAsync(hall, "For", "Against");
        var (me, neighbour) = (hall.As(result.People[0]), hall.As(result.People[1]));
        var official = await StaffAsync(hall, "Official");
        var objection = (await hall.SendAsync(new FileObjection(me, hall.Community, result.Notice, "A paper was left out"))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new AskAgain(me, hall.Community, objection, "Nobody answers"))).ShouldBe("notice.not-dismissed");
        (await hall.SendAsync(new DecideObjection(hall.AsStaff(), hall.Community, objection, false, "All papers are there"))).Require();
        await hall.StepAsync(new CloseNoticeCommand(), result.Visit);

        BallotHall.CodeOf(await hall.SendAsync(new AskAgain(neighbour, hall.Community, objection, "I think so too"))).ShouldBe("access.not-found");
        BallotHall.CodeOf(await hall.SendAsync(new AskAgain(me, hall.Community, objection, " "))).ShouldBe("notice.reason-length");
        (await hall.SendAsync(new AskAgain(me, hall.Community, objection, "Number 17 is missing"))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new AnswerAgain(hall.AsStaff(), hall.Community, objection, false, "No"))).ShouldBe("access.not-allowed");
        var waiting = (await hall.SendAsync(new ListAskedAgain(official, hall.Community))).Require().Single();
        (waiting.Id, waiting.AgainReason, waiting.Answer).ShouldBe((objection, "Number 17 is missing", "All papers are there"));
        (await MessagesAsync(hall, "staff_id = @who", official.Staff!.Value.Value)).ShouldBe("notice.message.objection-asked-again");
        (await hall.SendAsync(new AnswerAgain(official, hall.Community, objection, false, "We have seen number 17"))).Require();

        var line = (await hall.SendAsync(new GetNotice(me, hall.Community, result.Notice))).Require().Objections.Single();
        (line.State, line.SecondAnswer, line.AskAgainUntil).ShouldBe(("Dismissed", "We have seen number 17", null));
        BallotHall.CodeOf(await hall.SendAsync(new AskAgain(me, hall.Community, objection, "Still not content"))).ShouldBe("notice.final");
        BallotHall.CodeOf(await hall.SendAsync(new AnswerAgain(official, hall.Community, objection, true, "Yes", ObjectionRemedy.Void))).ShouldBe("notice.objection-answered");
    }

    [Fact]
    public async Task An_objection_that_is_asked_again_keeps_its_notice_waiting()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var result = await PublishAsync(hall, "For");
        var me = hall.As(result.People[0]);
        var objection = (await hall.SendAsync(new FileObjection(me, hall.Community, result.Notice, "A paper was left out"))).Require();
        (await hall.SendAsync(new DecideObjection(hall.AsStaff(), hall.Community, objection, false, "All papers are there"))).Require();
        (await hall.SendAsync(new AskAgain(me, hall.Community, objection, "Number 17 is missing"))).Require();
        await hall.StepAsync(new CloseNoticeCommand(), result.Visit);
        (await OutcomeAsync(hall, result.Notice)).ShouldBeNull();

        (await hall.SendAsync(new AnswerAgain(await StaffAsync(hall, "Official"), hall.Community, objection, true, "It is missing", ObjectionRemedy.Void))).Require();

        (await OutcomeAsync(hall, result.Notice)).ShouldBe("Upheld");
    }

    [Theory]
    [InlineData(-30, "accepted")]
    [InlineData(0, "notice.too-late-to-ask")]
    public async Task The_level_above_may_be_asked_until_the_end_of_the_seventh_day_exclusive(int seconds, string code)
    {
        await using var own = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(own);
        var result = await PublishAsync(hall, "For");
        var me = hall.As(result.People[0]);
        var objection = (await hall.SendAsync(new FileObjection(me, hall.Community, result.Notice, "A paper was left out"))).Require();
        (await hall.SendAsync(new DecideObjection(hall.AsStaff(), hall.Community, objection, false, "All papers are there"))).Require();
        var until = (await hall.SendAsync(new GetNotice(me, hall.Community, result.Notice))).Require().Objections.Single().AskAgainUntil!.Value;
        until.ShouldBe(WorkingCalendar.China.EndOfPeriod(await own.CouncilNowAsync(), 7));

        await own.SetCouncilTimeAsync(until.AddSeconds(seconds));

        BallotHall.CodeOf(await hall.SendAsync(new AskAgain(me, hall.Community, objection, "Number 17 is missing"))).ShouldBe(code);
    }

    [Fact]
    public async Task Who_signed_or_declared_the_count_does_not_decide_on_it()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var result = await PublishAsync(hall, "For");
        await hall.ExecuteAsync("update ballot set declared_by = @Staff, declared_at = council_now() where community_id = @Community", new { hall.Staff, hall.Community });
        var objection = (await hall.SendAsync(new FileObjection(hall.As(result.People[0]), hall.Community, result.Notice, "A paper was left out"))).Require();

        BallotHall.CodeOf(await hall.SendAsync(new DecideObjection(hall.AsStaff(), hall.Community, objection, false, "No"))).ShouldBe("notice.counted-by-you");
        (await hall.SendAsync(new DecideObjection(await StaffAsync(hall, "Staff"), hall.Community, objection, false, "No"))).Require();
    }

    private sealed record Published(BallotId Ballot, Guid Notice, string Visit, IReadOnlyList<ResidentId> People);

    private static async Task<Published> PublishAsync(BallotHall hall, params string[] votes)
    {
        var people = await hall.AddHouseholdsAsync(votes.Length);
        var ballot = await hall.OpenBallotAsync();
        foreach (var (person, choice) in people.Zip(votes))
        {
            (await hall.VoteAsync(person, ballot, choice)).Require();
        }

        await hall.CloseBallotAsync(ballot);
        await hall.ExecuteAsync("update ballot set state = 'Declared' where community_id = @Community and ballot_id = @ballot", new { hall.Community, ballot });
        var notice = await NoticeAsync(hall, "Result");
        return new Published(ballot, notice, await hall.ScalarAsync<string>("select visit_id from notice where notice_id = @notice", new { notice }), people);
    }

    private static async Task<Guid> NoticeAsync(BallotHall hall, string kind)
    {
        var visit = Guid.NewGuid().ToString("N");
        var now = await hall.Database.CouncilNowAsync();
        await hall.StepAsync(new PublishNoticeCommand(kind, kind, "", now, now.AddDays(7)), visit);
        return await hall.ScalarAsync<Guid>("select notice_id from notice where community_id = @Community and visit_id = @visit", new { hall.Community, visit });
    }

    private static async Task<string?> OutcomeAsync(BallotHall hall, Guid notice) =>
        await hall.ScalarAsync<string?>("select outcome from notice where notice_id = @notice", new { notice });

    private static Task<string> MessagesAsync(BallotHall hall, string whose, Guid who) => hall.ScalarAsync<string>(
        $"select coalesce(string_agg(distinct text_key, ' ' order by text_key), '') from outbox_message where community_id = @Community and {whose}", new { hall.Community, who });

    private static async Task<Caller> StaffAsync(BallotHall hall, string kind)
    {
        var staff = StaffId.New();
        await hall.ExecuteAsync(
            """
            insert into staff (staff_id, login, display_name, kind, password_hash) values (@staff, @login, 'Li', @kind, 'x');
            insert into staff_scope (community_id, staff_id) values (@Community, @staff)
            """,
            new { staff, login = $"li-{staff.Value:N}", kind, hall.Community });
        return hall.AsStaff(Enum.Parse<CallerKind>(kind)) with { Staff = staff };
    }
}
