using Deliberation.Domain;

namespace Deliberation.Tests.Domain;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("138 0000 0000", "+8613800000000")]
    [InlineData("138-0000-0000", "+8613800000000")]
    [InlineData("+86 138 0000 0000", "+8613800000000")]
    [InlineData("008613800000000", "+8613800000000")]
    [InlineData("+852 9123 4567", "+85291234567")]
    [InlineData("+1234567", null)] // 7 digits
    [InlineData("+12345678", "+12345678")] // 8
    [InlineData("+123456789012345", "+123456789012345")] // 15
    [InlineData("+1234567890123456", null)] // 16
    [InlineData("1380000000", null)] // 10
    [InlineData("138000000000", null)] // 12
    [InlineData("23800000000", null)]
    [InlineData("027-8765-4321", null)] // a telephone on a wall
    [InlineData("+86 27 8765 4321", null)]
    [InlineData("+0123456789", null)]
    [InlineData("138+00000000", null)]
    [InlineData("138 0000 000x", null)]
    [InlineData("１３８００００００００", null)] // full width
    [InlineData("13800000000\r\nBcc: x", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_number_takes_short_messages_or_is_none(string? typed, string? number) => Assert.Equal(number, PhoneNumbers.Mobile(typed));
}
