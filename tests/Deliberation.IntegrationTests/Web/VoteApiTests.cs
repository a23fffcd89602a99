using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>Casting over HTTP against bad input (reliability.md D28, D34 to D44): status, code, and that nothing is left behind.</summary>
public sealed class VoteApiTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task The_same_request_again_gets_the_same_body_and_says_that_it_is_a_replay() // D34, D38
    {
        var (browser, ballot) = await VoterAsync("Secret");
        var key = Guid.NewGuid().ToString();

        using var first = await CastAsync(browser, ballot, """{"choices":["For"]}""", key);
        using var again = await CastAsync(browser, ballot, """{"choices":["For"]}""", key);
        using var other = await CastAsync(browser, ballot, """{"choices":["Against"]}""", key);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
        await RefusedAsync(other, HttpStatusCode.UnprocessableEntity, "idempotency.key-reused");
        (await VotesAsync(ballot)).ShouldBe(1);
    }

    [Fact]
    public async Task A_second_vote_is_a_conflict_where_it_may_not_replace_and_a_new_receipt_where_it_may() // D35
    {
        var (secretly, secret) = await VoterAsync("Secret");
        using var first = await CastAsync(secretly, secret, """{"choices":["For"]}""");
        using var second = await CastAsync(secretly, secret, """{"choices":["For"]}""");
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        await RefusedAsync(second, HttpStatusCode.Conflict, "ballot.already-voted");

        var (openly, named) = await VoterAsync("Named");
        using var third = await CastAsync(openly, named, """{"choices":["For"]}""");
        using var fourth = await CastAsync(openly, named, """{"choices":["Against"]}""");
        fourth.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fourth.Content.ReadAsStringAsync()).ShouldNotBe(await third.Content.ReadAsStringAsync());
        (await VotesAsync(named)).ShouldBe(1);
    }

    [Fact] // D35
    public async Task A_secret_vote_is_replaced_with_its_code_and_a_wrong_one_is_refused()
    {
        var (browser, ballot) = await VoterAsync("Secret", """{"rule":"Majority","allowReplace":true}""");
        using var first = await CastAsync(browser, ballot, """{"choices":["For"]}""");
        var code = JsonNode.Parse(await first.Content.ReadAsStringAsync())!["replaceCode"]!.GetValue<string>();
        var key = Guid.NewGuid().ToString();

        using var without = await CastAsync(browser, ballot, """{"choices":["Against"]}""");
        using var wrong = await CastAsync(browser, ballot, """{"choices":["Against"],"replaceCode":"0000-0000-0000-0000"}""", key);
        using var right = await CastAsync(browser, ballot, $$"""{"choices":["Against"],"replaceCode":"{{code}}"}""", key);
        using var again = await CastAsync(browser, ballot, $$"""{"choices":["Against"],"replaceCode":"{{code}}"}""", key);
        using var used = await CastAsync(browser, ballot, $$"""{"choices":["For"],"replaceCode":"{{code}}"}""");

        await RefusedAsync(without, HttpStatusCode.Conflict, "ballot.already-voted");
        await RefusedAsync(wrong, HttpStatusCode.UnprocessableEntity, "ballot.replace-code-wrong");
        right.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBe(await right.Content.ReadAsByteArrayAsync());
        await RefusedAsync(used, HttpStatusCode.UnprocessableEntity, "ballot.replace-code-wrong");
        (await VotesAsync(ballot)).ShouldBe(1);
    }

    [Fact]
    public async Task On_its_pages_a_secret_vote_is_replaced_without_script_and_the_code_stands_in_no_address()
    {
        var (browser, ballot) = await VoterAsync("Secret", """{"rule":"Majority","allowReplace":true}""");
        var question = $"/ballots/{ballot}";
        var first = (await browser.SendAsync((await browser.SendAsync(question, ("Choices", "For"))).Headers.Location!.ToString())).Headers.Location!.ToString();
        var code = (await browser.ReadAsync(first)).QuerySelectorAll(".code")[1].TextContent.Trim(); // behind the receipt's own
        var done = await browser.ReadAsync(question);
        done.QuerySelector("main form").ShouldBeNull();

        var check = (await browser.SendAsync(done.QuerySelector("a[href*='again=true']")!.GetAttribute("href")!, ("Choices", "Against"))).Headers.Location!.ToString();
        foreach (var typed in new[] { "", "0000 0000 0000 0000" })
        {
            var wrong = await browser.SendAsync(check, ("Code", typed));
            wrong.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            (await Browser.ParseAsync(wrong)).QuerySelector(".errs a")!.GetAttribute("href").ShouldBe("#Code");
        }

        var second = (await browser.SendAsync(check, ("Code", code.ToLowerInvariant()))).Headers.Location!.ToString();

        second.ShouldStartWith("/receipts/");
        second.ShouldNotBe(first);
        (await browser.ReadAsync(second)).QuerySelectorAll(".code")[1].TextContent.Trim().ShouldNotBe(code);
        (await VotesAsync(ballot)).ShouldBe(1);
        foreach (var address in new[] { first, check, second })
        {
            address.ShouldNotContain(code.Replace(' ', '-'));
            address.ShouldNotContain(code.Replace(" ", ""));
        }
    }

    [Theory] // D40, D43, D28
    [InlineData("""{"choices":[]}""", 422)]
    [InlineData("""{"choices":null}""", 422)]
    [InlineData("""{}""", 422)]
    [InlineData("""{"choices":[null]}""", 422)]
    [InlineData("""{"choices":["For","Against"]}""", 422)]
    [InlineData("""{"choices":["For","For"]}""", 422)]
    [InlineData("""{"choices":["NaN"]}""", 422)]
    [InlineData("""{"choices":["Abstain","For"]}""", 422)]
    [InlineData("""{"choices":["For"],"unit":"h:another"}""", 403)]
    [InlineData("""{"choices":[1e309]}""", 400)]
    [InlineData("""{"choices":[-1]}""", 400)]
    [InlineData("""{"choices":["For"],"weight":5}""", 400)]
    [InlineData("""{"choices":["For"],"castAt":"2020-01-01"}""", 400)]
    [InlineData("""{"choices":["For"],"choices":["Against"]}""", 400)]
    [InlineData("""{"choices":"For"}""", 400)]
    [InlineData("""["For"]""", 400)]
    [InlineData("""{"choices":["For"]""", 400)]
    [InlineData("", 400)]
    public async Task What_is_no_paper_of_this_ballot_is_refused_and_leaves_nothing(string body, int status)
    {
        var (browser, ballot) = await VoterAsync("Named");

        using var answer = await CastAsync(browser, ballot, body);

        ((int)answer.StatusCode).ShouldBe(status);
        (await VotesAsync(ballot)).ShouldBe(0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("short")]
    [InlineData("toolong")]
    public async Task A_key_is_needed_and_has_a_length(string? key)
    {
        var (browser, ballot) = await VoterAsync("Secret");

        using var answer = await CastAsync(browser, ballot, """{"choices":["For"]}""", key == "toolong" ? new string('k', 129) : key ?? "");

        await RefusedAsync(answer, HttpStatusCode.UnprocessableEntity, "idempotency.key-required");
        (await VotesAsync(ballot)).ShouldBe(0);
    }

    [Theory] // D41
    [InlineData("state = 'Paused'", "ballot.paused")]
    [InlineData("state = 'Cancelled', outcome = 'Cancelled'", "ballot.cancelled")]
    [InlineData("closes_at = council_now()", "ballot.window-closed")]
    public async Task Outside_its_window_the_answer_is_a_conflict(string now, string code)
    {
        var (browser, ballot) = await VoterAsync("Named");
        await ExecuteAsync($"update ballot set {now} where ballot_id = '{ballot}'");

        using var answer = await CastAsync(browser, ballot, """{"choices":["For"]}""");

        await RefusedAsync(answer, HttpStatusCode.Conflict, code);
        (await VotesAsync(ballot)).ShouldBe(0);
    }

    [Fact] // D42, D24
    public async Task Who_is_not_on_the_roll_and_who_is_not_signed_in_are_turned_away()
    {
        var (_, ballot) = await VoterAsync("Named");
        var (other, _) = await VoterAsync("Named");
        using var stranger = host.Open();

        using var notOnRoll = await CastAsync(other, ballot, """{"choices":["For"]}""");
        using var nobody = await CastAsync(stranger, ballot, """{"choices":["For"]}""");
        using var nowhere = await CastAsync(other, Guid.NewGuid(), """{"choices":["For"]}""");

        await RefusedAsync(notOnRoll, HttpStatusCode.Forbidden, "ballot.not-on-roll");
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await RefusedAsync(nowhere, HttpStatusCode.NotFound, "ballot.not-found");
        (await VotesAsync(ballot)).ShouldBe(0);
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!.GetValue<string>().ShouldBe(code);
    }

    private static async Task<HttpResponseMessage> CastAsync(Browser browser, Guid ballot, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/ballots/{ballot}/votes") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if ((key ??= Guid.NewGuid().ToString()).Length > 0)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await browser.Http.SendAsync(request);
    }

    /// <summary>A household of its own, signed in by its slip, and a ballot that has nobody else on its roll.</summary>
    private async Task<(Browser Browser, Guid Ballot)> VoterAsync(string secrecy, string rule = """{"rule":"Majority"}""")
    {
        var (door, ballot) = (Guid.NewGuid().ToString("N")[..8], Guid.CreateVersion7());
        await ExecuteAsync(
            $$"""
            with h as (insert into household (community_id, household_id, building, door) values (1, gen_random_uuid(), 'B1', '{{door}}') returning household_id),
            r as (insert into resident (community_id, resident_id, household_id, full_name, birth_year) select 1, gen_random_uuid(), household_id, 'Wen Qing', 1960 from h)
            insert into entry_token (community_id, token_id, token_hash, household_id) select 1, gen_random_uuid(), sha256('demo-{{door}}'), household_id from h;
            insert into project (community_id, project_id, title, template_id, template_version, state) values (1, '{{ballot}}', 'Pipes', 't', 1, 'InPlan');
            insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, max_choices, opens_at, closes_at, state,
                roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, public_key)
            values (1, '{{ballot}}', '{{ballot}}', gen_random_uuid(), 'v', 'New pipes?', '{{rule}}', 'Households', '{{secrecy}}',
                'civil-code-2021', 1, 1, council_now() - interval '1 hour', council_now() + interval '1 day', 'Open', 1, 1, 0, '\x00', sha256('roll'), {{(secrecy == "Secret" ? $"'\\x{PublicKey}'" : "null")}});
            insert into roll_entry (community_id, ballot_id, unit_key, label, building, persons) values (1, '{{ballot}}', 'h:1', '{{door}}', 'B1', 1);
            insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key)
            select 1, '{{ballot}}', r.resident_id, 'h:1' from resident r join household h using (community_id, household_id) where h.door = '{{door}}';
            select open_ballot_intake(1, '{{ballot}}');
            """);
        var browser = host.Open();
        await browser.SendAsync($"/q/demo-{door}");
        return (browser, ballot);
    }

    private static readonly string PublicKey = Convert.ToHexStringLower(
        System.Security.Cryptography.ECDiffieHellman.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256).ExportSubjectPublicKeyInfo());

    private async Task<long> VotesAsync(Guid ballot)
    {
        await using var command = host.DataSource.CreateCommand(
            $"select (select count(*) from vote where ballot_id = '{ballot}') + (select count(*) from participation where ballot_id = '{ballot}')");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = host.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
