using System.Security.Cryptography;
using Deliberation.Domain.Ballots;
using Deliberation.Web.Pages.Residents.Ballots;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.BrowserTests.Pages;

/// <summary>Ballots that rank, score, approve, ask for consent and let a secret vote be replaced, in a community where nobody else acts; and a result with rounds, pairs and a lot.</summary>
internal static class Choosers
{
    private const string Sites =
        """[{"id":"n","text":"北门口，原来的自行车棚"},{"id":"c","text":"中心花园东边"},{"id":"k","text":"河边步道旁的空地"},{"id":"s","text":"南门广场"}]""";

    /// <summary>Where the chooser lives.</summary>
    public const string Place = "(select max(community_id) - 1 from community)";

    /// <summary>A secret ballot whose votes may be replaced; the chooser has voted there.</summary>
    private const int Again = 920;

    private static readonly (string Name, int Number, string Question, string Rule, string Options, int Most)[] Ballots =
    [
        ("ranked", 901, "新的健身场地放在哪里？", """{"rule":"InstantRunoff","lotHash":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}""", Sites, 4),
        ("scored", 902, "新的健身场地放在哪里？请打分", """{"rule":"Star","lotHash":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}""", Sites, 4),
        ("approved", 903, "哪些地方可以放健身场地？", """{"rule":"Approval","seats":2,"minApproval":"1/2"}""", Sites, 4),
        ("consent", 904, "健身场地晚上九点关灯，行不行？", """{"rule":"Consent"}""", "[]", 2),
        ("election", 905, "选居民委员会主任", """{"rule":"OfficeElection"}""", """[{"id":"l","text":"李强"},{"id":"w","text":"王芳"}]""", 1),
    ];

    /// <summary>The chooser: in every language and size nobody has voted yet.</summary>
    public static async Task<string> PrepareAsync(World world)
    {
        var resident = await world.OneAsync(
            $"""
            with h as (insert into household (community_id, household_id, building, door) values ({Place}, gen_random_uuid(), '9', '9-901') returning community_id, household_id)
            insert into resident (community_id, resident_id, household_id, full_name, birth_year) select community_id, gen_random_uuid(), household_id, '文清', 1950 from h
            returning resident_id::text
            """);
        await world.OneAsync(
            $"insert into project (community_id, project_id, title, template_id, template_version, state) values ({Place}, '{Id(900)}', '健身场地', 't', 1, 'InPlan') returning 'done'");
        foreach (var (name, number, question, rule, options, most) in Ballots)
        {
            await world.OneAsync(
                $"""
                with b as (
                    insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, explanation, rule, roll_kind, secrecy, law_profile, round, options, max_choices,
                        opens_at, closes_at, state, roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, is_paper_only)
                    values ({Place}, '{Id(number)}', '{Id(900)}', gen_random_uuid(), 'v', '{question}', '', '{rule}', 'Households', 'Named', 'residents-committee-2026', 1, '{options}', {most},
                        council_now() - interval '1 hour', council_now() + interval '900 days', 'Open', 1, 1, 0, '\x00', sha256('roll'), {(name == "election" ? "true" : "false")}) returning community_id, ballot_id),
                e as (insert into roll_entry (community_id, ballot_id, unit_key, label, building, persons, area_hundredths) select community_id, ballot_id, 'h:901', '9-901', '9', 1, 0 from b)
                insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key) select community_id, ballot_id, '{resident}', 'h:901' from b returning 'done'
                """);
        }

        await world.OneAsync(
            $$"""
            with b as (
                insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, explanation, rule, roll_kind, secrecy, law_profile, round, options, max_choices,
                    opens_at, closes_at, state, roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, public_key)
                values ({{Place}}, '{{Id(Again)}}', '{{Id(900)}}', gen_random_uuid(), 'v', '健身场地要不要装路灯？', '', '{"rule":"Majority","allowReplace":true}', 'Households', 'Secret', 'residents-committee-2026', 1, '[]', 1,
                    council_now() - interval '1 hour', council_now() + interval '900 days', 'Open', 1, 1, 0, '\x00', sha256('roll'), '\x{{PublicKey()}}') returning community_id, ballot_id),
            e as (insert into roll_entry (community_id, ballot_id, unit_key, label, building, persons, area_hundredths) select community_id, ballot_id, 'h:901', '9-901', '9', 1, 0 from b),
            v as (insert into participation (community_id, ballot_id, unit_key) select community_id, ballot_id, 'h:901' from b),
            i as (select open_ballot_intake(community_id, ballot_id) from b)
            insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key) select community_id, ballot_id, '{{resident}}', 'h:901' from b returning (select count(*) from i)::text
            """);
        return resident!;
    }

