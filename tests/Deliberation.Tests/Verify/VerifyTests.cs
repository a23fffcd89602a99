using System.Collections.Concurrent;
using System.Text;
using Deliberation.Cli.Verify;

namespace Deliberation.Tests.Verify;

/// <summary>The offline auditor over bundles that a writer of the tests' own makes: clean ones pass, forged ones are found and the first bad leaf is named.</summary>
public sealed class VerifyTests : IDisposable
{
    private const int Seeds = 50;

    private static readonly ConcurrentDictionary<int, TestLedger> Ledgers = new();

    private readonly TestFolder _folder = new();

    public static TheoryData<string> Rules => [.. TestRules.All];

    public static TheoryData<string> Kinds => [.. Tampering.Kinds];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_clean_bundle_passes_and_its_tally_is_the_one_the_product_counted(string rule)
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var result = BundleAudit.Run(_folder.Save(TestStory.Make(seed, rule, rule).Write(), $"b{seed}"));
            Assert.True(result.IsOk, $"seed {seed}: {result.Problem}");
            Assert.Null(result.FirstBadIndex);
            Assert.Equal(2, result.Ballots.Count(b => b.IsAudited && b.Checks.Any(c => c.Name == "recount")));
            Assert.Contains(result.Ballots, b => b.State == "Cancelled");
            Assert.Contains(result.Ballots, b => b.State == "Open");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_forgery_is_found_and_its_first_leaf_named(string kind)
    {
        var missed = new List<string>();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var forgery = Tampering.Apply(kind, Ledger(seed), new Random(seed));
            var kept = forgery.Kept is null ? null : _folder.Write($"kept{seed}.txt", forgery.Kept);
            var result = BundleAudit.Run(_folder.Save(forgery.Files, $"f{seed}"), null, kept);
            if (result.IsOk || result.FirstBadIndex != forgery.FirstBad)
                missed.Add($"seed {seed}: expected {forgery.FirstBad}, named {result.FirstBadIndex}: {result.Problem}");
        }

