using System.Text.Json.Nodes;
using Deliberation.Cli.Counting;

namespace Deliberation.Tests.Verify;

/// <summary><c>verify</c> from the command line: exit codes, text, and one JSON document on stdout.</summary>
[Collection("console")]
public sealed class VerifyVerbTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_clean_bundle_returns_0()
    {
        var bundle = _folder.Save(VerifyTests.Ledger(1).Write());
        var (code, output) = Run("verify", bundle, "--json");
        var json = JsonNode.Parse(output)!;
        Assert.Equal(0, code);
        Assert.True(json["ok"]!.GetValue<bool>());
        Assert.Equal(VerifyTests.Ledger(1).Bodies.Count, json["size"]!.GetValue<int>());
        Assert.Null(json["problem"]);
        Assert.Null(json["firstBadIndex"]);
        Assert.Equal(VerifyTests.Ledger(1).Ballots[0].Id.ToString(), json["ballots"]![0]!["id"]!.ToString());
        Assert.Equal("L0 named", json["ballots"]![0]!["level"]!.ToString());
        Assert.Contains("recount", json["ballots"]![0]!["checks"]!.AsArray().Select(c => c!["name"]!.ToString()));
        Assert.All(json["checks"]!.AsArray(), check => Assert.True(check!["ok"]!.GetValue<bool>()));
        Assert.Contains("Nothing wrong", Run("verify", bundle).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forged_bundle_returns_1_and_names_the_leaf()
    {
        var forgery = Tampering.Apply("delete", VerifyTests.Ledger(1), new Random(1));
        var bundle = _folder.Save(forgery.Files);
        var (code, output) = Run("verify", bundle, "--json");
        Assert.Equal((1, forgery.FirstBad), (code, JsonNode.Parse(output)!["firstBadIndex"]!.GetValue<long>()));
        Assert.Contains($"WRONG from leaf {forgery.FirstBad}: ", Run("verify", bundle).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("verify", "absent")]
    [InlineData("verify", ".", "--receipts", "absent.txt")]
    [InlineData("verify", ".", "--checkpoint", "absent.txt")]
    [InlineData("verify", ".", "--frobnicate")]
    public void A_wrong_command_line_returns_2_and_prints_nothing_on_stdout(params string[] args) => Assert.Equal((2, ""), Run(args));

    private static (int Code, string Output) Run(params string[] args)
    {
        var (outBefore, errorBefore) = (Console.Out, Console.Error);
        using StringWriter output = new(), error = new();
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            return (Convert.ToInt32(typeof(BallotCount).Assembly.EntryPoint!.Invoke(null, [args]), null), output.ToString());
        }
        finally
        {
            Console.SetOut(outBefore);
            Console.SetError(errorBefore);
        }
    }
}
