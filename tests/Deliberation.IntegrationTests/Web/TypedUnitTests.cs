using Deliberation.Features.Ballots;
using Deliberation.Process.Texts;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Staff;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>A door that was typed at a desk: the unit it means, or what to say.</summary>
public sealed class TypedUnitTests
{
    private static readonly Texts English = new(new TextCatalog(typeof(Program).Assembly), "en", thisYear: null);

    [Theory]
    [InlineData("3-502", "3-502 3-5021", "3-502", "")]
    [InlineData("3-50", "3-502", "3-502", "")]
    [InlineData("3-5", "3-502 3-503", null, "staff.paper.unit-several")]
    [InlineData("9-9", "", null, "staff.paper.unit-unknown")]
    [InlineData("  ", "", null, "staff.paper.unit-missing")]
    [InlineData(null, "", null, "staff.paper.unit-missing")]
    public void Blank_unknown_and_several_are_told_apart_and_the_whole_door_goes_before_a_part(string? typed, string found, string? key, string error)
    {
        var units = found.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(door => new RollUnitLine(door, door, "3", 0, false, false, [])).ToList();

        var answer = TypedUnit.Of(typed, units, English);

        Assert.Equal(key, answer.Key);
        Assert.Equal(error.Length == 0 ? "" : English.Get(error, new { doors = found }), answer.Error);
    }
}