        Assert.Empty(missed);
    }

    [Fact]
    public void The_ledgers_that_are_forged_were_clean_before()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var result = BundleAudit.Run(_folder.Save(Ledger(seed).Write(), $"c{seed}"));
            Assert.True(result.IsOk, $"seed {seed}: {result.Problem}");
        }
    }

    [Fact]
    public void A_public_bundle_passes_without_auditors_files()
    {
        var result = BundleAudit.Run(_folder.Save(Ledger(1).Write(isPublic: true)));
        Assert.True(result.IsOk, result.Problem);
        Assert.DoesNotContain(result.Ballots, b => b.IsAudited);
    }

    [Theory]
    [InlineData("")]
    [InlineData("TEST-2026-11-27/")]
    public void A_zip_is_read_in_place(string folder)
    {
        var path = Path.Combine(_folder.Path, "bundle.zip");
        TestLedger.SaveZip(Ledger(2).Write(), path, folder);
        var result = BundleAudit.Run(path);
        Assert.True(result.IsOk, result.Problem);
        Assert.Equal(Ledger(2).Bodies.Count, result.Size);
    }

    [Fact]
    public void An_open_ledger_is_consistent_with_a_checkpoint_that_somebody_kept()
    {
        var ledger = Ledger(3);
        var early = ledger.Checkpoints[1];
        var kept = _folder.Write("kept.txt", ledger.Note(early.Size, ledger.Root(early.Size)));
        Assert.True(BundleAudit.Run(_folder.Save(ledger.Write()), null, kept).IsOk);
    }

    [Fact]
    public void A_receipt_that_is_not_in_the_log_is_told()
    {
        var bundle = _folder.Save(Ledger(4).Write());
        Assert.True(BundleAudit.Run(bundle, _folder.Write("r.txt", string.Join("\n", Ledger(4).Receipts).ToLowerInvariant())).IsOk);
        Assert.Equal("Line 2 of bad.txt: the vote of this receipt is not in the log.", BundleAudit.Run(bundle, _folder.Write("bad.txt", $"{Ledger(4).Receipts[0]}\nTEST-0000-0000-0000-0000\n")).Problem);
        Assert.Equal("Line 1 of no.txt is no receipt.", BundleAudit.Run(bundle, _folder.Write("no.txt", "hello\n")).Problem);
    }

    [Fact]
    public void Without_a_witness_the_auditor_says_what_that_means()
    {
        var ledger = new TestLedger(new Random(1));
        ledger.AddKey(new TestKey("alone", "Log"));
        ledger.Checkpoint();
        var result = BundleAudit.Run(_folder.Save(ledger.Write()));
        Assert.True(result.IsOk, result.Problem);
        Assert.StartsWith("no witness has signed", result.Checks.Single(c => c.Name == "cosignatures").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_false_cosignature_is_told()
    {
        var (ledger, witness) = (new TestLedger(new Random(1)), new TestKey("owners", "Witness"));
        ledger.AddKey(new TestKey("log", "Log"));
        ledger.AddKey(witness);
        ledger.Checkpoint();
        var text = TestLedger.Text(2, ledger.Root(2));
        ledger.Checkpoints[0] = ledger.Checkpoints[0] with { Note = text + "\n" + ledger.LogKey.Sign(text) + witness.Sign(text + "x") };
        Assert.Equal("The checkpoint of 2 leaves carries a false cosignature of owners.", BundleAudit.Run(_folder.Save(ledger.Write())).Problem);
    }

    [Theory]
    [InlineData("""{"v":"DLB1","kind":"ballot-cancelled","ballot":"00000000-0000-0000-0000-000000000001"}""", "which was not opened before")]
    [InlineData("""{"v":"DLB1","kind":"vote","ballot":"00000000-0000-0000-0000-000000000001","commitment":"ab"}""", "none of the entries")]
    [InlineData("""{"v":"DLB1", "kind":"ballot-cancelled","ballot":"00000000-0000-0000-0000-000000000001"}""", "none of the entries")]
    [InlineData("""{"kind":"ballot-cancelled","v":"DLB1","ballot":"00000000-0000-0000-0000-000000000001"}""", "none of the entries")]
    [InlineData("""{"v":"DLB1","kind":"ballot-cancelled","ballot":"00000000-0000-0000-0000-00000000000A"}""", "none of the entries")]
    [InlineData("""{"v":"DLB1","kind":"ballot-cancelled","ballot":"00000000-0000-0000-0000-000000000001"}x""", "none of the entries")]
    [InlineData("""{"v":"DLB1","kind":"key","name":"a","role":"Log","key":"AAAA","state":"Added"}""", "no P-256 key")]
    [InlineData("""{"v":"DLB1","kind":"key","name":"a","role":"Log","key":"AAAA","state":"Removed"}""", "not in use")]
    [InlineData("""{"v":"DLB1","kind":"tally-published","ballot":"00000000-0000-0000-0000-000000000001","version":1,"tally":"0000000000000000000000000000000000000000000000000000000000000000"}""", "which is not closed")]
    public void A_leaf_that_must_not_stand_there_is_named_though_all_is_signed(string body, string problem)
    {
        var ledger = Ledger(5).Copy();
        var last = ledger.Bodies.Count;
        ledger.Bodies.Add(body);
        ledger.Checkpoint();
        var result = BundleAudit.Run(_folder.Save(ledger.Write()));
        Assert.Equal(last, result.FirstBadIndex);
        Assert.Contains(problem, result.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["For","Against"]""", "more than one answer")]
    [InlineData("""["Maybe"]""", "something else")]
    [InlineData("""["For","Abstain"]""", "abstains and chooses")]
    public void A_paper_that_is_not_valid_is_named_though_it_was_committed_to(string choices, string problem)
    {
        var ledger = Committed("""{"rule":"Majority"}""", choices);
        var result = BundleAudit.Run(_folder.Save(ledger.Write()));
        Assert.Equal(2, result.FirstBadIndex);
        Assert.Contains(problem, result.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"rule":"Approval"}""", """["o9"]""", "is no option")]
    [InlineData("""{"rule":"Plurality"}""", """["o0","o1"]""", "1 are allowed")]
    [InlineData("""{"rule":"StvScottish"}""", """["o0=1","o1=1"]""", "gives place 1 twice")]
    [InlineData("""{"rule":"Borda"}""", """["o0=1","o1=3"]""", "leaves out a place")]
    [InlineData("""{"rule":"Borda"}""", """["o0=1","o0=2"]""", "ranks 'o0' twice")]
    [InlineData("""{"rule":"Borda"}""", """["o0=01"]""", "no place")]
    [InlineData("""{"rule":"Score","maxScore":5}""", """["o0=6"]""", "no score")]
    [InlineData("""{"rule":"Score"}""", """["o0"]""", "no score")]
    public void A_paper_with_options_that_is_not_valid_is_named(string rule, string choices, string problem)
    {
        var result = BundleAudit.Run(_folder.Save(Committed(rule, choices, options: 3).Write()));
        Assert.Equal(2, result.FirstBadIndex);
        Assert.Contains(problem, result.Problem, StringComparison.Ordinal);
    }

    internal static TestLedger Ledger(int seed) => Ledgers.GetOrAdd(seed, s => TestStory.Make(s, TestRules.All[s % TestRules.All.Count], TestRules.All[(s * 7 + 3) % TestRules.All.Count]));

    /// <summary>A ledger of one named ballot with one counted paper, whatever it says: leaf 0 is the key, 1 the opening, 2 the vote.</summary>
    private static TestLedger Committed(string rule, string choices, int options = 0)
    {
        var random = new Random(7);
        var ledger = new TestLedger(random);
        ledger.AddKey(new TestKey("log", "Log"));
        var ballot = new TestBallot(
            new Guid("11111111-1111-4111-8111-111111111111"), false, System.Text.Json.Nodes.JsonNode.Parse(rule)!.AsObject(),
            [.. Enumerable.Range(0, options).Select(i => ($"o{i}", (long?)null))], 1, new byte[32]);
        ballot.Roll.Add(new("1-101", 2, 8000));
        ledger.Ballots.Add(ballot);
        ledger.Bodies.Add($$"""{"v":"DLB1","kind":"ballot-opened","ballot":"{{ballot.Id}}","definition":"{{Hash(ballot.Definition)}}","roll":"{{Convert.ToHexStringLower(ballot.RollRoot)}}","units":1}""");
        var vote = ballot.Cast("1-101", System.Text.Json.JsonSerializer.Deserialize<string[]>(choices)!, random);
        ledger.Bodies.Add($$"""{"v":"DLB1","kind":"vote","ballot":"{{ballot.Id}}","commitment":"{{Convert.ToHexStringLower(vote.Commitment)}}"}""");
        ledger.Bodies.Add($$"""{"v":"DLB1","kind":"ballot-closed","ballot":"{{ballot.Id}}","participations":1,"papers":1,"replaced":[]}""");
        ledger.Files[ballot.Folder + "definition.json"] = ballot.Definition;
        ledger.Files[ballot.Folder + "roll.jsonl"] = Encoding.UTF8.GetBytes(ballot.RollLines);
        ledger.Files[ballot.Folder + "openings.jsonl"] = Encoding.UTF8.GetBytes(ballot.OpeningLines);
        ledger.Checkpoint();
        return ledger;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
