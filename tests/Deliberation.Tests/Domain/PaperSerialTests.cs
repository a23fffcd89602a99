using Deliberation.Domain.Ballots;
using FsCheck;
using FsCheck.Fluent;

namespace Deliberation.Tests.Domain;

public sealed class PaperSerialTests
{
    private static readonly Gen<string> Serials = from ballot in Gen.Choose(1, 12_000) from paper in Gen.Choose(1, 30_000) select PaperSerial.Of(ballot, paper);

    [Theory]
    [InlineData(13, 47, "01300475", "013-0047-5")]
    [InlineData(1, 1, "00100014", "001-0001-4")]
    public void A_serial_names_ballot_and_paper_and_ends_with_its_check_digit(int ballot, int paper, string serial, string printed)
    {
        Assert.Equal(serial, PaperSerial.Of(ballot, paper));
        Assert.Equal(printed, PaperSerial.Format(serial));
        Assert.Equal(serial, PaperSerial.TryParse(printed));
    }

    [Fact]
    public void Every_serial_reads_back_however_it_is_typed() =>
        Prop.ForAll(Serials.ToArbitrary(), serial =>
            PaperSerial.TryParse(serial) == serial
            && PaperSerial.TryParse($" {PaperSerial.Format(serial)} ") == serial
            && PaperSerial.TryParse(string.Concat(serial.Select(c => (char)(c - '0' + '\uFF10')))) == serial).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void One_figure_misread_is_always_found() =>
        Prop.ForAll((from serial in Serials from at in Gen.Choose(0, serial.Length - 1) from shift in Gen.Choose(1, 9) select (serial, at, shift)).ToArbitrary(), x =>
        {
            var wrong = x.serial.ToCharArray();
            wrong[x.at] = (char)('0' + ((wrong[x.at] - '0' + x.shift) % 10));
            return PaperSerial.TryParse(new string(wrong)) is null;
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Two_neighbours_swapped_are_always_found() =>
        Prop.ForAll((from serial in Serials from at in Gen.Choose(0, serial.Length - 2) select (serial, at)).ToArbitrary(), x =>
        {
            var wrong = x.serial.ToCharArray();
            (wrong[x.at], wrong[x.at + 1]) = (wrong[x.at + 1], wrong[x.at]);
            return wrong[x.at] == wrong[x.at + 1] || PaperSerial.TryParse(new string(wrong)) is null;
        }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("013-0047")]
    [InlineData("A13-0047-1")]
    [InlineData("00000000000000000000")]
    public void What_is_no_serial_is_none(string? typed) => Assert.Null(PaperSerial.TryParse(typed));
}
