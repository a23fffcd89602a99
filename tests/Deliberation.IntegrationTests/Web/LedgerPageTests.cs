using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ledger;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>Receipt, verify page, ledger page and their JSON, without script and without signing in.</summary>
public sealed class LedgerPageTests(WebHost host) : IClassFixture<WebHost>
{
    private static int _next = 100;

    [Fact]
    public async Task A_receipt_shows_its_place_and_keeps_a_proof_that_never_shows_the_choice()
    {
        var (receipt, code) = await VoteAsync("Against");
        await AppendAsync();
        using var anybody = host.Open();

        var page = await anybody.ReadAsync(receipt);
        var kept = page.QuerySelector("a[href$='handler=Evidence']")!.GetAttribute("href")!;
        var proof = await anybody.GetAsync(kept);
        var text = await proof.Content.ReadAsStringAsync();

        proof.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        proof.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        text.ShouldStartWith("c2sp.org/tlog-proof@v1\nindex ");
        text.ShouldContain("deliberation/demo\n");
        text.ShouldNotContain("Against");
        page.QuerySelector("main")!.TextContent.ShouldNotContain("Against");
        var verified = await anybody.ReadAsync($"/verify?code={Uri.EscapeDataString(code)}");
        verified.QuerySelector(".note.ok .calc")!.TextContent.ShouldBe(page.QuerySelector("main section .calc")!.TextContent);
    }

    [Fact]
    public async Task The_ledger_page_tells_size_and_fingerprint_and_leads_to_a_bundle()
    {
        await VoteAsync("For");
        await AppendAsync();
        using var anybody = host.Open();

        var page = await anybody.ReadAsync("/ledger");
        var zip = await anybody.GetAsync(page.QuerySelector("a[href='/ledger/bundle.zip']")!.GetAttribute("href")!);

        zip.StatusCode.ShouldBe(HttpStatusCode.OK);
        zip.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        await using var content = await zip.Content.ReadAsStreamAsync();
        using var bundle = new ZipArchive(content, ZipArchiveMode.Read);
        bundle.Entries.Select(entry => entry.FullName).ShouldContain("log.txt");
        bundle.Entries.ShouldNotContain(entry => entry.FullName.EndsWith("openings.jsonl", StringComparison.Ordinal) || entry.FullName.EndsWith("roll.jsonl", StringComparison.Ordinal));
        var head = await JsonAsync(anybody, "/api/v1/ledger/checkpoint");
        page.QuerySelector("main .calc")!.TextContent.Replace(" ", "", StringComparison.Ordinal)
            .ShouldBe(Convert.ToHexString(Convert.FromBase64String(head["root"]!.GetValue<string>())[..16]));
    }

    [Fact]
    public async Task Programs_get_proofs_and_leaves_and_one_answer_for_everything_that_is_not_there()
    {
        var (_, code) = await VoteAsync("For");
        await AppendAsync();
        using var program = host.Open();
        var head = await JsonAsync(program, "/api/v1/ledger/checkpoint");
        var size = head["size"]!.GetValue<long>();

        var proof = await JsonAsync(program, $"/api/v1/ledger/proof?receipt={code}");
        var leaf = (await JsonAsync(program, $"/api/v1/ledger/leaves?from={proof["index"]}&count=1")).AsArray().Single()!;
        leaf["body"]!.GetValue<string>().ShouldBe(proof["body"]!.GetValue<string>());
        leaf["leafHash"]!.GetValue<string>().ShouldBe(proof["leafHash"]!.GetValue<string>());
        (await JsonAsync(program, $"/api/v1/ledger/consistency?from=1&to={size}"))["hashes"]!.AsArray().Count.ShouldBeGreaterThan(0);

        foreach (var absent in new[]
        {
            "proof", "proof?receipt=", "proof?receipt=AAAA-BBBB-CCCC-DDDD", string.Create(CultureInfo.InvariantCulture, $"proof?receipt={code}&size={size + 1}"),
            string.Create(CultureInfo.InvariantCulture, $"checkpoint?size={size + 1}"), "consistency?from=0", string.Create(CultureInfo.InvariantCulture, $"consistency?from={size + 1}"),
        })
        {
            var answer = await program.GetAsync($"/api/v1/ledger/{absent}");
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, absent);
            JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!.GetValue<string>().ShouldBe("ledger.not-found");
        }

        (await program.GetAsync("/api/v1/ledger/consistency?from=x")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await program.Http.PostAsJsonAsync(new Uri("/api/v1/ledger/cosignatures", UriKind.Relative), new { size, line = "— nobody AAAAAAAA" }))
            .StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    private static async Task<JsonNode> JsonAsync(Browser browser, string path)
    {
        var answer = await browser.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    /// <summary>The host's own loop may be at it at the same time.</summary>
    private Task AppendAsync() => Eventually.HoldsAsync(async () =>
    {
        (await host.Services.GetRequiredService<LedgerSequencer>().AppendAsync(new CommunityId(1), everything: true, CancellationToken.None)).Alarm.ShouldBeNull();
        await using var waiting = host.DataSource.CreateCommand("select not exists (select from log_pending)");
        return (bool)(await waiting.ExecuteScalarAsync())!;
    });

    /// <summary>A household of its own votes in a ballot of its own.</summary>
    /// <returns>The receipt's address and code.</returns>
    private async Task<(string Receipt, string Code)> VoteAsync(string choice)
    {
        var number = Interlocked.Increment(ref _next);
        var ballot = $"00000000-0000-7000-8000-000000000{number}";
        await using var command = host.DataSource.CreateCommand(
            $$"""
            insert into project (community_id, project_id, title, template_id, template_version, state) values (1, '00000000-0000-7000-8000-000000000001', 'Pipes', 't', 1, 'InPlan') on conflict do nothing;
            with h as (insert into household (community_id, household_id, building, door) values (1, gen_random_uuid(), 'B1', '9-{{number}}') returning household_id),
            r as (insert into resident (community_id, resident_id, household_id, full_name, birth_year) select 1, gen_random_uuid(), household_id, 'Wen Qing', 1960 from h)
            insert into entry_token (community_id, token_id, token_hash, household_id) select 1, gen_random_uuid(), sha256('demo-9-{{number}}'), household_id from h;
            insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, max_choices, opens_at, closes_at, state,
                roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, is_logged)
            values (1, '{{ballot}}', '00000000-0000-7000-8000-000000000001', gen_random_uuid(), 'v', 'New pipes?', '{"rule":"OwnersAssembly","matter":5}', 'Owners', 'Named',
                'civil-code-2021', 1, 1, council_now() - interval '1 hour', council_now() + interval '1 day', 'Open', 1, 1, 7850, '\x00', sha256('roll'), true);
            insert into roll_entry (community_id, ballot_id, unit_key, label, building, persons, area_hundredths) values (1, '{{ballot}}', 'o:1', '9-{{number}}', 'B1', 1, 7850);
            insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key)
            select 1, '{{ballot}}', r.resident_id, 'o:1' from resident r join household h using (community_id, household_id) where h.door = '9-{{number}}';
            """);
        await command.ExecuteNonQueryAsync();
        using var browser = host.Open();
        await browser.SendAsync($"/q/demo-9-{number}");
        var check = (await browser.SendAsync($"/ballots/{ballot}", ("Choices", choice))).Headers.Location!.ToString();
        var receipt = (await browser.SendAsync(check)).Headers.Location!.ToString();
        return (receipt, (await browser.ReadAsync(receipt)).QuerySelector(".code")!.TextContent.Trim().Replace(' ', '-'));
    }
}
