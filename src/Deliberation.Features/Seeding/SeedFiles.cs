using System.Text.Json;
using Deliberation.Domain;

namespace Deliberation.Features.Seeding;

/// <summary>What a folder of seeds says, checked.</summary>
internal sealed record SeedPlan(
    DemoSettings Demo,
    IReadOnlyList<SeedCommunity> Communities,
    IReadOnlyList<SeedCompound> Compounds,
    IReadOnlyList<SeedStaff> Staff,
    IReadOnlyList<SeedPost> Posts,
    SeedNames Names);

/// <param name="Seed">Everything random comes from it.</param>
/// <param name="Main">Code of the main community.</param>
internal sealed record DemoSettings(int Seed, string PhonePrefix, string Main, string EntryDoor, string EntryToken);

internal sealed record SeedCommunity(int Id, string Code, string Name, string Kind, string Subdistrict, string District, string Phone, string OfficeHours);

/// <param name="OwnerSets">Persons on the owners' roll: co-owners together are one, the owner of several units is one.</param>
/// <param name="Couples">Owner sets of two.</param>
/// <param name="OwnersAway">Owner sets that live elsewhere.</param>
/// <param name="Occupied">Units with a household.</param>
/// <param name="AreaTotal">0.01 m².</param>
internal sealed record SeedCompound(
    string Community,
    int Buildings,
    string BuildingSuffix,
    int Stairwells,
    int Floors,
    int DoorsPerFloor,
    int OwnerSets,
    int Couples,
    int OwnersAway,
    int Occupied,
    int AwayPercent,
    int AreaTotal)
{
    public int Units => Buildings * Stairwells * Floors * DoorsPerFloor;
}

/// <param name="IsPrinted">Shown with its password at each demo start.</param>
internal sealed record SeedStaff(string Login, string Kind, IReadOnlyList<string> Communities, bool IsPrinted);

internal sealed record SeedPost(string Community, string Post, int? Rung, IReadOnlyList<string> Holders, string? Substitute);

/// <param name="Stop">First 16 hexadecimal digits of the SHA-256 of names that nobody gets.</param>
internal sealed record SeedNames(IReadOnlyList<string> Surnames, IReadOnlyList<string> GivenCharacters, IReadOnlySet<string> Stop);

/// <summary>Reads a folder of seeds; its shape is told in <c>seeds/README.md</c>.</summary>
internal static class SeedFiles
{
    /// <returns>The whole plan; or the first thing wrong, with file, line and field.</returns>
    public static Result<SeedPlan> Read(string folder)
    {
        var problems = new SeedProblems();
        var communities = ReadCommunities(folder, problems);
        var codes = communities.Select(c => c.Code).ToArray();
        var demo = ReadDemo(folder, codes, problems);
        var compounds = ReadCompounds(folder, codes, problems);
        var staff = ReadStaff(folder, codes, problems);
        var posts = ReadPosts(folder, codes, staff, problems);
        var names = new SeedNames(
            ReadLines(folder, "surnames.txt", 1, problems),
            ReadLines(folder, "given-name-characters.txt", 1, problems),
            ReadLines(folder, "stop-names.sha256", 16, problems).ToHashSet());
        return problems.First is { } problem ? problem : new SeedPlan(demo, communities, compounds, staff, posts, names);
    }

