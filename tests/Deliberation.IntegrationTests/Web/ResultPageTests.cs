using System.Net;
using AngleSharp.Dom;
using Deliberation.Process.Texts;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>Ballots with options: abstaining on the paper, and bars on the scale of all papers in the result.</summary>
public sealed class ResultPageTests(WebHost host) : IClassFixture<WebHost>
{
    private const string Project = "00000000-0000-7000-8000-000000000021";

    private static readonly TextCatalog Texts = new(typeof(Program).Assembly);

    [Fact]
    public async Task Abstaining_is_offered_as_a_choice_of_its_own_alone()
    {
        await AddBallotAsync(31, """{"rule":"OfficeElection","seats":2}""", """[{"id":"a","text":"Ann"},{"id":"b","text":"Ben"}]""", "null", "null");
        await ExecuteAsync(
            """
            with h as (insert into household (community_id, household_id, building, door) values (1, gen_random_uuid(), 'B1', '1-131') returning household_id),
            r as (insert into resident (community_id, resident_id, household_id, full_name, birth_year) select 1, gen_random_uuid(), household_id, 'Wen Qing', 1960 from h returning resident_id),
            e as (insert into roll_entry (community_id, ballot_id, unit_key, label, building, persons, area_hundredths) values (1, '00000000-0000-7000-8000-000000000031', 'h:1', '1-131', 'B1', 1, 0)),
            p as (insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key) select 1, '00000000-0000-7000-8000-000000000031', resident_id, 'h:1' from r)
            insert into entry_token (community_id, token_id, token_hash, household_id) select 1, gen_random_uuid(), sha256('demo-1-131'), household_id from h
            """);
        using var browser = host.Open();
        await browser.SendAsync("/q/demo-1-131");
        const string Ballot = "/ballots/00000000-0000-7000-8000-000000000031";

        var both = await browser.SendAsync(Ballot, ("Choices", "a"), ("Choices", "Abstain"));
        both.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var kept = await Browser.ParseAsync(both);
        kept.QuerySelectorAll("input[name=Choices]").Where(box => box.IsChecked()).Select(box => box.GetAttribute("value")).ShouldBe(["a", "Abstain"]);

        kept.QuerySelectorAll(".sheet b").Select(label => label.TextContent).ShouldContain(Chinese("vote.how-elected"));
        kept.QuerySelector(".sheet")!.TextContent.ShouldContain(Chinese("vote.count.OfficeElection.Households", ("seats", "2")));

        var check = await browser.SendAsync(Ballot, ("Choices", "Abstain"));
        check.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var words = kept.QuerySelector("input[value=Abstain]")!.ParentElement!.QuerySelector("bdi")!.TextContent;
        (await browser.ReadAsync(check.Headers.Location!.ToString())).QuerySelector("dd.lead")!.TextContent.Trim().ShouldBe(words);
    }

    [Fact]
    public async Task A_candidates_bar_stands_on_all_papers_with_a_line_at_half()
    {
        await AddBallotAsync(
            32, """{"rule":"OfficeElection","seats":1}""", """[{"id":"a","text":"Ann"},{"id":"b","text":"Ben"}]""", "'Filled'",
            """
            '{"elected":["a"],"turnout":{"rollUnits":150,"rollPersons":150,"rollAreaHundredths":0,"returnedUnits":100,"returnedPersons":100,"returnedAreaHundredths":0,"spoilt":4},
              "totals":[{"choice":"a","text":"Ann","units":60,"persons":60,"areaHundredths":0},{"choice":"b","text":"Ben","units":30,"persons":30,"areaHundredths":0},{"choice":"Abstain","units":6,"persons":6,"areaHundredths":0}],
              "explanation":{"rule":"OfficeElection","articles":[],"steps":[],"tests":[
                {"code":"threshold","measure":"Votes","actual":60,"base":100,"numerator":1,"denominator":2,"comparison":"MoreThan","subject":"a"},
                {"code":"threshold","measure":"Votes","actual":30,"base":100,"numerator":1,"denominator":2,"comparison":"MoreThan","subject":"b"}]}}'
            """);
        using var browser = host.Open();

        var page = await browser.ReadAsync("/results/00000000-0000-7000-8000-000000000032");

        page.QuerySelectorAll(".meter rect.f1").Select(bar => bar.GetAttribute("width")).ShouldBe(["60.00%", "30.00%"]);
        page.QuerySelectorAll(".meter line.tick").Select(line => line.GetAttribute("x1")).ShouldBe(["50.00%", "50.00%"]);
        page.QuerySelectorAll(".meter").Select(meter => meter.QuerySelector(".st") is not null).ShouldBe([true, false]);
    }

