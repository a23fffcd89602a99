using System.Text.Json.Nodes;
using Deliberation.Process.Texts;
using Deliberation.Workflows.Activities;
using static Deliberation.Tests.Process.StepContext;

namespace Deliberation.Tests.Process;

public sealed class TextCatalogTests
{
    private static readonly TextCatalog Texts = new();

    [Fact]
    public void Every_text_of_the_process_stands_in_every_language()
    {
        var original = Texts.KeysOf("zh-Hans");
        Assert.NotEmpty(original);
        Assert.Empty(original.Except(Texts.KeysOf("en")));
        foreach (var language in TextCatalog.Languages)
        {
            Assert.Empty(Texts.KeysOf(language).Except(original)); // traditional script is generated from the simplified and may lag behind
        }
    }

    [Fact]
    public void Every_activity_and_port_has_a_name()
    {
        foreach (var type in typeof(TextCatalog).Assembly.GetTypes())
        {
            foreach (var activity in type.GetCustomAttributes(typeof(ActivityAttribute), false).Cast<ActivityAttribute>())
            {
                Assert.True(Texts.Has("en", "activity." + activity.TypeName), activity.TypeName);
                Assert.True(Texts.Has("en", "category." + activity.Category), activity.Category);
                Assert.All(activity.Outcomes, outcome => Assert.True(Texts.Has("en", "port." + outcome), outcome));
            }
        }
    }

    [Theory]
    [InlineData("zh-Hans", "2026-11-29 20:00", "11月29日周日晚上 8 点前")]
    [InlineData("zh-Hans", "2026-11-30 00:00", "11月29日周日晚上 12 点前")]
    [InlineData("zh-Hans", "2026-11-29 18:30", "11月29日周日晚上 6 点 30 分前")]
    [InlineData("zh-Hant", "2026-11-29 12:00", "11月29日")]
    [InlineData("en", "2026-11-29 20:00", "by Sun 29 Nov, 8 pm")]
    public void A_deadline_reads_as_people_say_it(string language, string at, string words) =>
        Assert.StartsWith(words, Texts.Format(language).Deadline(Local(at)), StringComparison.Ordinal);

    [Theory]
    [InlineData("zh-Hans", "2026-11-30 00:00", "11月30日周一凌晨 0 点")]
    [InlineData("en", "2026-11-30 00:10", "Mon 30 Nov, 12:10 am")]
    [InlineData("en", "2026-11-30 12:00", "Mon 30 Nov, 12 noon")]
    public void Midnight_and_noon_read_as_people_say_them(string language, string at, string words) =>
        Assert.Equal(words, Texts.Format(language).Instant(Local(at)));

    [Theory]
    [InlineData("zh-Hans", "ballots.message.reminder", "换电梯？", "您还没有投票：换电梯？11月29日")]
    [InlineData("zh-Hans", "ballots.message.reminder", "换电梯", "您还没有投票：换电梯，11月29日")]
    [InlineData("zh-Hans", "outcome.message.published", "换好了。", "成果出来了：换好了。")]
    [InlineData("en", "ballots.message.reminder", "A new lift?", "You have not voted yet: A new lift? by Sun 29 Nov")]
    public void A_title_that_ends_with_a_mark_gets_no_second_one(string language, string key, string title, string words) =>
        Assert.StartsWith(words, Texts.Get(language, key, ("question", title), ("title", title), ("closesAt", Local("2026-11-29 20:00"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("zh-Hans", "2026-12-31 20:00", 2026, "12月31日周四晚上 8 点前")]
    [InlineData("zh-Hans", "2027-01-01 00:00", 2026, "12月31日周四晚上 12 点前")]
    [InlineData("zh-Hans", "2027-01-01 00:01", 2026, "2027年1月1日周五凌晨 0 点 01 分前")]
    [InlineData("zh-Hans", "2026-12-31 20:00", 2027, "2026年12月31日周四晚上 8 点前")]
    [InlineData("zh-Hans", "2027-01-01 20:00", null, "1月1日周五晚上 8 点前")]
    [InlineData("zh-Hant", "2027-01-01 20:00", 2026, "2027年1月1日")]
    [InlineData("en", "2027-01-01 20:00", 2026, "by Fri 1 Jan 2027, 8 pm")]
    public void A_day_of_another_year_shows_its_year(string language, string at, int? thisYear, string words)
    {
        var format = Texts.Format(language, thisYear);
        Assert.StartsWith(words, format.Deadline(Local(at)), StringComparison.Ordinal);
        Assert.Contains(format.Instant(Local(at)), Texts.Get(language, "project.timeline.suspended", new JsonObject { ["resumeOn"] = "?", ["reason"] = Local(at).ToString("O") }, thisYear), StringComparison.Ordinal);
    }

    [Fact]
    public void Money_and_areas_are_set_from_whole_fen_and_hundredths()
    {
        var format = Texts.Format("zh-Hans");
        Assert.Equal("¥64,000", format.Money(6_400_000));
        Assert.Equal("¥0.05", format.Money(5));
        Assert.Equal("¥-12.30", format.Money(-1230));
        Assert.Equal("8,700.00 ㎡", format.Area(870_000));
    }

    [Fact]
    public void A_language_without_a_text_borrows_the_simplified_one_and_an_unknown_key_is_seen()
    {
        Assert.True(Texts.Has("zh-Hant", "activity.Deliberation.OpenBallot"));
        Assert.Equal("no.such.key", Texts.Get("en", "no.such.key"));
    }

    [Fact]
    public void Placeholders_are_set_by_their_kind() =>
        Assert.Equal(
            "by Sun 29 Nov, 8 pm",
            Texts.Get("en", "format.deadline", new JsonObject { ["instant"] = "2026-11-29T12:00:00Z" }));
}
