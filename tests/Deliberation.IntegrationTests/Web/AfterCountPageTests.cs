using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>What follows a declared result, over HTTP: the named list for the people of the roll, open data for everybody.</summary>
public sealed class AfterCountPageTests(WebHost host) : IClassFixture<WebHost>
{
    private static int _next = 300;

    [Fact]
    public async Task The_named_list_is_for_signed_in_people_of_the_roll_and_for_no_search_engine()
    {
        var (ballot, token) = await DeclaredAsync("Named");
        using var stranger = host.Open();
        using var owner = host.Open();
        await owner.SendAsync($"/q/{token}");

        (await stranger.GetAsync($"/results/{ballot}/votes")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await owner.ReadAsync($"/results/{ballot}")).QuerySelector($"a[href='/results/{ballot}/votes']").ShouldNotBeNull();
        var answer = await owner.GetAsync($"/results/{ballot}/votes");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("X-Robots-Tag").Single().ShouldBe("noindex, nofollow, noarchive");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var list = await Browser.ParseAsync(answer);
        list.QuerySelector("tbody tr")!.TextContent.ShouldContain("W**");
        list.QuerySelector("main")!.TextContent.ShouldNotContain("Wen");
    }

    [Fact]
    public async Task A_secret_ballot_has_no_named_list_and_no_link_to_one()
    {
        var (ballot, token) = await DeclaredAsync("Secret");
        using var owner = host.Open();
        await owner.SendAsync($"/q/{token}");

        (await owner.GetAsync($"/results/{ballot}/votes")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await owner.ReadAsync($"/results/{ballot}")).QuerySelector("a[href$='/votes']").ShouldBeNull();
    }

    [Fact]
    public async Task Open_data_is_linked_from_the_result_and_says_its_licence()
    {
        var (ballot, _) = await DeclaredAsync("Named");
        using var anybody = host.Open();
        var page = await anybody.ReadAsync($"/results/{ballot}");

        foreach (var (extension, type) in new[] { ("json", "application/json"), ("csv", "text/csv"), ("csv-metadata.json", "application/csvm+json") })
        {
            var link = page.QuerySelector($"a[href='/api/v1/ballots/{ballot}/result.{extension}']")!.GetAttribute("href")!;
            var answer = await anybody.GetAsync(link);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, extension);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
            (await answer.Content.ReadAsStringAsync()).ShouldContain(extension == "csv" ? "total,,For," : "creativecommons.org/licenses/by/4.0/");
        }

        (await anybody.GetAsync($"/api/v1/ballots/{ballot}/result.csv")).Headers.GetValues("Link").Single().ShouldContain("describedby");
        var budget = await anybody.GetAsync($"/api/v1/ballots/{ballot}/result.pb");
        budget.StatusCode.ShouldBe(HttpStatusCode.NotFound, "no money was shared out");
        JsonNode.Parse(await budget.Content.ReadAsStringAsync())!["code"]!.GetValue<string>().ShouldBe("ballot.not-found");
        (await anybody.GetAsync($"/api/v1/ballots/{Guid.NewGuid()}/result.json")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>A declared ballot in which one owner voted.</summary>
    private async Task<(string Ballot, string Token)> DeclaredAsync(string secrecy)
    {
        var number = Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture);
        var ballot = $"00000000-0000-7000-8000-000000000{number}";
        await using var command = host.DataSource.CreateCommand(
            $$"""
            insert into project (community_id, project_id, title, template_id, template_version, state) values (1, '00000000-0000-7000-8000-000000000001', 'Pipes', 't', 1, 'InPlan') on conflict do nothing;
            with h as (insert into household (community_id, household_id, building, door) values (1, gen_random_uuid(), 'B1', '9-{{number}}') returning household_id),
            r as (insert into resident (community_id, resident_id, household_id, full_name, birth_year) select 1, gen_random_uuid(), household_id, 'Wen Qing', 1960 from h)
            insert into entry_token (community_id, token_id, token_hash, household_id) select 1, gen_random_uuid(), sha256('demo-9-{{number}}'), household_id from h;
            insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, max_choices, opens_at, closes_at, state,
                roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, public_key, outcome, closed_at, result)
            values (1, '{{ballot}}', '00000000-0000-7000-8000-000000000001', gen_random_uuid(), 'v', 'New pipes?', '{"rule":"OwnersAssembly","matter":5}', 'Owners', '{{secrecy}}',
                'civil-code-2021', 1, 1, council_now() - interval '2 hours', council_now() - interval '1 hour', 'Declared', 1, 1, 7850, '\x00', sha256('roll'),
                case when '{{secrecy}}' = 'Secret' then '\x00'::bytea end, 'Passed', council_now() - interval '1 hour',
                '{"turnout":{"rollUnits":1,"rollPersons":1,"rollAreaHundredths":7850,"returnedUnits":1,"returnedPersons":1,"returnedAreaHundredths":7850,"spoilt":0},
                  "totals":[{"choice":"For","units":1,"persons":1,"areaHundredths":7850},{"choice":"Against","units":0,"persons":0,"areaHundredths":0},{"choice":"Abstain","units":0,"persons":0,"areaHundredths":0}]}');
            insert into roll_entry (community_id, ballot_id, unit_key, label, building, persons, area_hundredths) values (1, '{{ballot}}', 'o:1', '9-{{number}}', 'B1', 1, 7850);
            insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key)
            select 1, '{{ballot}}', r.resident_id, 'o:1' from resident r join household h using (community_id, household_id) where h.door = '9-{{number}}';
            insert into vote (community_id, ballot_id, unit_key, vote_id, resident_id, choices, channel, receipt, cast_at)
            select 1, '{{ballot}}', 'o:1', gen_random_uuid(), p.resident_id, '{For}', 'Online', substring(decode(md5('{{number}}'), 'hex') for 10), council_now() - interval '90 minutes' from roll_entry_person p where p.ballot_id = '{{ballot}}' and '{{secrecy}}' = 'Named'
            """);
        await command.ExecuteNonQueryAsync();
        return (ballot, $"demo-9-{number}");
    }
}