    [Fact]
    public async Task A_budget_says_how_many_were_chosen_of_how_many_and_its_bars_stand_on_the_valid_papers()
    {
        await AddBallotAsync(
            33, """{"rule":"EqualShares","budgetFen":100000}""", """[{"id":"a","text":"Ramp","costFen":40000},{"id":"b","text":"Bins","costFen":30000},{"id":"c","text":"Lights","costFen":70000}]""", "'Passed'",
            """
            '{"funded":["a","b"],"budgetFen":100000,"costFen":70000,"unfunded":[{"id":"c","reason":"SupportersSpent","missingFen":40000}],
              "turnout":{"rollUnits":150,"rollPersons":150,"rollAreaHundredths":0,"returnedUnits":100,"returnedPersons":100,"returnedAreaHundredths":0,"spoilt":20},
              "totals":[{"choice":"a","text":"Ramp","units":60,"persons":60,"areaHundredths":0},{"choice":"b","text":"Bins","units":40,"persons":40,"areaHundredths":0},{"choice":"c","text":"Lights","units":20,"persons":20,"areaHundredths":0}],
              "explanation":{}}'
            """);
        using var browser = host.Open();

        var page = await browser.ReadAsync("/results/00000000-0000-7000-8000-000000000033");

        var found = page.QuerySelector(".sealed p.n")!.TextContent;
        found.ShouldContain("2");
        found.ShouldContain("3");
        var because = page.QuerySelector(".sealed p:not(.n)")!.TextContent;
        because.ShouldContain("700");
        because.ShouldContain("1,000");
        page.QuerySelectorAll(".sheet > p").Select(line => line.TextContent).ShouldContain(Chinese("result.budget-rest", ("rest", "¥300"))); // of the chosen's 700
        page.QuerySelectorAll(".sheet > p").Select(line => line.TextContent).ShouldContain(Chinese("result.turnout", ("whole", Households(150)), ("part", Households(100))));
        page.QuerySelectorAll("td rect:not(.track)").Select(bar => bar.GetAttribute("width")).ShouldBe(["75.0%", "50.0%", "25.0%"]);
    }

    [Fact]
    public async Task A_question_shows_all_three_answers_under_the_bar_of_agreeing()
    {
        await AddBallotAsync(
            34, """{"rule":"Majority"}""", "[]", "'Passed'",
            """
            '{"turnout":{"rollUnits":150,"rollPersons":150,"rollAreaHundredths":0,"returnedUnits":129,"returnedPersons":129,"returnedAreaHundredths":0,"spoilt":0},
              "totals":[{"choice":"For","units":114,"persons":114,"areaHundredths":0},{"choice":"Against","units":9,"persons":9,"areaHundredths":0},{"choice":"Abstain","units":6,"persons":6,"areaHundredths":0}],
              "explanation":{"rule":"Majority","articles":[],"steps":[],"tests":[
                {"code":"threshold","measure":"Persons","actual":114,"base":129,"numerator":3,"denominator":4,"comparison":"AtLeast"}]}}'
            """);
        using var browser = host.Open();

        var page = await browser.ReadAsync("/results/00000000-0000-7000-8000-000000000034");

        page.QuerySelector(".meter p")!.TextContent.ShouldBe(Chinese(
            "result.sentence.answers", ("for", Households(114)), ("against", Households(9)), ("abstain", Households(6)), ("whole", Households(129)),
            ("need", Chinese("result.need", ("amount", Households(97))))));
    }

    [Fact]
    public async Task Objections_stand_open_only_while_the_result_s_own_notice_runs()
    {
        await AddBallotAsync(35, """{"rule":"Majority"}""", "[]", "'Rejected'", "'{}'");
        const string Own = "(select instance_id from ballot where ballot_id = '00000000-0000-7000-8000-000000000035')";
        using var browser = host.Open();
        (await ReadAsync()).ShouldBe((false, false)); // never published

        await AddNoticeAsync("gen_random_uuid()", 41); // another workflow's: an evaluation, a purchase
        (await ReadAsync()).ShouldBe((false, false));

        await AddNoticeAsync(Own, 42);
        (await ReadAsync()).ShouldBe((true, false));

        await ExecuteAsync("update notice set opens_at = council_now() - interval '1 day', closes_at = council_now() where notice_id = '00000000-0000-7000-8000-000000000042'");
        await ExecuteAsync("update ballot set closed_at = council_now() - interval '2 days' where ballot_id = '00000000-0000-7000-8000-000000000035'");
        (await ReadAsync()).ShouldBe((false, true)); // at its own end it is over, answered or not

        async Task<(bool MayObject, bool HasEnded)> ReadAsync()
        {
            var page = await browser.ReadAsync("/results/00000000-0000-7000-8000-000000000035");
            return (page.QuerySelector(".noprint a.btn") is not null, page.QuerySelector(".noprint p")!.TextContent.Contains(Chinese("result.object-ended").Split('}')[1], StringComparison.Ordinal));
        }

        Task AddNoticeAsync(string instance, int number) => ExecuteAsync(
            $"""
            insert into notice (community_id, notice_id, project_id, instance_id, visit_id, kind, title, body, opens_at, closes_at)
            values (1, '00000000-0000-7000-8000-0000000000{number}', '{Project}', {instance}, 'n', 'Result', 'Result', '', council_now(), council_now() + interval '7 days')
            """);
    }

    private static string Households(int count) => Chinese("figure.households", ("count", $"{count}"));

    /// <summary>A text as residents read it who chose no language, its gaps filled as they stand on the page.</summary>
    private static string Chinese(string key, params (string Gap, string Words)[] gaps) =>
        gaps.Aggregate(Texts.Get("zh-Hans", key), (text, gap) => text.Replace($"{{{gap.Gap}}}", gap.Words, StringComparison.Ordinal));

    private Task AddBallotAsync(int number, string rule, string options, string outcome, string result) => ExecuteAsync(
        $"""
        insert into project (community_id, project_id, title, template_id, template_version, state) values (1, '{Project}', 'Court', 't', 1, 'InPlan') on conflict do nothing;
        insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, options, max_choices, opens_at, closes_at, state,
            roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, outcome, result, closed_at)
        values (1, '00000000-0000-7000-8000-0000000000{number}', '{Project}', gen_random_uuid(), 'v', 'Who?', '{rule}', 'Households', 'Named',
            'residents-committee-2026', 1, '{options}', 2, council_now() - interval '1 hour', council_now() + interval '1 day', case when {outcome} is null then 'Open' else 'Declared' end,
            150, 150, 0, '\x00', sha256('roll'), {outcome}, {result}::jsonb, case when {outcome} is null then null else council_now() end)
        """);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = host.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
