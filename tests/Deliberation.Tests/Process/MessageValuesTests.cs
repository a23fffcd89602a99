using System.Text;
using System.Text.Json.Nodes;
using Deliberation.Process.Texts;

namespace Deliberation.Tests.Process;

/// <summary>Every placeholder of every message, in every language.</summary>
public sealed class MessageValuesTests
{
    private static readonly TextCatalog Texts = new();

    public static TheoryData<string> Languages => [.. TextCatalog.Languages];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Each_message_is_read_with_real_values_and_no_placeholder_is_left(string language)
    {
        foreach (var key in Messages())
        {
            var names = MessageValues.Of(key);
            Assert.True(names is not null, $"{key} is not listed in MessageValues");
            var values = new JsonObject();
            foreach (var name in names)
            {
                values[name] = Value(name);
            }

            var text = Texts.Get(language, key, values, 2026);
            Assert.True(text.Length > 3 && text != key, $"{language} {key}: {text}");
            Assert.True(!text.Contains('{', StringComparison.Ordinal) && !text.Contains('}', StringComparison.Ordinal), $"{language} {key}: {text}");
            Assert.True(!text.Contains("2026-11-30T", StringComparison.Ordinal), $"{language} {key} shows an instant as programs write it: {text}");
            foreach (var placeholder in MessageValues.In(Template(language, key)))
            {
                Assert.True(names.Contains(placeholder), $"{language} {key} names {{{placeholder}}}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_language_leaves_out_no_value_that_the_original_tells(string language)
    {
        foreach (var key in Messages().Where(key => Texts.KeysOf(language).Contains(key)))
        {
            Assert.Equal(MessageValues.In(Template("zh-Hans", key)).Distinct().Order(), MessageValues.In(Template(language, key)).Distinct().Order());
        }
    }

    [Fact]
    public void A_text_that_names_an_unknown_placeholder_is_refused_and_the_error_names_it()
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes("""{ "outcome.message.published": "{title} by {author:plain}" }"""));
        var error = Assert.Throws<FormatException>(() => TextCatalog.Read("Texts.en.outcomes.json", "en", file, []));
        Assert.Equal("Texts.en.outcomes.json: outcome.message.published names {author}, which this message does not have. It has: title.", error.Message);
    }

    [Theory]
    [InlineData("pledge.message.due", "Due {title}", "title")]
    [InlineData("notice.spoken.published", "{title} {reason}", "reason")]
    [InlineData("notice.message.published", "{title} {}", "")]
    public void A_message_without_that_value_refuses_it(string key, string text, string name) =>
        Assert.Contains($"{{{name}}}", Assert.Throws<FormatException>(() => MessageValues.Check("x.json", key, text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_value_by_language_is_read_in_the_readers_and_else_in_the_original()
    {
        var values = new JsonObject { ["text"] = new JsonObject { ["zh-Hans"] = "停水", ["en"] = "No water" } };
        Assert.Equal("No water", Texts.Get("en", "broadcast.message.news", values));
        Assert.Equal("停水", Texts.Get("zh-Hant", "broadcast.message.news", values));
    }

    private static IEnumerable<string> Messages() => Texts.KeysOf("zh-Hans").Where(key => key.Contains(".message.", StringComparison.Ordinal) || key.Contains(".spoken.", StringComparison.Ordinal)).Order();

    /// <summary>The text as it is written.</summary>
    private static string Template(string language, string key) => Texts.Get(language, key, new Dictionary<string, object?>());

    private static JsonNode Value(string name) => name switch
    {
        "closesAt" or "until" or "dueAt" or "meetsAt" => "2026-11-30T12:00:00.0000000+00:00",
        "resumeOn" => "2026-12-01",
        "round" or "count" or "days" or "minutes" or "chosen" => 3,
        "capFen" => 10_000,
        "code" => "012345",
        "post" or "fromPost" or "toPost" => "Community",
        "text" => new JsonObject { ["zh-Hans"] = "周二停水", ["en"] = "No water on Tuesday" },
        _ => "换路灯",
    };
}
