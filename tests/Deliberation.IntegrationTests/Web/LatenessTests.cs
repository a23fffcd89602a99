using Deliberation.Process.Texts;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

public sealed class LatenessTests
{
    [Theory]
    [InlineData(-1, "on time")] // brought forward by hand
    [InlineData(999, "on time")]
    [InlineData(1_000, "1 s late")]
    [InlineData(59_999, "59 s late")]
    [InlineData(60_000, "1 min late")]
    [InlineData(3_599_999, "59 min late")]
    [InlineData(3_600_000, "1 h late")]
    [InlineData(86_399_999, "23 h late")]
    [InlineData(172_800_000, "2 days late")]
    public void Lateness_is_told_in_the_largest_whole_unit(long milliseconds, string words) =>
        Assert.Equal(words, Due.Lateness(new Texts(new TextCatalog(typeof(Texts).Assembly), "en", null), milliseconds));
}
