using Deliberation.Cli.Counting;
using Deliberation.Domain.Ballots.Files;

namespace Deliberation.Tests.Domain;

/// <summary>Damaged ballot files of every format: refused with the line or read, never anything else; and what is read is counted.</summary>
public sealed class BallotFileFuzzTests
{
    private const int Rounds = 400;

    private static readonly (string Name, string Text)[] Samples =
    [
        ("x.pb", "META\nkey;value\nbudget;100.50\nnum_projects;2\nnum_votes;2\nvote_type;approval\nPROJECTS\nproject_id;cost;name\na;60,25;\"Lamps; \"\"new\"\"\"\nb;40;Bench\nVOTES\nvoter_id;vote;points\n1;a,b;2,1\n2;b;1\n"),
        ("x.blt", "3 2\n# note\n-2\n[tie 3 1]\n2 1 3 0\n1 3=1 0\n0\n\"A \"\"the first\"\"\"\nB\n\"C\"\n\"Title\"\n"),
        ("x.blt", "3 1\n[nick a b c]\n(7) 2 a b 0\n1 c - a 0\n0\nA\nB\nC\n"),
        ("x.cvotes", "#/Candidates: A ; B;C\n#/Number of Seats: 1\n#/Weight Allowed: true\nme || A > B = C ^ 3 * 2 # twice\n/EMPTY_RANKING/\nB > C\n"),
        ("x.abif", "{title: \"t\"}\n=Kiss:[Bob Kiss]\n3:Kiss>Wright=[Dan Smith]\n2:Wright/5,Kiss/2\n"),
        ("x.soi", "# TITLE: t\n# NUMBER VOTERS: 5\n# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n# ALTERNATIVE NAME 3: C\n3: 2,1\n2: 3\n"),
        ("x.toc", "# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n# ALTERNATIVE NAME 3: C\n3: 2,{1,3}\n2: 3,{1,2}\n"),
        ("x.cat", "# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n3: {1,2}\n2: {2},{1}\n"),
        ("x.csv", "ballot_id,rank,choice\n1,1,A\n1,2,\"B, the second\"\n2,1,$OVERVOTE\n2,2,A\n"),
        ("x.csv", "2,1,\n5,1,2,\n3,2,\n\"Candidate 1\",\"A, the first\",\"P\",\n\"Candidate 2\",\"B\",\"P\",\n\"Ward\",\n"),
        ("x.json", "{\"name\":\"n\",\"seats\":1,\"ballots\":[{\"count\":3,\"ranking\":[\"A\",[\"B\",\"C\"]]},{\"ranking\":\"BA\"}]}"),
        ("x.json", "{\"candidates\":[\"A\",\"B\"],\"maxScore\":5,\"ballots\":[{\"count\":2,\"scores\":[5,0]}]}"),
        ("x.json", "{\"options\":[\"A\",\"B\"],\"votes\":{\"12\":3,\"-1\":2}}"),
        ("x.json", "{\"profile\":[[0,1],[1]],\"numCand\":2,\"committeeSize\":1}"),
        ("x.json", "{\"budget\":10,\"projects\":{\"a\":4,\"b\":7},\"ballots\":[[\"a\"],[\"a\",\"b\"]]}"),
        ("x.json", "{\"starvoteFile\":\"[ballots]\\n2 ballots:\\nA = 5\\nB = 1\\n\\nA = 0\\n\"}"),
        ("x.json", "[{\"scores\":[{\"count\":2,\"A\":5,\"B\":3}]}]"),
    ];

    private static readonly string[] Poison =
    [
        "\0", "\u202E", "\uFEFF", "\r", "\n", "\"", "\"\"", ";", ",", "=", ">", "{", "}", "[", "]", "0", "-1", "1e309", "NaN", "Infinity", "1000000000000000000000000000000",
        "9223372036854775807", "2147483648", "0x10", "１", "  ", "\t", "#", "||", "^", "*", "😀", "=cmd|' /C calc'!A1", "../../x", "null", "true", "[[[[[[[[",
    ];

    public static TheoryData<int> Every => new(Enumerable.Range(0, Samples.Length));

