using System.Text.Json.Nodes;
using Deliberation.Cli.Counting;

namespace Deliberation.Tests.CommandLine;

/// <summary>The console is one for the whole process: these run alone.</summary>
[CollectionDefinition("console", DisableParallelization = true)]
public sealed class ConsoleRunsAlone;

/// <summary><c>tally</c> and <c>decide</c> from the command line: exit codes, and one JSON document on stdout.</summary>
[Collection("console")]
public sealed class TallyAndDecideTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("deliberation-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_count_prints_one_json_document_and_returns_0()
    {
        var file = Write("x.blt", "3 2\n4 1 2 0\n2 3 0\n0\n\"Castor\"\n\"Pollux\"\n\"Helen\"\n\"Title\"\n");
        var (code, output) = Run("tally", file, "--rule", "stv-scottish", "--json");
        Assert.Equal(0, code);
        Assert.Equal("[1,3]", JsonNode.Parse(output)!["electedNumbers"]!.ToJsonString());
        Assert.Equal("[\"Castor\"]", JsonNode.Parse(Run("tally", file, "--rule", "stv-scottish", "--seats", "1", "--json").Output)!["elected"]!.ToJsonString());
    }

    [Fact]
    public void A_damaged_file_returns_1_and_its_line()
    {
        var (code, output) = Run("tally", Write("x.blt", "3 2\n4 9 0\n0\n"), "--rule", "irv", "--json");
        Assert.Equal((1, 2), (code, JsonNode.Parse(output)!["line"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("tally", "absent.blt", "--rule", "irv")]
    [InlineData("tally", "absent.blt")]
    [InlineData("tally", "absent.blt", "--rule", "StvWigmPrf")]
    [InlineData("decide")]
    [InlineData("decide", "absent.json")]
    [InlineData("frobnicate")]
    public void A_wrong_command_line_returns_2_and_prints_nothing_on_stdout(params string[] args) =>
        Assert.Equal((2, ""), Run(args));

    [Fact]
    public void One_example_alone_is_decided()
    {
        var file = Write("x.json", """{"id":"m","rule":"Majority","input":{"for":30,"against":25,"base":"Expressed","threshold":"1/2","strict":true}}""");
        var (code, output) = Run("decide", file, "--json");
        Assert.Equal(0, code);
        Assert.True(JsonNode.Parse(output)![0]!["outcome"]!["passed"]!.GetValue<bool>());
        Assert.Equal("30×2 > 55", JsonNode.Parse(output)![0]!["arithmetic"]![0]!.ToString());
        Assert.Equal(1, Run("decide", Write("y.json", """{"id":"m","rule":"Majority"}"""), "--json").Code);
        Assert.Equal(1, Run("decide", Write("z.json", "{"), "--json").Code);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

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
