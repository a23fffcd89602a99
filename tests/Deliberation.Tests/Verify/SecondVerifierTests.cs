using System.Diagnostics;
using System.Text.Json.Nodes;
using Deliberation.Cli.Verify;
using Deliberation.Tests.Architecture;
using OsProcess = System.Diagnostics.Process;

namespace Deliberation.Tests.Verify;

/// <summary>A second verifier in another language comes to the same answers; skipped, visibly, where there is no Node.</summary>
public sealed class SecondVerifierTests : IDisposable
{
    private static readonly string[] Rules = [.. TestRules.All.Where(r => new[] { "OwnersAssembly", "OfficeElection", "\"Majority\"", "TwoThirds" }.Any(name => r.Contains(name, StringComparison.Ordinal)))];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NodeFact]
    public void Both_agree_on_clean_and_on_forged_bundles()
    {
        var bundles = new List<string>();
        for (var seed = 0; seed < 10; seed++)
        {
            var ledger = TestStory.Make(seed, Rules[seed % Rules.Length], Rules[(seed + 4) % Rules.Length]);
            bundles.Add(_folder.Save(ledger.Write(), $"clean-{seed}"));
            bundles.Add(_folder.Save(ledger.Write(isPublic: true), $"public-{seed}"));
            foreach (var kind in Tampering.Kinds)
            {
                var forgery = Tampering.Apply(kind, ledger, new Random(seed));
                if (forgery.Kept is null) bundles.Add(_folder.Save(forgery.Files, $"{kind}-{seed}"));
            }
        }

        // Of the rules that the second does not count it checks all but the decision.
        foreach (var (rule, i) in TestRules.All.Select((r, i) => (r, i))) bundles.Add(_folder.Save(TestStory.Make(i, rule, rule).Write(), $"rule-{i}"));
        var second = SecondVerifier.Run(bundles);
        foreach (var bundle in bundles)
        {
            var (first, other) = (BundleAudit.Run(bundle), second[Path.GetFileName(bundle)]);
            Assert.True(
                (first.IsOk, first.FirstBadIndex) == (other["ok"]!.GetValue<bool>(), other["firstBadIndex"]?.GetValue<long>()),
                $"{Path.GetFileName(bundle)}: {first.FirstBadIndex} {first.Problem} / {other.ToJsonString()}");
        }
    }
}

/// <summary>A test that runs Node; skipped, visibly, where it is absent.</summary>
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (!SecondVerifier.IsThere) Skip = "There is no Node here (node).";
    }
}

/// <summary>tests/verifier-js.</summary>
internal static class SecondVerifier
{
    public static bool IsThere { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "node")));

    /// <returns>Its answers by the bundles' names.</returns>
    public static Dictionary<string, JsonNode> Run(IEnumerable<string> folders)
    {
        using var node = OsProcess.Start(new ProcessStartInfo("node", [Repository.Path("tests", "verifier-js", "verify.mjs"), .. folders]) { RedirectStandardOutput = true })!;
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToDictionary(answer => answer["bundle"]!.ToString());
    }
}
