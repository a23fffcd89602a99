using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Deliberation.Domain.Ballots;
using Deliberation.Process.Texts;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>Papers that rank, score or give a reason, filled in without script; and results that tell how they were counted.</summary>
public sealed class RulePageTests(WebHost host) : IClassFixture<WebHost>
{
    private const string Sites = """[{"id":"n","text":"North"},{"id":"c","text":"Centre"},{"id":"k","text":"Canal"}]""";
    private static readonly TextCatalog Texts = new(typeof(Program).Assembly);

    [Fact]
    public async Task A_ranking_goes_from_the_selects_over_the_check_to_the_receipt()
    {
        using var browser = await OpenAsync(51, """{"rule":"InstantRunoff","lotHash":"9f86d081884c7d65"}""", Sites);
        var ballot = Address(51);
        var empty = await browser.SendAsync(ballot);
        empty.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Browser.ParseAsync(empty)).QuerySelector(".errs a")!.GetAttribute("href").ShouldBe("#Choices");
        (await browser.ReadAsync(ballot)).QuerySelector(".sheet")!.TextContent.ShouldContain("9f86d081884c"); // the seal of the lot

        var tied = await Browser.ParseAsync(await browser.SendAsync(ballot, ("Figure0", "1"), ("Figure1", "1")));
        tied.QuerySelector("#Choices-wrong")!.TextContent.ShouldBe(Texts.Get("zh-Hans", "ballot.rank-tie"));
        tied.QuerySelectorAll<IHtmlSelectElement>("select").Select(select => select.Value).ShouldBe(["1", "1", ""], "what was chosen is kept");

        var check = (await browser.SendAsync(ballot, ("Figure0", "2"), ("Figure1", "1"))).Headers.Location!.ToString();
        var said = (await browser.ReadAsync(check)).QuerySelector("dd.lead")!.TextContent;
        said.IndexOf("Centre", StringComparison.Ordinal).ShouldBeLessThan(said.IndexOf("North", StringComparison.Ordinal));
        said.ShouldContain("Canal", customMessage: "what was left out is told");
        var change = await browser.ReadAsync((await browser.ReadAsync(check)).QuerySelector(".sum a")!.GetAttribute("href")!);
        change.QuerySelectorAll<IHtmlSelectElement>("select").Select(select => select.Value).ShouldBe(["2", "1", ""]);

