using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>What desks keep besides projects: questions, resolutions, departments with their lists and packs, zones.</summary>
public static partial class Scenes
{
    private const string OpenQuestion = "select question_id::text from policy_question where community_id = @community and answered_at is null and department_id is not null order by asked_at limit 1";
    private const string NewQuestion = "select question_id::text from policy_question where community_id = @community and answered_at is null and department_id is null order by asked_at limit 1";
    private const string AnsweredQuestion = "select question_id::text from policy_question where community_id = @community and public_body is not null order by asked_at limit 1";
    private const string ListedDepartment = "select department_id::text from tracked_matter where community_id = @community and closed_at is null limit 1";
    private const string OpenMatter = "select matter_id::text from tracked_matter where community_id = @community and list_no = 2 limit 1";
    private const string AnyZone = "select zone_id::text from zone_attendance where community_id = @community limit 1";

    /// <summary>The fullest one.</summary>
    private const string MadePack =
        "select '/staff/packs/' || department_id || '/' || to_char(month, 'YYYY-MM') from monthly_pack_line where community_id = @community group by department_id, month order by count(*) desc limit 1";

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
        Wrong("/staff/departments/{id:guid}", "department-add-wrong", Who.Staff, "/staff/departments/*", page => OpenAndSubmitAsync(page, "Title"), ListedDepartment),
        Wrong("/staff/departments/{id:guid}", "department-names-wrong", Who.Staff, "/staff/departments/*", page => OpenAndSubmitAsync(page, "Names"), ListedDepartment),
        Of("/staff/matters/{id:guid}", "matter", Who.Staff, "/staff/matters/*", OpenMatter),
        Wrong("/staff/matters/{id:guid}", "matter-wrong", Who.Staff, "/staff/matters/*", page => SubmitAsync(page, ("Reason", "")), OpenMatter),
        Of("/staff/matters/{id:guid}", "matter-closed", Who.Staff, "/staff/matters/*", "select matter_id::text from tracked_matter where community_id = @community and closed_at is not null limit 1"),
        new("/staff/packs/{department:guid}/{month:length(7)}", "pack", Who.Staff, world => world.OneAsync(MadePack)),
        At("/staff/zones", "zones", Who.Staff, "/staff/zones"),
        Wrong("/staff/zones", "zones-wrong", Who.Staff, "/staff/zones", page => OpenAndSubmitAsync(page, "Street")),
        Of("/staff/zones/{id:guid}", "zone", Who.Admin, "/staff/zones/*", AnyZone),
        Wrong("/staff/zones/{id:guid}", "zone-wrong", Who.Admin, "/staff/zones/*", page => SubmitAsync(page, ("Note", "")), AnyZone),
        Of("/staff/departments/{id:guid}", "department", Who.Staff, "/staff/departments/*", ListedDepartment),
        Wrong("/staff/departments/{id:guid}", "department-wrong", Who.Staff, "/staff/departments/*", page => OpenAndSubmitAsync(page, "EndReason"), ListedDepartment),
    ];
}