    private static List<SeedCommunity> ReadCommunities(string folder, SeedProblems problems)
    {
        HashSet<string> ids = [], codes = [];
        var communities = new List<SeedCommunity>();
        foreach (var row in SeedTable.Read(folder, "communities.csv", ["id", "code", "name", "kind", "subdistrict", "district", "phone", "office_hours"], problems))
        {
            row.Unique("id", ids);
            row.Unique("code", codes);
            var code = row.Text("code");
            if (code.Length is < 2 or > 20 || !char.IsAsciiLetterLower(code[0]) || !code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            {
                row.Bad("not-a-code", "code", ("value", code));
            }

            communities.Add(new SeedCommunity(
                row.Whole("id", 1, 9999), code, row.Text("name"), row.OneOf("kind", "Urban", "Village"),
                row.Text("subdistrict"), row.Text("district"), row.Text("phone"), row.Text("office_hours")));
        }

        return communities;
    }

    private static List<SeedCompound> ReadCompounds(string folder, string[] codes, SeedProblems problems)
    {
        string[] columns =
        [
            "community", "buildings", "building_suffix", "stairwells", "floors", "doors_per_floor", "owner_sets", "couples",
            "owners_away", "occupied", "away_percent", "area_total_hundredths",
        ];
        HashSet<string> seen = [];
        var compounds = new List<SeedCompound>();
        foreach (var row in SeedTable.Read(folder, "compounds.csv", columns, problems))
        {
            row.Unique("community", seen);
            int buildings = row.Whole("buildings", 1, 99), stairwells = row.Whole("stairwells", 1, 9);
            int floors = row.Whole("floors", 1, 40), doors = row.Whole("doors_per_floor", 1, 8);
            var units = buildings * stairwells * floors * doors;
            var ownerSets = row.Whole("owner_sets", (units + 1) / 2, units);
            var occupied = row.Whole("occupied", 1, units);
            var ownersAway = row.Whole("owners_away", 0, ownerSets);
            if (ownerSets - ownersAway > occupied)
            {
                row.Bad("not-in-range", "occupied", ("value", occupied), ("least", ownerSets - ownersAway), ("most", units));
            }

            compounds.Add(new SeedCompound(
                row.Known("community", codes), buildings, row.Text("building_suffix"), stairwells, floors, doors, ownerSets,
                row.Whole("couples", 0, Math.Max(0, (2 * ownerSets) - units)), ownersAway, occupied,
                row.Whole("away_percent", 0, 90), row.Whole("area_total_hundredths", units * 1000, units * 100_000)));
        }

        return compounds;
    }

    private static List<SeedStaff> ReadStaff(string folder, string[] codes, SeedProblems problems)
    {
        HashSet<string> seen = [];
        var staff = new List<SeedStaff>();
        foreach (var row in SeedTable.Read(folder, "staff.csv", ["login", "kind", "communities", "printed"], problems))
        {
            row.Unique("login", seen);
            staff.Add(new SeedStaff(
                row.Text("login"), row.OneOf("kind", "Staff", "Admin", "Official", "Supervisor"),
                row.KnownList("communities", codes), row.OneOf("printed", "yes", "no") == "yes"));
        }

        return staff;
    }

    private static List<SeedPost> ReadPosts(string folder, string[] codes, List<SeedStaff> staff, SeedProblems problems)
    {
        var logins = staff.Select(s => s.Login).ToArray();
        var posts = new List<SeedPost>();
        foreach (var row in SeedTable.Read(folder, "posts.csv", ["community", "post", "rung", "holders", "substitute"], problems))
        {
            var post = new SeedPost(
                row.Known("community", codes), row.Text("post"), row.OptionalWhole("rung", 0, 9),
                row.KnownList("holders", logins), row.OptionalKnown("substitute", logins));
            if (posts.Exists(p => p.Community == post.Community && p.Post == post.Post))
            {
                row.Bad("twice", "post", ("value", post.Post));
            }

            posts.Add(post);
        }

        return posts;
    }

    private static DemoSettings ReadDemo(string folder, string[] codes, SeedProblems problems)
    {
        const string file = "demo.json";
        var none = new DemoSettings(1, "", "", "", "");
        if (!File.Exists(Path.Combine(folder, file)))
        {
            problems.Add(SeedRefusals.FileMissing(file));
            return none;
        }

        DemoSettings? demo;
        try
        {
            demo = JsonSerializer.Deserialize<DemoSettings>(File.ReadAllText(Path.Combine(folder, file)), JsonSerializerOptions.Web);
        }
        catch (JsonException wrong)
        {
            problems.Add(SeedRefusals.Bad("not-json", file, (int)(wrong.LineNumber ?? 0) + 1, wrong.Path ?? ""));
            return none;
        }

        if (demo is not { Seed: > 0 })
        {
            problems.Add(SeedRefusals.Bad("not-in-range", file, 1, "seed", ("value", demo?.Seed), ("least", 1), ("most", int.MaxValue)));
        }
        else if (!codes.Contains(demo.Main))
        {
            problems.Add(SeedRefusals.Bad("unknown", file, 1, "main", ("value", demo.Main)));
        }
        else if (!(demo.EntryToken ?? "").StartsWith(demo.Main + "-", StringComparison.Ordinal))
        {
            problems.Add(SeedRefusals.Bad("not-a-token", file, 1, "entryToken", ("value", demo.EntryToken)));
        }

        return demo ?? none;
    }

    private static string[] ReadLines(string folder, string file, int length, SeedProblems problems)
    {
        if (!File.Exists(Path.Combine(folder, file)))
        {
            problems.Add(SeedRefusals.FileMissing(file));
            return [];
        }

        var lines = File.ReadAllLines(Path.Combine(folder, file));
        HashSet<string> seen = [];
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length != length)
            {
                problems.Add(SeedRefusals.Bad("wrong-length", file, i + 1, "line", ("value", lines[i]), ("length", length)));
            }
            else if (!seen.Add(lines[i]))
            {
                problems.Add(SeedRefusals.Bad("twice", file, i + 1, "line", ("value", lines[i])));
            }
        }

        return lines;
    }
}
