using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>What desks keep besides projects: questions, resolutions and departments.</summary>
public static partial class Scenes
{
    private const string OpenQuestion = "select question_id::text from policy_question where community_id = @community and answered_at is null and department_id is not null order by asked_at limit 1";
    private const string NewQuestion = "select question_id::text from policy_question where community_id = @community and answered_at is null and department_id is null order by asked_at limit 1";
    private const string AnsweredQuestion = "select question_id::text from policy_question where community_id = @community and public_body is not null order by asked_at limit 1";
    private const string AnyDepartment = "select department_id::text from department where community_id = @community and ended_at is null order by name limit 1";

    private const string NewResolution = "select resolution_id::text from resolution where community_id = @community and department_id is null order by adopted_at limit 1";
    private const string OpenResolution = "select resolution_id::text from resolution where community_id = @community and department_id is not null and done_at is null order by adopted_at limit 1";
    private const string DoneResolution = "select resolution_id::text from resolution where community_id = @community and done_at is not null order by adopted_at limit 1";

    private static IEnumerable<Scene> Registers() =>
    [
        At("/staff/resolutions", "resolutions", Who.Staff, "/staff/resolutions"),
        At("/staff/resolutions", "resolutions-over", Who.Staff, "/staff/resolutions?show=over"),
        Of("/staff/resolutions/{id:guid}", "resolution-new", Who.Staff, "/staff/resolutions/*", NewResolution),
        Of("/staff/resolutions/{id:guid}", "resolution", Who.Admin, "/staff/resolutions/*", OpenResolution),
        Wrong("/staff/resolutions/{id:guid}", "resolution-wrong", Who.Admin, "/staff/resolutions/*", page => SubmitAsync(page, ("Proof", "")), OpenResolution),
        Of("/staff/resolutions/{id:guid}", "resolution-done", Who.Staff, "/staff/resolutions/*", DoneResolution),
        At("/board/resolutions", "board-resolutions", Who.Official, "/board/resolutions"),
        Of("/board/resolutions/{id:guid}", "board-resolution", Who.Official, "/board/resolutions/*", DoneResolution),
        At("/questions", "questions-stranger", Who.Stranger, "/questions"),
        At("/questions", "questions-asked", Who.Resident, "/questions") with { Act = page => SubmitAsync(page, ("Body", "换了门锁，社区登记的钥匙要不要更新？")), IsOnce = true },
        Wrong("/questions", "questions-wrong", Who.Resident, "/questions", page => SubmitAsync(page, ("Body", "？"))),
        At("/staff/questions", "staff-questions", Who.Staff, "/staff/questions"),
        At("/staff/questions", "staff-questions-answered", Who.Staff, "/staff/questions?show=answered"),
        Of("/staff/questions/{id:guid}", "staff-question-new", Who.Staff, "/staff/questions/*", NewQuestion),
        Of("/staff/questions/{id:guid}", "staff-question", Who.Admin, "/staff/questions/*", OpenQuestion),
        Wrong("/staff/questions/{id:guid}", "staff-question-wrong", Who.Admin, "/staff/questions/*", page => SubmitAsync(page, ("Answer", "")), OpenQuestion),
        Of("/staff/questions/{id:guid}", "staff-question-answered", Who.Staff, "/staff/questions/*", AnsweredQuestion),
        At("/staff/departments", "departments", Who.Staff, "/staff/departments"),
        Wrong("/staff/departments", "departments-wrong", Who.Staff, "/staff/departments", page => OpenAndSubmitAsync(page, "Name")),
        Of("/staff/departments/{id:guid}", "department", Who.Staff, "/staff/departments/*", AnyDepartment),
        Wrong("/staff/departments/{id:guid}", "department-wrong", Who.Staff, "/staff/departments/*", page => OpenAndSubmitAsync(page, "EndReason"), AnyDepartment),
    ];
}
