using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Foundation;
using Deliberation.Features.Questions;
using Deliberation.Features.Routines;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.IntegrationTests.Duties;
using Deliberation.Process.Questions;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Registers;

/// <summary>Residents' questions: one answer with a date, in time or pressed for.</summary>
[Collection(RegisterTests.Name)]
public sealed class QuestionTests(TestDatabase database)
{
    private const string Body = "May the lift's cost be shared?";

    [Fact]
    [Mechanism("M2.12", Page = "/staff/questions/{id}")]
    public async Task An_unanswered_question_reminds_the_working_day_before_and_goes_up_the_working_day_after_each_once()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-09-29 10:00");
        await using var _ = hall;
        var asker = await AskerAsync(hall);
        var question = (await hall.SendAsync(new AskQuestion(asker, hall.Community, Body, true))).Require();
        (await hall.ToldAsync("question.message.asked", chair)).ShouldBe(1);
        await AssignAsync(hall, question, "GroupLeader");
        (await hall.ToldAsync("question.message.assigned", hall.Staff)).ShouldBe(1);

        // 30 September, 8 and 9 October are its working days; Saturday 10 October is worked.
        await hall.GoToAsync("2026-10-08 08:59");
        (await hall.ToldAsync("question.message.remind", hall.Staff)).ShouldBe(0);
        await hall.GoToAsync("2026-10-08 09:00");
        await hall.GoToAsync("2026-10-09 23:59");
        (await hall.ToldAsync("question.message.remind", hall.Staff)).ShouldBe(1);
        await hall.GoToAsync("2026-10-10 08:59");
        (await hall.ToldAsync("question.message.late", chair)).ShouldBe(0);
        await hall.GoToAsync("2026-10-10 09:00");
        await hall.GoToAsync("2026-10-12 10:00");
        (await hall.ToldAsync("question.message.late", hall.Staff)).ShouldBe(1);
        (await hall.ToldAsync("question.message.late", chair)).ShouldBe(1);
        (await hall.ToldAsync("question.message.remind", hall.Staff)).ShouldBe(1);
        var page = await PageAsync(hall, question);
        (page.Question.EscalatedTo, page.Question.Standing(page.Now)).ShouldBe(("Community", QuestionStanding.Late));

