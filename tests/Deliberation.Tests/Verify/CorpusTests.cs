using System.IO.Compression;
using System.Text.Json.Nodes;
using Deliberation.Cli.Verify;
using Deliberation.Tests.Architecture;

namespace Deliberation.Tests.Verify;

/// <summary>The forged bundles in <c>tests/forged-bundles</c>: made once and kept, so that no later verifier may find less than this one.</summary>
public sealed class CorpusTests
{
    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly string Folder = Repository.Path("tests", "forged-bundles");

    public static TheoryData<string> Names => [.. Expected().Select(e => e.Key)];

    /// <summary>With <c>DELIBERATION_WRITE_CORPUS=1</c> the corpus is made anew.</summary>
    [Fact]
    public void The_corpus_is_complete_and_small()
    {
        if (Environment.GetEnvironmentVariable("DELIBERATION_WRITE_CORPUS") == "1") Write();
        var names = Expected().Select(e => e.Key).ToList();
        Assert.Superset(Tampering.Kinds.Append("clean").ToHashSet(), names.ToHashSet());
        Assert.Equal(names.Order(), Directory.EnumerateFiles(Folder, "*.zip").Select(f => Path.GetFileNameWithoutExtension(f)).Order());
        Assert.InRange(Directory.EnumerateFiles(Folder).Sum(f => new FileInfo(f).Length), 1, 220_000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kept_bundle_is_judged_as_ever(string name)
    {
        var result = BundleAudit.Run(Path.Combine(Folder, name + ".zip"));
        var expected = Expected()[name]!;
        Assert.Equal((expected["ok"]!.GetValue<bool>(), expected["firstBadIndex"]?.GetValue<long>()), (result.IsOk, result.FirstBadIndex));
        Assert.Equal(expected["problem"]?.ToString(), result.Problem);
    }

    [NodeFact]
    public void The_second_verifier_judges_them_the_same()
    {
        using var unpacked = new TestFolder();
        foreach (var (name, _) in Expected()) ZipFile.ExtractToDirectory(Path.Combine(Folder, name + ".zip"), Path.Combine(unpacked.Path, name));
        var answers = SecondVerifier.Run(Directory.EnumerateDirectories(unpacked.Path));
        foreach (var (name, expected) in Expected())
        {
            Assert.Equal((name, expected!["ok"]!.GetValue<bool>(), expected["firstBadIndex"]?.GetValue<long>()), (name, answers[name]["ok"]!.GetValue<bool>(), answers[name]["firstBadIndex"]?.GetValue<long>()));
        }
    }

    private static JsonObject Expected() => File.Exists(Path.Combine(Folder, "expected.json"))
        ? JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")))!.AsObject()
        : [];

    private static void Write()
    {
        Directory.CreateDirectory(Folder);
        foreach (var file in Directory.EnumerateFiles(Folder, "*.zip")) File.Delete(file);
        var ledger = TestStory.Make(11, """{"rule":"OwnersAssembly","matter":4}""", """{"rule":"OfficeElection","seats":2,"mode":"First"}""");
        var expected = new JsonObject();
        foreach (var kind in Tampering.Kinds.Append("clean"))
        {
            var forgery = kind == "clean" ? new Forgery(ledger.Write(), null) : Enumerable.Range(0, 20).Select(seed => Tampering.Apply(kind, ledger, new Random(seed))).First(f => f.Kept is null);
            var path = Path.Combine(Folder, kind + ".zip");
            TestLedger.SaveZip(forgery.Files, path);
            var result = BundleAudit.Run(path);
            expected[kind] = new JsonObject { ["ok"] = kind == "clean", ["firstBadIndex"] = forgery.FirstBad, ["problem"] = result.Problem };
        }

        File.WriteAllText(Path.Combine(Folder, "expected.json"), expected.ToJsonString(Indented) + "\n");
    }
}
