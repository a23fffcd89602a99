using Shouldly;

namespace Deliberation.IntegrationTests.Rolls;

/// <summary>Every rule of a row, at its bounds: row, column and code.</summary>
public sealed class RollSheetTests
{
    [Theory]
    [InlineData("0.01", null)]
    [InlineData("1000000.00", null)]
    [InlineData("１２０．５", null)] // full width
    [InlineData("89.65 ㎡", null)]
    [InlineData("1,234.50", null)]
    [InlineData("0", "area-zero")]
    [InlineData("0.00", "area-zero")]
    [InlineData("-1", "area-negative")]
    [InlineData("89.655", "area-decimals")]
    [InlineData("1000000.01", "area-too-large")]
    [InlineData("99999999999999999999999999999999", "area-too-large")]
    [InlineData("about 80", "area-not-a-number")]
    [InlineData("1e3", "area-not-a-number")]
    [InlineData("", "missing")]
    public void An_area_has_bounds(string area, string? code)
    {
        var cell = area.Contains(',') ? $"\"{area}\"" : area;

        Tables.Problems($"1,1,1-1,住宅,{cell},登记,已交付,王,100-0000-0001,1960,是,,,,").ShouldBe(code is null ? [] : [$"2 area {code}"]);
    }

    [Theory]
    [InlineData("1900", null)]
    [InlineData("2026", null)]
    [InlineData("1899", "bad-year")]
    [InlineData("2027", "bad-year")]
    [InlineData("21916", "bad-year")]
    [InlineData("", "missing")]
    public void A_year_of_birth_has_bounds(string year, string? code) =>
        Tables.Problems($"1,1,1-1,,,,,王,,{year},,是,,,").ShouldBe(code is null ? [] : [$"2 birth {code}"]);

    [Theory]
    [InlineData("1,1,,,,,,王,,1960,,是,,,", "2 door missing")]
    [InlineData(",1,1-1,,,,,王,,1960,,是,,,", "2 building missing")]
    [InlineData("1,1,1<1,,,,,王,,1960,,是,,,", "2 door bad-door")]
    [InlineData("1,1,123456789012345678901,,,,,王,,1960,,是,,,", "2 door too-long")]
    [InlineData("1,1,1-1,,,,,,,1960,,是,,,", "2 name missing")]
    [InlineData("1,1,1-1,,,,,王,,1960,,,,,", "2 owner nothing-here")]
    [InlineData("1,1,1-1,,,,,王,12,1960,,是,,,", "2 phone bad-phone")]
    [InlineData("1,1,1-1,,,,,王,,1960,,maybe,,,", "2 lives not-yes-or-no")]
    [InlineData("1,1,1-1,,,,,王,,1960,,是,,东莞,", "2 away here-and-away")]
    [InlineData("1,1,1-1,住宅,80,登记,已交付,王,,1960,是,,是,,", "2 delegate delegate-elsewhere")]
    [InlineData("1,1,1-1,城堡,80,登记,已交付,王,,1960,是,,,,", "2 kind bad-kind")]
    [InlineData("1,1,1-1,住宅,80,听说,已交付,王,,1960,是,,,,", "2 source bad-source")]
    [InlineData("1,1,1-1,住宅,80,,已交付,王,,1960,是,,,,", "2 source missing")]
    [InlineData("1,1,1-1,住宅,80,登记,卖了,王,,1960,是,,,,", "2 state bad-state")]
    [InlineData("1,1,1-1,住宅,80,登记,未售,王,,1960,是,,,,", "2 state unsold-with-owner")]
    public void A_row_is_checked_by_itself(string row, string problem) => Tables.Problems(row).ShouldContain(problem);

    [Theory]
    [InlineData("1,1,1-1,住宅,81,登记,已交付,李,100-0000-0002,1961,是,是,,,", "3 area area-differs")]
    [InlineData("1,1,1-1,住宅,80.00,合同,已交付,李,100-0000-0002,1961,是,是,,,", "3 source differs-code")]
    [InlineData("1,1,1-1,住宅,80.00,登记,已售未交付,李,100-0000-0002,1961,是,是,,,", "3 state differs-code")]
    [InlineData("1,2,1-1,,,,,李,100-0000-0002,1961,,是,,,", "3 stairwell differs")]
    [InlineData("1,1,1-1,,,,,李,100-0000-0002,1961,,是,是,,", "3 delegate two-delegates")]
    [InlineData("1,1,1-1,住宅,80.00,登记,已交付,王,100-0000-0001,1960,是,是,是,,", "3 name person-twice")]
    [InlineData("1,1,1-1,住宅,80.00,登记,已交付,,,,,,,,", "3 door unit-twice")]
    [InlineData("1,1,1-2,,,,,王,100-0000-0001,1960,,是,,,", "3 lives lives-twice")]
    [InlineData("1,1,1-2,,,,,王,100-0000-0001,1961,,是,,,", "3 birth differs")]
    [InlineData("1,1,1-2,,,,,李,100-0000-0001,1961,,是,,,", "3 phone phone-twice")]
    public void Rows_agree_with_each_other(string second, string problem) =>
        Tables.Problems(Tables.Owner("1", "1-1", "王", "100-0000-0001"), second).ShouldContain(problem);

    [Fact]
    public void Co_owners_a_shared_family_telephone_a_parking_space_and_a_shop_are_no_mistakes() => Tables.Problems(
        Tables.Owner("1", "1-1", "王", "100-0000-0001"),
        "1,1,1-1,住宅,80.00,登记,已交付,李,100-0000-0001,1961,是,是,,,", // lives with 王 and shares the telephone
        "1,1,1-1,车位,12.50,合同,已交付,王,100-0000-0001,1960,是,,,,",
        "1,,S-1,商铺,40,测绘,已交付,王,100-0000-0001,1960,是,,,,小王面馆",
        "1,1,1-2,住宅,90,登记,未售,,,,,,,,",
        "1,1,1-1,,,,,王二,,1990,,,,东莞,").ShouldBeEmpty();

    [Fact]
    public void A_building_that_is_not_known_is_a_mistake() =>
        Tables.ProblemsOf(Tables.Csv(Tables.Owner("9", "9-1", "王", "100-0000-0001")), "1", "2").ShouldBe(["2 building unknown-building"]);

    [Fact]
    public void Headings_are_known_in_any_order_and_language_and_needed_ones_missed()
    {
        Tables.ProblemsOf("Name,Door,Building,Lives here,Birth year\nWang,1-1,1,yes,1960\n"u8.ToArray()).ShouldBeEmpty();
        Tables.ProblemsOf("姓名*,樓棟,房號,居住,出生年份\n王,1,1-1,是,1960\n"u8.ToArray()).ShouldBeEmpty();
        Tables.ProblemsOf("姓名,楼栋\n王,1\n"u8.ToArray()).ShouldBe(["1 door column-missing"]);
        Tables.ProblemsOf("姓名,楼栋,房号,血型,姓名\n"u8.ToArray()).ShouldBe(["1 D column-unknown", "1 name column-twice", "1  no-rows"], ignoreOrder: true);
    }
}