    /// <summary>Where the chooser has voted and may vote again.</summary>
    public static Task<string?> AgainAsync(string query = "") => Task.FromResult<string?>($"/ballots/{Id(Again)}{query}");

    /// <summary>The receipt of a secret vote that may be replaced.</summary>
    public static async Task<string?> AgainReceiptAsync(World world)
    {
        var now = await world.App.Database.CouncilNowAsync();
        return $"/receipts/{world.App.Services.GetRequiredService<Papers>().Seal(new ReceiptSlip("健身场地要不要装路灯？", "demo-7KQ2-M9TA-XX04-PQ8R", now, now.AddDays(7), true, true, "4TQ0-88ZE-1MRC-W3HN"))}";
    }

    private static string PublicKey()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToHexStringLower(key.ExportSubjectPublicKeyInfo());
    }

    public static Task<string?> BallotAsync(string name) => Task.FromResult<string?>($"/ballots/{Id(Ballots.Single(b => b.Name == name).Number)}");

    /// <summary>A declared result of the demo's own community, counted by instant run-off and told in full.</summary>
    public static async Task<string?> ResultAsync(World world)
    {
        const string Seed = "5f1c0e6a9b3d4472";
        await world.OneAsync(
            $$$"""
            insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, options, max_choices, opens_at, closes_at, state,
                roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, outcome, result, closed_at)
            select @community, '{{{Id(910)}}}', project_id, instance_id, 'shown', '新的健身场地放在哪里？', '{"rule":"Condorcet","fallback":"InstantRunoff","lotHash":"{{{Lot.Commit(Seed)}}}"}', roll_kind, 'Named', law_profile, 1, '{{{Sites}}}', 4,
                opens_at, closes_at, 'Declared', 100, 100, 0, '\x00', sha256('roll'), 'Passed',
                '{"elected":["s"],"turnout":{"rollUnits":120,"rollPersons":120,"rollAreaHundredths":0,"returnedUnits":101,"returnedPersons":101,"returnedAreaHundredths":0,"spoilt":1},
                  "order":[["s"],["n"],["c"],["k"]],
                  "totals":[{"choice":"n","text":"北门口，原来的自行车棚","units":42,"persons":42,"areaHundredths":0},{"choice":"c","text":"中心花园东边","units":26,"persons":26,"areaHundredths":0},
                    {"choice":"s","text":"南门广场","units":16,"persons":16,"areaHundredths":0},{"choice":"k","text":"河边步道旁的空地","units":16,"persons":16,"areaHundredths":0},{"choice":"Abstain","units":0,"persons":0,"areaHundredths":0}],
                  "rounds":[{"votes":{"n":"42","c":"26","k":"16","s":"16"},"exhausted":"0","dropped":"k"},{"votes":{"n":"42","c":"26","s":"32"},"exhausted":"0","dropped":"c"},{"votes":{"n":"42","s":"58"},"exhausted":"0"}],
                  "pairs":[[0,42,42,42],[58,0,68,68],[58,32,0,67],[58,32,33,0]],
                  "ties":[{"purpose":"exclude","tied":["k","s"],"chosen":"k","byLot":true}],
                  "lot":{"seed":"{{{Seed}}}","hash":"{{{Lot.Commit(Seed)}}}","drawn":[{"id":"k","key":"{{{Lot.KeyOf(Seed, "k")}}}"},{"id":"s","key":"{{{Lot.KeyOf(Seed, "s")}}}"}]},
                  "explanation":{"rule":"Condorcet","articles":[],"tests":[],"steps":["北门口 42, 中心花园 26, 河边 16, 南门 16 → −河边"]}}'::jsonb, closes_at
            from ballot where community_id = @community and state = 'Declared' and roll_kind = 'Households' order by opens_at limit 1
            on conflict do nothing
            returning 'done'
            """);
        return await world.AddressAsync("/results/*", $"select ballot_id::text from ballot where community_id = @community and ballot_id = '{Id(910)}'");
    }

    private static string Id(int number) => $"00000000-0000-7000-8000-{number:D12}";
}
