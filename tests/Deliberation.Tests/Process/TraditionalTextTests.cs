using Deliberation.Tests.Architecture;

namespace Deliberation.Tests.Process;

/// <summary>Traditional texts are converted; these characters are what a converter makes of words that it does not know. 抽籤, drawing lots, is right.</summary>
public sealed class TraditionalTextTests
{
    private static readonly string[] Wrong = ["錶", "麵", "籤", "髮", "佈", "裏", "沒有采", "語言：簡體"];

    [Fact]
    public void No_traditional_text_has_a_character_of_another_word()
    {
        var files = Directory.GetFiles(Repository.Path("src"), "*.json", SearchOption.AllDirectories).Where(file => file.Contains($"{Path.DirectorySeparatorChar}zh-Hant{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !file.Contains("bin", StringComparison.Ordinal)).ToList();
        Assert.True(files.Count > 30);
        Assert.Empty(files.SelectMany(file => File.ReadLines(file).Where(line => Wrong.Any(word => line.Replace("抽籤", "", StringComparison.Ordinal).Contains(word, StringComparison.Ordinal)))));
    }
}
