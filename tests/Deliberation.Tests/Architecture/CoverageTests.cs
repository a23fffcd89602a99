using System.Text;
using System.Text.RegularExpressions;

namespace Deliberation.Tests.Architecture;

/// <summary><c>tests/coverage.md</c> tells which mechanisms a test shows at work; it is written from the tests themselves.</summary>
public sealed partial class CoverageTests
{
    [Fact]
    public void Coverage_tells_the_truth_of_today()
    {
        var expected = Render(Mechanisms(), Marks());
        var path = Repository.Path("tests", "coverage.md");
        var actual = File.Exists(path) ? File.ReadAllText(path) : "";
        if (actual != expected)
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(actual == expected, "tests/coverage.md was stale. It has been written anew: look at it and commit it.");
    }

    [Fact]
    public void No_test_names_a_mechanism_that_does_not_exist() =>
        Assert.Empty(Marks().Select(m => m.Id).Except(Mechanisms().Select(m => m.Id)));

    private static List<(string Id, string Name)> Mechanisms() =>
        [.. File.ReadLines(Repository.Path("tests", "mechanisms.txt"))
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split('\t'))
            .Select(parts => (parts[0], parts[1]))];

    private static List<(string Id, string Test, string? Page)> Marks()
    {
        var marks = new List<(string, string, string?)>();
        foreach (var file in Repository.Files("tests", "*.cs"))
        {
            var pending = new List<(string Id, string? Page)>();
            foreach (var line in File.ReadLines(file))
            {
                pending.AddRange(Mark().Matches(line).Select(m => (m.Groups["id"].Value, m.Groups["page"].Success ? m.Groups["page"].Value : null)));
                if (pending.Count > 0 && Member().Match(line) is { Success: true } member)
                {
                    marks.AddRange(pending.Select(p => (p.Id, member.Groups["name"].Value, p.Page)));
                    pending.Clear();
                }
            }
        }

        return marks;
    }

    private static string Render(List<(string Id, string Name)> mechanisms, List<(string Id, string Test, string? Page)> marks)
    {
        var text = new StringBuilder("# Coverage\n\nWritten by `CoverageTests` from the `[Mechanism]` attributes of the tests. A row works when a test shows its check end to end.\n\n| id | mechanism | tests | page | works |\n|---|---|---|---|---|\n");
        foreach (var (id, name) in mechanisms)
        {
            var own = marks.Where(m => m.Id == id).ToList();
            text.Append("| ").Append(id).Append(" | ").Append(name).Append(" | ")
                .AppendJoin(", ", own.Select(m => m.Test).Distinct()).Append(" | ")
                .AppendJoin(", ", own.Select(m => m.Page).OfType<string>().Distinct()).Append(" | ")
                .Append(own.Count > 0 ? "yes" : "not yet").Append(" |\n");
        }

        return text.ToString();
    }

    [GeneratedRegex("""\[Mechanism\("(?<id>M\d+\.\d+)"(, Page = "(?<page>[^"]+)")?\)\]""")]
    private static partial Regex Mark();

    [GeneratedRegex("""(public|internal)\s+(static\s+|sealed\s+|async\s+|partial\s+)*(class|void|Task|ValueTask)\s+(?<name>\w+)""")]
    private static partial Regex Member();
}