        (await hall.SendAsync(new AnswerQuestion(hall.As(chair), hall.Community, question, "Yes, as those who agree decide.", true, "May a lift's cost be shared?"))).Require(); // the post above answers
        var told = (await BookAsync(hall, asker)).Mine.ShouldHaveSingleItem();
        (told.Answer, told.Department).ShouldBe(("Yes, as those who agree decide.", "GroupLeader office"));
        told.AnsweredAt!.Value.ShouldBe(PostHall.At("2026-10-12 10:00"), TimeSpan.FromMinutes(1));
        (await hall.ScalarAsync<int>("select count(*)::int from outbox_message where community_id = @Community and resident_id = @Resident and text_key = 'question.message.answered'", new { hall.Community, asker.Resident })).ShouldBe(1);
    }

    [Fact]
    public async Task Answered_in_time_nobody_is_pressed()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var _ = hall;
        var question = (await hall.SendAsync(new AskQuestion(await AskerAsync(hall), hall.Community, Body, false))).Require();
        await AssignAsync(hall, question, "GroupLeader");
        (await hall.SendAsync(new AnswerQuestion(hall.AsStaff(), hall.Community, question, "Yes.", false, null))).Require();

        foreach (var time in new[] { "2026-11-25 09:00", "2026-11-27 09:00" })
        {
            await hall.GoToAsync(time);
        }

        (await hall.ToldAsync("question.message.remind", hall.Staff) + await hall.ToldAsync("question.message.late", hall.Staff) + await hall.ToldAsync("question.message.late", chair)).ShouldBe(0);
    }

    [Fact]
    public async Task Nobodys_question_presses_the_communitys_post_past_a_vacant_one_and_after_an_outage_only_upwards()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var _ = hall;
        var question = (await hall.SendAsync(new AskQuestion(await AskerAsync(hall), hall.Community, Body, false))).Require();
        await using var second = hall.Node();
        await using var third = hall.Node();
        await database.SetCouncilTimeAsync(PostHall.At("2026-12-03 09:00").ToUniversalTime());

        await Task.WhenAll(new[] { hall.Service<RoutineLoop>(), second.Service<RoutineLoop>(), third.Service<RoutineLoop>() }.Select(loop => Task.Run(() => loop.RunDueAsync(CancellationToken.None))));
        await hall.GoToAsync("2026-12-03 09:00"); // whatever a slower node left

        (await hall.ToldAsync("question.message.remind", chair)).ShouldBe(0);
        (await hall.ToldAsync("question.message.late", chair)).ShouldBe(2); // as the community's post, and as the district's: the subdistrict is vacant
        (await PageAsync(hall, question)).Question.EscalatedTo.ShouldBe("District");
        (await hall.ScalarAsync<int>("select count(*)::int from audit_entry where community_id = @Community and action = 'TellOfQuestion' and details ->> 'late' = 'true'", new { hall.Community })).ShouldBe(1);
    }

    [Fact]
    public async Task Only_what_is_marked_public_is_read_by_all_and_without_names()
    {
        var (hall, _) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var __ = hall;
        var asker = await AskerAsync(hall);
        var other = await AskerAsync(hall, "2-202");
        var shown = (await hall.SendAsync(new AskQuestion(asker, hall.Community, "I am Zhang of 1-101: may I build a lift?", true))).Require();
        var kept = (await hall.SendAsync(new AskQuestion(asker, hall.Community, "Where do I hand in my papers?", true))).Require();
        var secret = (await hall.SendAsync(new AskQuestion(asker, hall.Community, "Am I owed an allowance?", false))).Require();
        foreach (var question in new[] { shown, kept, secret })
        {
            await AssignAsync(hall, question, "GroupLeader");
        }

        var answer = new AnswerQuestion(hall.AsStaff(), hall.Community, shown, "Yes, you may.", true, "May a lift be built?");
        BallotHall.CodeOf(await hall.SendAsync(answer with { Question = secret })).ShouldBe("question.not-publishable");
        BallotHall.CodeOf(await hall.SendAsync(answer with { PublicBody = "May" })).ShouldBe("question.public-body-length");
        (await hall.SendAsync(answer)).Require();
        (await hall.SendAsync(answer with { Question = kept, IsPublic = false })).Require();
        (await hall.SendAsync(answer with { Question = secret, IsPublic = false })).Require();

        var strangers = await BookAsync(hall, Caller.Anonymous);
        strangers.Mine.ShouldBeEmpty();
        strangers.Public.Items.ShouldHaveSingleItem().Body.ShouldBe("May a lift be built?");
        (await BookAsync(hall, asker)).Mine.Count.ShouldBe(3);
        (await BookAsync(hall, other)).Mine.ShouldBeEmpty();
        (await PageAsync(hall, shown)).Question.Asker.ShouldBe("Z*n");
    }

    [Fact]
    public async Task A_question_is_asked_and_answered_within_its_bounds()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var _ = hall;
        var ask = new AskQuestion(await AskerAsync(hall), hall.Community, Body, true);
        BallotHall.CodeOf(await hall.SendAsync(ask with { Caller = hall.AsStaff() })).ShouldBe("access.not-allowed");
        BallotHall.CodeOf(await hall.SendAsync(ask with { Caller = Caller.Anonymous })).ShouldBe("access.not-found");
        BallotHall.CodeOf(await hall.SendAsync(ask with { Body = "Why?" })).ShouldBe("question.body-length");
        BallotHall.CodeOf(await hall.SendAsync(ask with { Body = new string('x', 1001) })).ShouldBe("question.body-length");
        var question = (await hall.SendAsync(ask)).Require();
        BallotHall.CodeOf(await hall.SendAsync(ask)).ShouldBe("question.asked-already");
        foreach (var body in new[] { "Why??", new string('x', 1000), "A third", "A fourth" })
        {
            (await hall.SendAsync(ask with { Body = body })).Require();
        }

        BallotHall.CodeOf(await hall.SendAsync(ask with { Body = "A sixth" })).ShouldBe("question.too-many");

        var answer = new AnswerQuestion(hall.As(chair), hall.Community, question, "Yes", false, null);
        BallotHall.CodeOf(await hall.SendAsync(answer)).ShouldBe("question.department-first");
        var department = await AssignAsync(hall, question, "Community");
        BallotHall.CodeOf(await hall.SendAsync(answer with { Caller = hall.AsStaff() })).ShouldBe("question.not-yours"); // the group's post stands below
        BallotHall.CodeOf(await hall.SendAsync(answer with { Answer = "Y" })).ShouldBe("question.answer-length");
        BallotHall.CodeOf(await hall.SendAsync(answer with { Answer = new string('x', 2001) })).ShouldBe("question.answer-length");
        BallotHall.CodeOf(await hall.SendAsync(answer with { Question = Guid.NewGuid() })).ShouldBe("access.not-found");

        var group = (await hall.SendAsync(new AddDepartment(hall.AsStaff(), hall.Community, "Group", "GroupLeader"))).Require();
        var move = new AssignQuestion(hall.AsStaff(), hall.Community, question, group, " ");
        BallotHall.CodeOf(await hall.SendAsync(move)).ShouldBe("task.reason-missing");
        BallotHall.CodeOf(await hall.SendAsync(move with { Department = null })).ShouldBe("department.unknown");
        BallotHall.CodeOf(await hall.SendAsync(new EndDepartment(hall.AsStaff(), hall.Community, department, "Merged"))).ShouldBe("department.has-open");
        (await hall.SendAsync(move with { Reason = "It is the group's" })).Require();
        (await hall.SendAsync(answer with { Caller = hall.AsStaff() })).Require();
        BallotHall.CodeOf(await hall.SendAsync(answer)).ShouldBe("question.already-answered");
        BallotHall.CodeOf(await hall.SendAsync(move with { Reason = "Late" })).ShouldBe("question.already-answered");
        (await hall.SendAsync(ask with { Body = "A sixth" })).Require(); // one is answered
    }

    [Fact]
    public async Task A_department_is_added_once_within_its_bounds_and_ended_with_a_reason()
    {
        var (hall, _) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var __ = hall;
        var add = new AddDepartment(hall.AsStaff(), hall.Community, "Works office", "Subdistrict");
        BallotHall.CodeOf(await hall.SendAsync(add with { Name = "x" })).ShouldBe("department.name-length");
        BallotHall.CodeOf(await hall.SendAsync(add with { Name = new string('x', 61) })).ShouldBe("department.name-length");
        BallotHall.CodeOf(await hall.SendAsync(add with { Post = "King" })).ShouldBe("department.post-unknown");
        BallotHall.CodeOf(await hall.SendAsync(add with { Caller = hall.AsStaff(CallerKind.Official) })).ShouldBe("access.not-allowed");
        var department = (await hall.SendAsync(add)).Require();
        BallotHall.CodeOf(await hall.SendAsync(add)).ShouldBe("department.there-already");

        var end = new EndDepartment(hall.AsStaff(), hall.Community, department, "Merged");
        BallotHall.CodeOf(await hall.SendAsync(end with { Reason = " " })).ShouldBe("task.reason-missing");
        BallotHall.CodeOf(await hall.SendAsync(end with { Department = Guid.NewGuid() })).ShouldBe("access.not-found");
        (await hall.SendAsync(end)).Require();
        BallotHall.CodeOf(await hall.SendAsync(end)).ShouldBe("department.already-ended");
        (await hall.SendAsync(new ListDepartments(hall.AsStaff(CallerKind.Official), hall.Community))).Require().Active.ShouldBeEmpty();
        (await hall.SendAsync(add)).Require();
    }

    private static async Task<Caller> AskerAsync(BallotHall hall, string door = "1-101") => hall.As((await hall.AddHouseholdAsync(door, 1960)).People[0]);

    /// <summary>To a new department that the post acts for.</summary>
    private static async Task<Guid> AssignAsync(BallotHall hall, Guid question, string post)
    {
        var known = (await hall.SendAsync(new ListDepartments(hall.AsStaff(), hall.Community))).Require().Active.FirstOrDefault(d => d.Post == post)?.Id;
        var department = known ?? (await hall.SendAsync(new AddDepartment(hall.AsStaff(), hall.Community, $"{post} office", post))).Require();
        (await hall.SendAsync(new AssignQuestion(hall.AsStaff(), hall.Community, question, department, null))).Require();
        return department;
    }

    private static async Task<QuestionPage> PageAsync(BallotHall hall, Guid question) => (await hall.SendAsync(new GetQuestion(hall.AsStaff(), hall.Community, question))).Require();

    private static async Task<QuestionBook> BookAsync(BallotHall hall, Caller reader) => (await hall.SendAsync(new ReadQuestions(reader, hall.Community, new PageRequest(1)))).Require();
}
