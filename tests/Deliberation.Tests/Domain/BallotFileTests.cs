using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ballots.Files;

namespace Deliberation.Tests.Domain;

/// <summary>The import doors: strict, with the line at fault; tolerant of byte order marks, line ends and quotes.</summary>
public sealed class BallotFileTests
{
    private const string Budget = """"
        META
        key;value
        budget;100.50
        num_projects;2
        num_votes;2
        PROJECTS
        project_id;cost;name
        a;60,25;"Lamps; ""new"""
        b;40;Bench
        VOTES
        voter_id;vote
        1;a,b
        2;b
        """";

    private const string Blt = "3 2\n# a comment\n-2\n[tie 3 1]\n2 1 3 0\n1 3=1 0\n0\n\"A \"\"the first\"\"\"\nB\n\"C\" \"party\"\nTitle\n";

    [Fact]
    public void A_budget_file_is_read_in_hundredths_of_its_currency()
    {
        var budget = BallotFiles.Read("x.pb", "\uFEFF" + Budget.ReplaceLineEndings("\r\n"))[0].Budget!;
        Assert.Equal(10_050, budget.BudgetFen);
        Assert.Equal([new("a", 6_025), new("b", 4_000)], budget.Projects);
        Assert.Equal(2, budget.Papers[0].Points.Count);
    }

    [Theory]
    [InlineData("b;40;Bench", "b;40.123;Bench", 9)]
    [InlineData("b;40;Bench", "a;40;Bench", 9)]
    [InlineData("b;40;Bench", "b", 9)]
    [InlineData("2;b", "2;c", 13)]
    [InlineData("1;a,b", "1;\"a", 12)]
    [InlineData("num_votes;2", "num_votes;3", 0)]
    [InlineData("budget;100.50", "nothing;1", 0)]
    [InlineData("META", "MATA", 1)]
    public void A_budget_file_that_is_wrong_says_in_which_line(string right, string wrong, int line) =>
        Assert.Equal(line, Fails("x.pb", Budget.ReplaceLineEndings("\n").Replace(right, wrong, StringComparison.Ordinal)).Line);

    [Fact]
    public void A_blt_file_with_its_extensions_is_read()
    {
        var file = BallotFiles.Read("x.blt", Blt)[0];
        Assert.Equal(["A \"the first\"", "B", "C\" \"party"], file.Options);
        Assert.Equal(("Title", 2), (file.Name, file.Seats));
        Assert.Equal([1], file.Ranked!.Withdrawn);
        Assert.True(file.Ranked.HasEqualRanks);
        Assert.Equal(["C\" \"party", "A \"the first\""], file.LotOrder);
    }

    [Theory]
    [InlineData("2 1 3 0", "2 1 4 0", 5)]
    [InlineData("2 1 3 0", "2 1 3", 5)]
    [InlineData("2 1 3 0", "x 1 3 0", 5)]
    [InlineData("2 1 3 0", "0 1 3 0", 5)]
    [InlineData("3 2\n", "3\n", 1)]
    [InlineData("3 2\n", "5 2\n", 12)]
    public void A_blt_file_that_is_wrong_says_in_which_line(string right, string wrong, int line) =>
        Assert.Equal(line, Fails("x.blt", Blt.Replace(right, wrong, StringComparison.Ordinal)).Line);

    [Fact]
    public void Condorcet_files_carry_tags_ties_weights_and_counts()
    {
        var file = BallotFiles.Read("x.cvotes", "#/Candidates: A ; B;C\n#/Weight Allowed: true\n\nme || A > B = C ^ 3 * 2 # twice\n/EMPTY_RANKING/\n")[0];
        Assert.Equal([6L, 1], file.Ranked!.Papers.Select(p => p.Count));
        Assert.Equal([[0], [1, 2]], file.Ranked.Papers[0].Tiers);
        Assert.Equal(2, Fails("x.cvotes", "#/Candidates: A;B\nA > D").Line);
        Assert.Equal(1, Fails("x.cvotes", "A > > B").Line);
    }

    [Fact]
    public void Abif_files_carry_names_ties_and_scores()
    {
        var file = BallotFiles.Read("x.abif", "{title: \"t\"}\n=Kiss:[Bob Kiss]\n3:Kiss>Wright=[Dan Smith]\n2:Wright/5,Kiss/2\n")[0];
        Assert.Equal(["Kiss", "Wright", "Dan Smith"], file.Options);
        Assert.Equal([[0], [1, 2]], file.Ranked!.Papers[0].Tiers);
        Assert.Equal([[1], [0]], file.Ranked.Papers[1].Tiers);
        Assert.Equal([2, 5, 0], file.Scores![0].Scores);
        Assert.Equal(1, Fails("x.abif", "no colon").Line);
    }

    [Fact]
    public void PrefLib_files_carry_ties_and_categories()
    {
        const string Text = "# NUMBER VOTERS: 5\n# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n# ALTERNATIVE NAME 3: C\n3: 2,{1,3}\n2: 3\n";
        var file = BallotFiles.Read("x.toi", Text)[0];
        Assert.Equal([[1], [0, 2]], file.Ranked!.Papers[0].Tiers);
        Assert.Equal(1, BallotFiles.Read("x.cat", Text.Replace("3: 2,{1,3}", "3: {1,2},{3}", StringComparison.Ordinal))[0].ApprovedTiers);
        Assert.Equal(5, Fails("x.soi", Text.Replace("{1,3}", "4", StringComparison.Ordinal)).Line);
        Assert.Equal(0, Fails("x.soi", Text.Replace("VOTERS: 5", "VOTERS: 6", StringComparison.Ordinal)).Line);
    }

    [Fact]
    public void A_row_per_mark_skips_blank_and_double_marks_and_closes_the_gap()
    {
        var file = BallotFiles.Read("x.csv", "ballot_id,rank,choice\n1,1,$OVERVOTE\n1,2,B\n1,3,A\n2,1,$UNDERVOTE\n")[0];
        Assert.Equal([[1], [0]], file.Ranked!.Papers[0].Tiers);
        Assert.Empty(file.Ranked.Papers[1].Tiers);
        Assert.Equal(2, Fails("x.csv", "ballot_id,rank,choice\n1,first,A").Line);
    }

    [Fact]
    public void A_row_per_ranking_is_read()
    {
        var file = BallotFiles.Read("x.csv", "2,1,\n5,1,2,\n3,2,\n\"Candidate 1\",\"A, the first\",\"P\",\n\"Candidate 2\",\"B\",\"P\",\n\"Ward\",")[0];
        Assert.Equal(["A, the first", "B"], file.Options);
        Assert.Equal((1, 8L), (file.Seats, file.Ranked!.Total));
        Assert.Equal(2, Fails("x.csv", "2,1,\n5,3,\n").Line);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("{\"ballots\":[{\"count\":0,\"ranking\":\"AB\"}]}")]
    [InlineData("{\"ballots\":[{\"ranking\":[null]}]}")]
    [InlineData("{\"candidates\":[\"A\"],\"ballots\":[{\"ranking\":[\"B\"]}]}")]
    [InlineData("{\"candidates\":[\"A\"],\"ballots\":[{\"scores\":[6]}]}")]
    [InlineData("{\"budget\":1,\"projects\":{\"a\":1},\"ballots\":[[\"b\"]]}")]
    [InlineData("{\"options\":[\"A\"],\"votes\":{\"12\":1}}")]
    public void Json_of_another_shape_is_refused(string text) => Fails("x.json", text);

    [Fact]
    public void An_unknown_ending_is_refused() => Fails("x.exe", "MZ");

    [Fact]
    public void Damaged_files_are_refused_and_never_crash_the_reader()
    {
        (string Name, string Text)[] samples =
        [
            ("x.pb", Budget), ("x.blt", Blt), ("x.cvotes", "#/Candidates: A;B\nA > B * 3\n"), ("x.abif", "3:A>B=C\n2:A/5\n"),
            ("x.soi", "# ALTERNATIVE NAME 1: A\n3: 1\n"), ("x.csv", "ballot_id,rank,choice\n1,1,A\n"), ("x.csv", "1,1,\n5,1,\n\"Candidate 1\",\"A\",\n"),
            ("x.json", "{\"ballots\":[{\"count\":3,\"ranking\":[\"A\",[\"B\"]]}]}"), ("x.json", "{\"profile\":[[0,1]],\"numCand\":2,\"committeeSize\":1}"),
            ("x.json", "{\"starvoteFile\":\"[ballots]\\nA = 5\\n\"}"),
        ];
        var random = new Random(20260302);
        foreach (var (name, text) in samples)
        {
            for (var round = 0; round < 400; round++)
            {
                var damaged = text.ToCharArray();
                for (var hit = random.Next(1, 4); hit > 0; hit--) damaged[random.Next(damaged.Length)] = "0-;,:>={}[]\"\n #9x"[random.Next(17)];
                var candidate = new string(damaged)[..random.Next(damaged.Length + 1)];
                try
                {
                    BallotFiles.Read(name, candidate);
                }
                catch (BallotFileException)
                {
                    // The one answer to a file that is wrong.
                }
            }
        }
    }

    private static BallotFileException Fails(string name, string text) =>
        Assert.Throws<BallotFileException>(() => BallotFiles.Read(name, text));
}
