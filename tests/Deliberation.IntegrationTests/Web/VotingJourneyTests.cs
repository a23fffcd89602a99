using System.Net;
using AngleSharp.Dom;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>From the slip in the letter box to the receipt, without script.</summary>
public sealed class VotingJourneyTests(WebHost host) : IClassFixture<WebHost>
{
    private const string Ballot = "/ballots/00000000-0000-7000-8000-000000000010";

    [Fact]
    public async Task Looking_at_a_slip_uses_nothing_up_and_the_button_leads_to_an_address_without_it()
    {
        await AddHouseholdAsync("1-101");
        using var preview = host.Open();
        for (var i = 0; i < 3; i++)
        {
            var seen = await preview.GetAsync("/q/demo-1-101");
            seen.StatusCode.ShouldBe(HttpStatusCode.OK);
            (seen.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : []).ShouldNotContain(c => c.Contains("resident", StringComparison.Ordinal));
        }

        using var browser = host.Open();
        var entered = await browser.SendAsync("/q/demo-1-101");
        entered.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        entered.Headers.Location!.ToString().ShouldBe("/");
        entered.Headers.GetValues("Set-Cookie").ShouldContain(c => c.StartsWith("__Host-resident=", StringComparison.Ordinal) && c.Contains("httponly", StringComparison.Ordinal));
        (await browser.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_unknown_slip_is_answered_in_words()
    {
        using var browser = host.Open();
        var answer = await browser.GetAsync("/q/demo-9-999");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Browser.ParseAsync(answer)).QuerySelector("main .note")!.TextContent.Trim().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_vote_goes_from_the_question_over_the_check_to_a_receipt_that_never_shows_the_choice()
    {
        await AddHouseholdAsync("1-102");
        await AddBallotAsync("1-102");
        using var browser = host.Open();
        await browser.SendAsync("/q/demo-1-102");

        var empty = await browser.SendAsync(Ballot);
        empty.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Browser.ParseAsync(empty)).QuerySelector(".errs a")!.GetAttribute("href").ShouldBe("#Choices");

        var check = (await browser.SendAsync(Ballot, ("Choices", "Against"))).Headers.Location!.ToString();
        var page = await browser.ReadAsync(check);
        var choice = page.QuerySelector("dd.lead")!.TextContent.Trim();
        var change = await browser.ReadAsync(page.QuerySelector(".sum a")!.GetAttribute("href")!);
        change.QuerySelector("input[value=Against]")!.IsChecked().ShouldBeTrue();

        var receipt = (await browser.SendAsync(check)).Headers.Location!.ToString();
        receipt.ShouldStartWith("/receipts/");
        var shown = await browser.ReadAsync(receipt);
        shown.QuerySelector(".code")!.TextContent.ShouldStartWith("demo ");
        shown.QuerySelector("main")!.TextContent.ShouldNotContain(choice);

        (await browser.GetAsync(check)).Headers.Location!.ToString().ShouldBe(receipt, "back after submitting leads to the receipt");
        var again = await browser.ReadAsync(Ballot);
        again.QuerySelector("main form").ShouldBeNull();
        again.QuerySelector($"a[href='{receipt}']").ShouldNotBeNull();

        using var anybody = host.Open();
        (await anybody.GetAsync(receipt)).StatusCode.ShouldBe(HttpStatusCode.OK, "the receipt keeps its address without the session");
        var picture = await anybody.GetAsync(receipt + "?handler=Picture");
        picture.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
    }

    private Task AddHouseholdAsync(string door) => ExecuteAsync(
        $"""
        with h as (insert into household (community_id, household_id, building, door) values (1, gen_random_uuid(), 'B1', '{door}') returning household_id),
        r as (insert into resident (community_id, resident_id, household_id, full_name, birth_year) select 1, gen_random_uuid(), household_id, 'Wen Qing', 1960 from h)
        insert into entry_token (community_id, token_id, token_hash, household_id) select 1, gen_random_uuid(), sha256('demo-{door}'), household_id from h
        """);

    private Task AddBallotAsync(string door) => ExecuteAsync(
        $$"""
        insert into project (community_id, project_id, title, template_id, template_version, state) values (1, '00000000-0000-7000-8000-000000000001', 'Pipes', 't', 1, 'InPlan');
        insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, max_choices, opens_at, closes_at, state,
            roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash)
        values (1, '00000000-0000-7000-8000-000000000010', '00000000-0000-7000-8000-000000000001', gen_random_uuid(), 'v', 'New pipes?', '{"rule":"OwnersAssembly","matter":5}', 'Owners', 'Named',
            'civil-code-2021', 1, 1, council_now() - interval '1 hour', council_now() + interval '1 day', 'Open', 1, 1, 7850, '\x00', sha256('roll'));
        insert into roll_entry (community_id, ballot_id, unit_key, label, building, persons, area_hundredths) values (1, '00000000-0000-7000-8000-000000000010', 'o:1', '{{door}}', 'B1', 1, 7850);
        insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key)
        select 1, '00000000-0000-7000-8000-000000000010', r.resident_id, 'o:1' from resident r join household h using (community_id, household_id) where h.door = '{{door}}';
        """);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = host.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