        (await browser.SendAsync(check)).Headers.Location!.ToString().ShouldStartWith("/receipts/");
        (await ChoicesAsync(51)).Order().ShouldBe(["c=1", "n=2"]);
    }

    [Fact]
    public async Task Scores_are_rows_of_buttons_and_what_is_left_out_counts_nothing()
    {
        using var browser = await OpenAsync(52, """{"rule":"Star","maxScore":5}""", Sites);
        var page = await browser.ReadAsync(Address(52));
        page.QuerySelectorAll("input[type=radio]").Length.ShouldBe(18);
        var check = (await browser.SendAsync(Address(52), ("Figure0", "0"), ("Figure1", "5"))).Headers.Location!.ToString();
        (await browser.ReadAsync(check)).QuerySelector("dd.lead")!.TextContent.ShouldContain("5");
        await browser.SendAsync(check);
        (await ChoicesAsync(52)).Order().ShouldBe(["c=5", "n=0"]);
    }

    [Fact]
    public async Task Figures_and_an_abstention_do_not_go_together()
    {
        using var browser = await OpenAsync(53, """{"rule":"Schulze"}""", Sites);
        var both = await Browser.ParseAsync(await browser.SendAsync(Address(53), ("Figure0", "1"), ("Choices", "Abstain")));
        both.QuerySelector("#Choices-wrong")!.TextContent.ShouldBe(Texts.Get("zh-Hans", "vote.abstain-alone"));
        both.QuerySelector<IHtmlSelectElement>("select")!.Value.ShouldBe("1");
        both.QuerySelector<IHtmlInputElement>("input[value=Abstain]")!.IsChecked.ShouldBeTrue();
        (await browser.SendAsync(Address(53), ("Choices", "Abstain"))).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Theory] // D43, D44: values no form of ours sends
    [InlineData(54, """{"rule":"Schulze"}""", "Figure0", "0")]
    [InlineData(55, """{"rule":"Schulze"}""", "Figure0", "NaN")]
    [InlineData(56, """{"rule":"Score"}""", "Figure0", "-1")]
    [InlineData(57, """{"rule":"Score"}""", "Figure0", "1e309")]
    [InlineData(58, """{"rule":"Score"}""", "Figure0", "1000000000000000000000000000000")]
    [InlineData(59, """{"rule":"Plurality"}""", "Choices", "x")]
    public async Task What_no_form_sends_is_refused_and_stored_nowhere(int number, string rule, string field, string value)
    {
        using var browser = await OpenAsync(number, rule, Sites);
        var page = await browser.ReadAsync(Address(number));
        var token = page.QuerySelector<IHtmlInputElement>("main input[name=__RequestVerificationToken]")!.Value;
        var answer = await browser.PostAsync(Address(number), ("__RequestVerificationToken", token), (field, value));
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await ChoicesAsync(number)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_objects_is_asked_why()
    {
        using var browser = await OpenAsync(60, """{"rule":"Consent"}""", "[]");
        var without = await Browser.ParseAsync(await browser.SendAsync(Address(60), ("Choices", "Against")));
        without.QuerySelector(".errs a")!.GetAttribute("href").ShouldBe("#Reason");
        without.QuerySelector("input[value=Against]")!.IsChecked().ShouldBeTrue();
        var check = (await browser.SendAsync(Address(60), ("Choices", "Against"), ("Reason", "晚上太吵，影响孩子睡觉"))).Headers.Location!.ToString();
        (await browser.ReadAsync(check)).QuerySelector("dd.lead")!.TextContent.ShouldContain("晚上太吵，影响孩子睡觉");
        await browser.SendAsync(check);
        (await ChoicesAsync(60)).ShouldBe(["Against", "because:晚上太吵，影响孩子睡觉"]);
    }

    [Theory]
    [InlineData("""{"rule":"TwoThirds"}""")]
    [InlineData("""{"rule":"AllButK","k":2}""")]
    [InlineData("""{"rule":"Unanimous"}""")]
    [InlineData("""{"rule":"Recall"}""")]
    [InlineData("""{"rule":"ChangeOfUse"}""")]
    [InlineData("""{"rule":"Meeting","body":"GroupMeeting","form":"Households"}""")]
    [InlineData("""{"rule":"Consent","round":3,"fallback":{"rule":"Majority"}}""")]
    public async Task Every_question_says_how_it_is_decided(string rule) => await SaysHowAsync(rule, "[]");

    [Theory]
    [InlineData("""{"rule":"Plurality"}""")]
    [InlineData("""{"rule":"Limited","seats":2}""")]
    [InlineData("""{"rule":"Approval","minApproval":"1/2"}""")]
    [InlineData("""{"rule":"Score"}""")]
    [InlineData("""{"rule":"Star"}""")]
    [InlineData("""{"rule":"Borda"}""")]
    [InlineData("""{"rule":"Condorcet"}""")]
    [InlineData("""{"rule":"Schulze"}""")]
    [InlineData("""{"rule":"InstantRunoff"}""")]
    [InlineData("""{"rule":"StvScottish","seats":2}""")]
    [InlineData("""{"rule":"StvMeek","seats":2}""")]
    [InlineData("""{"rule":"OwnersCommitteeElection","seats":2}""")]
    public async Task Every_choice_says_how_it_is_decided(string rule) => await SaysHowAsync(rule, Sites);

    [Fact]
    public async Task A_result_shows_its_rounds_its_pairs_and_the_lot()
    {
        var seed = "0123456789abcdef";
        await AddAsync(70, """{"rule":"InstantRunoff"}""", Sites, "'Passed'",
            $$$"""
            '{"elected":["c"],"turnout":{"rollUnits":150,"rollPersons":150,"rollAreaHundredths":0,"returnedUnits":5,"returnedPersons":5,"returnedAreaHundredths":0,"spoilt":0},
              "totals":[{"choice":"n","text":"North","units":2,"persons":2,"areaHundredths":0},{"choice":"c","text":"Centre","units":2,"persons":2,"areaHundredths":0},{"choice":"k","text":"Canal","units":1,"persons":1,"areaHundredths":0}],
              "rounds":[{"votes":{"n":"2","c":"2","k":"1"},"exhausted":"0","dropped":"k"},{"votes":{"n":"2","c":"5/2"},"exhausted":"1/2"}],
              "pairs":[[0,2,3],[3,0,4],[2,1,0]],"ties":[{"purpose":"exclude","tied":["n","k"],"chosen":"k","byLot":true}],
              "lot":{"seed":"{{{seed}}}","hash":"{{{Lot.Commit(seed)}}}","drawn":[{"id":"k","key":"{{{Lot.KeyOf(seed, "k")}}}"},{"id":"n","key":"{{{Lot.KeyOf(seed, "n")}}}"}]},
              "explanation":{"rule":"InstantRunoff","articles":[],"tests":[],"steps":["n 2"]}}'
            """);
        using var browser = host.Open();

        var page = await browser.ReadAsync("/results/00000000-0000-7000-8000-000000000070");

        page.QuerySelector(".sealed p.n")!.TextContent.ShouldBe(Texts.Get("zh-Hans", "result.outcome-chosen"));
        page.QuerySelector(".sealed p:not(.n)")!.TextContent.ShouldContain("Centre");
        var tables = page.QuerySelectorAll("details table").ToList();
        tables[0].QuerySelectorAll("tbody tr")[1].QuerySelectorAll("td").Select(cell => cell.TextContent).ShouldBe(["2", "2.5"]);
        tables[0].QuerySelectorAll("tbody tr")[2].QuerySelectorAll("td").Select(cell => cell.TextContent).ShouldBe(["1", "–"]);
        tables[1].QuerySelectorAll("tbody tr")[1].QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()).ShouldBe(["3", "–", "4"]);
        page.QuerySelectorAll("details .calc").Select(code => code.TextContent).ShouldContain(seed);
        page.QuerySelectorAll("details .calc").Select(code => code.TextContent).ShouldContain(Lot.KeyOf(seed, "k"));
        page.QuerySelector("main")!.TextContent.ShouldContain(Lot.Commit(seed));
    }

    private async Task SaysHowAsync(string rule, string options)
    {
        var number = 1_000 + Math.Abs(string.GetHashCode(rule, StringComparison.Ordinal) % 8_999);
        using var browser = await OpenAsync(number, rule, options);
        foreach (var language in new[] { "zh-Hans", "en" })
        {
            var how = (await browser.ReadAsync($"{Address(number)}?lang={language}")).QuerySelectorAll(".sheet p")[1].TextContent;
            how.ShouldNotContain("vote.");
            how.ShouldNotContain("{");
        }
    }

    private static string Address(int number) => $"/ballots/00000000-0000-7000-8000-{number:D12}";

    private async Task<Browser> OpenAsync(int number, string rule, string options)
    {
        await AddAsync(number, rule, options, "null", "null");
        await ExecuteAsync(
            $"""
            with h as (insert into household (community_id, household_id, building, door) values (1, gen_random_uuid(), 'B1', '1-{number}') returning household_id),
            r as (insert into resident (community_id, resident_id, household_id, full_name, birth_year) select 1, gen_random_uuid(), household_id, 'Wen Qing', 1960 from h returning resident_id),
            e as (insert into roll_entry (community_id, ballot_id, unit_key, label, building, persons, area_hundredths) values (1, '00000000-0000-7000-8000-{number:D12}', 'h:1', '1-{number}', 'B1', 1, 0)),
            p as (insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key) select 1, '00000000-0000-7000-8000-{number:D12}', resident_id, 'h:1' from r)
            insert into entry_token (community_id, token_id, token_hash, household_id) select 1, gen_random_uuid(), sha256('demo-1-{number}'), household_id from h
            """);
        var browser = host.Open();
        await browser.SendAsync($"/q/demo-1-{number}");
        return browser;
    }

    private Task AddAsync(int number, string rule, string options, string outcome, string result) => ExecuteAsync(
        $"""
        insert into project (community_id, project_id, title, template_id, template_version, state) values (1, '00000000-0000-7000-8000-000000000022', 'Sites', 't', 1, 'InPlan') on conflict do nothing;
        insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, options, max_choices, opens_at, closes_at, state,
            roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, outcome, result, closed_at)
        values (1, '00000000-0000-7000-8000-{number:D12}', '00000000-0000-7000-8000-000000000022', gen_random_uuid(), 'v', 'Where?', '{rule}', 'Households', 'Named',
            'residents-committee-2026', 1, '{options}', 3, council_now() - interval '1 hour', council_now() + interval '1 day', case when {outcome} is null then 'Open' else 'Declared' end,
            150, 150, 0, '\x00', sha256('roll'), {outcome}, {result}::jsonb, case when {outcome} is null then null else council_now() end)
        """);

    private async Task<string[]> ChoicesAsync(int number)
    {
        await using var command = host.DataSource.CreateCommand($"select choices from vote where ballot_id = '00000000-0000-7000-8000-{number:D12}'");
        return (string[]?)await command.ExecuteScalarAsync() ?? [];
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = host.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
