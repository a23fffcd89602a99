using System.Text;
using System.Text.RegularExpressions;
using Deliberation.Testing;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests;

/// <summary>A result with everything on it is one A4 page for the notice board.</summary>
public sealed partial class ResultPrintTests(PaperDeskTests.Demo demo, Browser browser) : IClassFixture<PaperDeskTests.Demo>, IClassFixture<Browser>
{
    private const string Ballot = "00000000-0000-7000-8000-00000000a4a4";

    [BrowserFact]
    public async Task A_result_with_bars_reason_article_signatures_and_root_prints_on_one_page_in_every_taste()
    {
        await DeclareAsync();
        foreach (var taste in new[] { "", "elder", "contrast" })
        {
            var page = await browser.PageAsync(demo.App.Address);
            if (taste.Length > 0)
            {
                await page.Context.AddCookiesAsync([new Cookie { Name = taste, Value = "1", Url = demo.App.Address.ToString() }]);
            }

            await page.GotoAsync($"/results/{Ballot}");
            var pdf = await page.PdfAsync(new PagePdfOptions { Format = "A4", PreferCSSPageSize = true });
            if (Environment.GetEnvironmentVariable("DELIBERATION_SCREENSHOTS") is { Length: > 0 } folder)
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, $"result-a4{taste}.pdf"), pdf);
                await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
                await page.SetViewportSizeAsync(673, 1032); // A4 within its margins, at 96 dots an inch
                await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"result-a4{taste}.png"), FullPage = true });
            }

            Assert.Single(PageMark().Matches(Encoding.Latin1.GetString(pdf)));
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
            var seen = await page.Locator("main").InnerTextAsync();
            Assert.All(new[] { "278", "1234 5678 9ABC DEF0", "第五次楼长会", "核对纸票并签字", "核定公布" }, words => Assert.Contains(words, seen, StringComparison.Ordinal));
            Assert.Equal(4, await page.Locator("main .meter:visible").CountAsync());
            await page.Context.CloseAsync();
        }
    }

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PageMark();

    /// <summary>An owners' ballot that failed both ways, with papers signed by three, a declaration, a changed roll and a place in the log.</summary>
    private async Task DeclareAsync()
    {
        await using var command = demo.App.DataSource.CreateCommand(
            $$$"""
            insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, max_choices, opens_at, closes_at, state,
                roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, outcome, closed_at, declared_at, declared_by, declared_post, result)
            select 1, '{{{Ballot}}}', project_id, gen_random_uuid(), 'v', '第五次楼长会议定的：老院子雨污水管全部换新，用维修资金，每平方米八十五元，同意不同意？', '{"rule":"OwnersAssembly","matter":7}', 'Owners', 'Named',
                'civil-code-2021', 1, 1, council_now() - interval '30 days', council_now() - interval '1 day', 'Declared', 150, 150, 1260000, '\x00', sha256('roll'), 'Rejected', council_now() - interval '1 day',
                council_now() - interval '1 hour', (select staff_id from staff where login = 'admin'), 'Scrutineer',
                '{"turnout":{"rollUnits":150,"rollPersons":150,"rollAreaHundredths":1260000,"returnedUnits":104,"returnedPersons":104,"returnedAreaHundredths":870000,"spoilt":3},
                  "totals":[{"choice":"For","units":70,"persons":70,"areaHundredths":580000},{"choice":"Against","units":25,"persons":25,"areaHundredths":210000},{"choice":"Abstain","units":9,"persons":9,"areaHundredths":80000}],
                  "explanation":{"rule":"OwnersAssembly","lawProfile":"civil-code-2021","articles":["278"],"arithmetic":["104×3 ≥ 150×2"],"steps":[],"tests":[
                    {"code":"quorum.persons","measure":"Persons","actual":104,"base":150,"numerator":2,"denominator":3,"comparison":"AtLeast"},
                    {"code":"quorum.area","measure":"AreaHundredths","actual":870000,"base":1260000,"numerator":2,"denominator":3,"comparison":"AtLeast"},
                    {"code":"threshold.persons","measure":"Persons","actual":70,"base":104,"numerator":3,"denominator":4,"comparison":"AtLeast"},
                    {"code":"threshold.area","measure":"AreaHundredths","actual":580000,"base":870000,"numerator":3,"denominator":4,"comparison":"AtLeast"}]}}'
            from project where community_id = 1 limit 1;
            insert into roll_correction (community_id, ballot_id, correction_id, unit_key, label, change, reason, staff_id, corrected_at)
            select 1, '{{{Ballot}}}', gen_random_uuid(), 'o:1', '3-502', 'Added', '房产证补交', staff_id, council_now() - interval '20 days' from staff where login = 'admin';
            insert into paper_run (community_id, ballot_id, number) values (1, '{{{Ballot}}}', 9999);
            insert into paper_signature (community_id, ballot_id, staff_id, post_code, signed_at)
            select 1, '{{{Ballot}}}', staff_id, 'ElectionBoard', council_now() - interval '20 hours' from staff where login in ('inspector', 'auditor', 'treasurer');
            insert into log_leaf (community_id, idx, kind, ballot_id, leaf_hash, body) values (1, 1000000, 'ballot-closed', '{{{Ballot}}}', sha256('leaf'), '{}');
            insert into log_checkpoint (community_id, size, root, subtrees, note, signed_at) values (1, 1000001, decode(repeat('123456789abcdef0', 4), 'hex'), '\x00', 'note', council_now())
            """);
        await command.ExecuteNonQueryAsync();
    }
}