    [Theory]
    [MemberData(nameof(Every))]
    public void A_damaged_file_is_refused_with_its_line_or_read_and_counted(int sample)
    {
        var (name, text) = Samples[sample];
        Assert.NotEmpty(BallotFiles.Read(name, text)); // whole, it is read
        var random = new Random(20261127 + sample);
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = Damage(text, random);
            try
            {
                foreach (var file in BallotFiles.Read(name, damaged)) CountByEveryRule(file);
            }
            catch (BallotFileException refused)
            {
                Assert.InRange(refused.Line, 0, damaged.ReplaceLineEndings("\n").Count(c => c == '\n') + 1);
                Assert.NotEmpty(refused.Message);
            }
            catch (Exception other)
            {
                Assert.Fail($"{name}: {other.GetType().Name} {other.Message} for {System.Text.Json.JsonSerializer.Serialize(damaged)}\n{other.StackTrace}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_byte_order_mark_and_other_line_ends_change_nothing(int sample)
    {
        var (name, text) = Samples[sample];
        var plain = Said(BallotFiles.Read(name, text));
        Assert.Equal(plain, Said(BallotFiles.Read(name, "\uFEFF" + text)));
        Assert.Equal(plain, Said(BallotFiles.Read(name, text.ReplaceLineEndings("\r\n"))));
        Assert.Equal(plain, Said(BallotFiles.Read(name, "\uFEFF" + text.ReplaceLineEndings("\r\n"))));
        Assert.Equal(plain, Said(BallotFiles.Read(name.ToUpperInvariant(), text)));
    }

    [Theory] // a wrong line among right ones is the one that is named
    [InlineData(0, "1;a,b;2,1", "1;a,z;2,1", 13)]
    [InlineData(0, "b;40;Bench", "b;minus;Bench", 10)]
    [InlineData(0, "1;a,b;2,1", "1;a,b;2", 13)]
    [InlineData(1, "1 3=1 0", "1 3=9 0", 6)]
    [InlineData(1, "[tie 3 1]", "[tie 3 7]", 4)]
    [InlineData(2, "1 c - a 0", "1 c - z 0", 4)]
    [InlineData(3, "B > C", "B > > C", 6)]
    [InlineData(3, "^ 3 * 2", "^ 3 * x", 4)]
    [InlineData(4, "2:Wright/5,Kiss/2", "2:Wright/5,Kiss/two", 4)]
    [InlineData(4, "3:Kiss>", "x:Kiss>", 3)]
    [InlineData(5, "2: 3", "2: 9", 7)]
    [InlineData(6, "3: 2,{1,3}", "0: 2,{1,3}", 4)]
    [InlineData(7, "2: {2},{1}", "two: {2},{1}", 4)]
    [InlineData(8, "2,2,A", "2,second,A", 5)]
    [InlineData(8, "1,2,\"B, the second\"", "1,2,\"B, the second", 3)]
    [InlineData(9, "3,2,\n", "3,9,\n", 3)]
    [InlineData(10, "\"seats\":1,", "\"seats\":1,,", 1)]
    public void The_line_at_fault_is_named(int sample, string right, string wrong, int line)
    {
        var (name, text) = Samples[sample];
        Assert.Contains(right, text, StringComparison.Ordinal);
        foreach (var end in new[] { "\n", "\r\n" })
        {
            var damaged = text.Replace(right, wrong, StringComparison.Ordinal).ReplaceLineEndings(end);
            Assert.Equal(line, Assert.Throws<BallotFileException>(() => BallotFiles.Read(name, damaged)).Line);
        }
    }

    private static void CountByEveryRule(BallotFile file)
    {
        foreach (var rule in BallotCount.Rules)
        {
            try
            {
                Assert.NotNull(BallotCount.Run(file, new() { Rule = rule, Seed = "7" }));
            }
            catch (BallotFileException)
            {
                // The file does not carry what this rule counts.
            }
        }
    }

    private static string Damage(string text, Random random)
    {
        for (var hits = random.Next(1, 5); hits > 0 && text.Length > 0; hits--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 6), text.Length - at);
            var lines = text.Split('\n');
            text = random.Next(8) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Poison[random.Next(Poison.Length)]),
                2 => text.Remove(at, length).Insert(at, Poison[random.Next(Poison.Length)]),
                3 => text[..at],
                4 => text.Insert(at, text.Substring(at, length)),
                5 => string.Join('\n', lines.Append(lines[random.Next(lines.Length)])),
                6 => string.Join('\n', lines.Where((_, i) => i != at % lines.Length)),
                _ => text.Replace(text[at], Poison[random.Next(Poison.Length)][0]),
            };
        }

        return text;
    }

    private static string Said(IReadOnlyList<BallotFile> files) => string.Join('\n', files.Select(f => string.Join('|',
        f.Name, string.Join(',', f.Options), f.Seats, f.ApprovedTiers, string.Join(',', f.LotOrder),
        string.Join(';', f.Ranked?.Papers.Select(p => $"{p.Count}:{string.Join('>', p.Tiers.Select(t => string.Join('=', t)))}") ?? []),
        string.Join(';', f.Scores?.Select(p => $"{p.Count}:{string.Join(',', p.Scores)}") ?? []),
        f.Budget?.BudgetFen, string.Join(',', f.Budget?.Projects ?? []), string.Join(';', f.Budget?.Papers.Select(p => string.Join(',', p.Points)) ?? []))));
}
