using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Deliberation.Process.Texts;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>What can be seen in the source files of the pages without running them.</summary>
public sealed partial class SourceTests
{
    private static readonly string Web = Path.GetFullPath(Path.Combine(Here(), "../../../src/Deliberation.Web"));

    private static readonly TextCatalog Texts = new(typeof(Program).Assembly);

    [Fact]
    public void No_page_and_no_code_holds_Chinese_words()
    {
        var holding = Files("*.cshtml").Concat(Files("*.cs"))
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (file, line, number: index + 1)))
            .Where(l => !l.line.TrimStart().StartsWith("///", StringComparison.Ordinal) && Han().IsMatch(l.line))
            .Select(l => $"{Path.GetRelativePath(Web, l.file)}:{l.number}");

        holding.ShouldBeEmpty();
    }

    [Fact]
    public void The_stylesheets_stay_within_20_KB() =>
        Directory.GetFiles(Path.Combine(Web, "wwwroot/css")).Sum(file => new FileInfo(file).Length).ShouldBeLessThanOrEqualTo(20_480);

    [Fact]
    public void The_scripts_stay_within_10_KB() =>
        Directory.GetFiles(Path.Combine(Web, "wwwroot/js")).Sum(file => new FileInfo(file).Length).ShouldBeLessThanOrEqualTo(10_240);

    [Theory]
    [InlineData("zh-Hans")]
    [InlineData("en")]
    public void Every_text_that_a_page_asks_for_exists(string language)
    {
        var keys = Texts.KeysOf(language);
        var missing = Files("*.cshtml").Concat(Files("*.cs"))
            .SelectMany(file => Key().Matches(File.ReadAllText(file)).Select(match => (Name: match.Groups[2].Value, IsWhole: match.Groups[1].Length == 0)))
            .Where(key => key.IsWhole ? !keys.Contains(key.Name) : !keys.Any(k => k.StartsWith(key.Name.Split('{')[0], StringComparison.Ordinal)))
            .Select(key => key.Name)
            .Distinct();

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Both_languages_have_the_same_texts() =>
        Texts.KeysOf("zh-Hans").Order().ShouldBe(Texts.KeysOf("en").Order());

    [Fact]
    public void No_page_carries_a_style_or_a_script_in_itself()
    {
        var holding = Files("*.cshtml").Where(file => InlineStyleOrScript().IsMatch(File.ReadAllText(file))).Select(file => Path.GetRelativePath(Web, file));
        holding.ShouldBeEmpty();
    }

    /// <summary>A form with an action of its own gets no token unless it says so: the settings form, which needs none, says that too.</summary>
    [Fact]
    public void Every_form_that_posts_says_whether_it_carries_a_token()
    {
        var silent = Files("*.cshtml").Where(file => PostWithAction().Matches(File.ReadAllText(file)).Any(form => !form.Value.Contains("asp-antiforgery", StringComparison.Ordinal)))
            .Select(file => Path.GetRelativePath(Web, file));
        silent.ShouldBeEmpty();
    }

    private static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Web, pattern, SearchOption.AllDirectories)
        .Where(file => !file[Web.Length..].Split('/').Any(folder => folder is "bin" or "obj" or "node_modules"));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex("""<form[^>]*method="post"[^>]*\saction="[^>]*>""")]
    private static partial Regex PostWithAction();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();

    [GeneratedRegex("""(?:\bT|\b[Tt]exts)(?:\.Get\(|\[)(\$?)"([^"]+)["]""")]
    private static partial Regex Key();

    [GeneratedRegex("""\sstyle="|<style|<script(?![^>]*\ssrc=)|\son(click|submit|load|change)=""", RegexOptions.IgnoreCase)]
    private static partial Regex InlineStyleOrScript();
}
