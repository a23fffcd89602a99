using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deliberation.Process.Texts;

namespace Deliberation.Tests.Process;

/// <summary>What the loudspeaker says.</summary>
public sealed partial class SpokenTextTests
{
    private static readonly TextCatalog Texts = new();

    /// <summary>What a spoken text may hold: titles, places and times, nobody's name and nothing somebody gave as a reason.</summary>
    private static readonly string[] Allowed = ["question", "title", "theme", "place", "meetsAt", "closesAt", "until"];

    [Fact]
    public void Every_announcement_that_is_read_out_has_a_text_and_every_text_an_announcement()
    {
        var spoken = Texts.KeysOf("zh-Hans").Where(key => key.Contains(".message.", StringComparison.Ordinal)).Select(SpokenText.KeyOf).OfType<string>();
        Assert.Equal(Texts.KeysOf("zh-Hans").Where(key => key.Contains(".spoken.", StringComparison.Ordinal)).Order(), spoken.Order());
    }

    [Fact]
    public void A_text_with_the_longest_values_takes_no_longer_than_a_minute_and_names_nobody()
    {
        foreach (var key in Texts.KeysOf("zh-Hans").Where(key => key.Contains(".spoken.", StringComparison.Ordinal)))
        {
            Assert.Empty(Placeholder().Matches(Texts.Get("zh-Hans", key)).Select(match => match.Groups[1].Value).Except(Allowed));
            var values = new JsonObject();
            foreach (var name in Allowed)
            {
                values[name] = name.EndsWith("At", StringComparison.Ordinal) || name == "until" ? "2026-12-30T12:34:00.0000000+00:00" : new string('长', 120);
            }

            var text = SpokenText.Of(Texts, key, values);
            Assert.InRange(SpokenText.Seconds(text), 1, 60);
            Assert.True(text.EndsWith('。'), $"{key} is cut: {text}");
            Assert.DoesNotContain("{", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(199, 60)]
    [InlineData(200, 60)]
    [InlineData(201, 61)]
    public void Two_hundred_characters_take_a_minute(int characters, int seconds) => Assert.Equal(seconds, SpokenText.Seconds(new string('字', characters)));

    [Fact]
    public void A_rare_character_is_one_and_is_not_cut_in_half() =>
        Assert.EndsWith("𠮷。手机上能看，也可以到社区来问。", SpokenText.Of(Texts, "project.spoken.launched", new JsonObject { ["title"] = string.Concat(Enumerable.Repeat("𠮷", 50)) }).Replace("怎么办，请大家一起商量，", "", StringComparison.Ordinal), StringComparison.Ordinal);

    [GeneratedRegex(@"\{(\w+)")]
    private static partial Regex Placeholder();
}
