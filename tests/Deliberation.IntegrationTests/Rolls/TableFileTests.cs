using System.Text;
using Deliberation.Features.Rolls;
using Deliberation.Features.Rolls.Tables;
using Shouldly;

namespace Deliberation.IntegrationTests.Rolls;

public sealed class TableFileTests
{
    private const string Row = "3号楼,1,3-502,住宅,89.65,登记,已交付,王小明,100-0000-0001,1958,是,是,是,,";

    [Theory]
    [InlineData("UTF-8", false)]
    [InlineData("UTF-8", true)]
    [InlineData("GB18030", false)]
    [InlineData("UTF-16", true)]
    [InlineData("UTF-16BE", true)]
    public void Any_of_the_encodings_people_save_in_is_read(string name, bool hasMark)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoding = Encoding.GetEncoding(name);
        byte[] content = [.. hasMark ? encoding.Preamble.ToArray() : [], .. encoding.GetBytes($"{Tables.Headings}\r\n{Row}\r\n")];

        Tables.ProblemsOf(content).ShouldBeEmpty();
        Tables.Read(content).Rows[1][7].ShouldBe("王小明");
    }

    [Theory]
    [InlineData(',', "\r\n")]
    [InlineData(';', "\n")]
    [InlineData('\t', "\r")]
    public void Any_separator_and_line_ending_is_read(char separator, string ending)
    {
        var text = string.Join(ending, new[] { "楼栋,房号,姓名", "1,1-1,\"a\"", "1,\"1-2\",\"b \"\"c\"\"\"" }.Select(row => row.Replace(',', separator))) + ending;

        var (rows, problems) = Tables.Read(Encoding.UTF8.GetBytes(text));

        problems.Count.ShouldBe(0);
        rows.Select(row => row.Number).ShouldBe([1, 2, 3]);
        rows[2].Cells.ShouldBe(["1", "1-2", "b \"c\""]);
    }

    [Fact]
    public void A_quoted_cell_holds_separators_and_line_breaks_and_an_empty_row_keeps_the_count()
    {
        var (rows, problems) = Tables.Read("a,b\r\n\"1,\r\n2\",x\r\n,\r\n3,4\r\n"u8.ToArray());

        problems.Count.ShouldBe(0);
        rows.Select(row => (row.Number, row[0])).ShouldBe([(1, "a"), (2, "1,\r\n2"), (4, "3")]);
    }

    [Theory]
    [InlineData("a,b\n1,\"2\n3,4", 2, "B", "quote-not-closed")]
    [InlineData("a,b\n\"1\"x,2\n", 2, "A", "quote-broken")]
    [InlineData("a,b\n1,2\u0001\n", 2, "B", "control-character")]
    public void What_is_broken_says_where(string text, int row, string column, string code)
    {
        var problem = Tables.Read(Encoding.UTF8.GetBytes(text)).Problems.Kept.ShouldHaveSingleItem();

        (problem.Row, problem.Column, problem.Code).ShouldBe((row, column, code));
    }

    [Fact]
    public void Two_encodings_in_one_file_are_told_apart_and_bytes_of_neither_located()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        byte[] mixed = [.. Encoding.GetEncoding("GB18030").GetBytes("楼栋,房号,姓名\r\n1,1-1,李华\r\n"), .. Encoding.UTF8.GetBytes("1,1-2,王小明\r\n")];
        byte[] pasted = [.. Encoding.UTF8.GetBytes("楼栋,房号,姓名\r\n1,1-2,王小明\r\n"), .. Encoding.GetEncoding("GB18030").GetBytes("1,1-1,李华\r\n")];
        byte[] neither = [.. "a,b\n"u8, 0xFF, 0xFF, 0x31];
        byte[] damaged = [.. Encoding.UTF8.GetBytes("楼栋,房号,姓名\r\n1,1-2,王小明\r\n"), 0x31, 0xFF];

        Tables.Read(mixed).Problems.Kept.Select(p => (p.Row, p.Code)).ShouldBe([(3, "mixed-encodings")]);
        Tables.Read(pasted).Problems.Kept.Select(p => (p.Row, p.Code)).ShouldBe([(3, "mixed-encodings")]);
        Tables.Read(damaged).Problems.Kept.Select(p => (p.Row, p.Code)).ShouldBe([(3, "not-text")]);
        Tables.Read(neither).Problems.Kept.Select(p => (p.Row, p.Code)).ShouldBe([(2, "not-text")]);
    }

    [Fact]
    public void Rows_and_columns_have_an_end()
    {
        Tables.Read(Lines(TableFile.MostRows + 1)).Problems.Count.ShouldBe(0);
        Tables.Read(Lines(TableFile.MostRows + 2)).Problems.Kept.ShouldHaveSingleItem().Code.ShouldBe("too-many-rows");
        Tables.Read(Lines(100_001)).Problems.Kept.ShouldHaveSingleItem().Code.ShouldBe("too-many-rows");
        Tables.Read(Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(1, TableFile.MostColumns)))).Problems.Count.ShouldBe(0);
        Tables.Read(Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(1, TableFile.MostColumns + 1)))).Problems.Kept.ShouldHaveSingleItem().Code.ShouldBe("too-many-columns");
        Tables.Read(new byte[TableFile.MostBytes + 1]).Problems.Kept.ShouldHaveSingleItem().Code.ShouldBe("file-too-large");
        Tables.Read([]).Problems.Kept.ShouldHaveSingleItem().Code.ShouldBe("file-empty");

        static byte[] Lines(int count) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a,b\n", count)));
    }

    [Fact]
    public void What_we_write_as_xlsx_we_read_again_whatever_it_looks_like()
    {
        string[] hard = ["=1+1", "-5", " @x", "a<b>&\"c\"", "\u0001王", "100-0000-0001", "89.60"];

        var (rows, problems) = Tables.Read(XlsxWriter.Write("名册", [["a", "b"], hard]));

        problems.Count.ShouldBe(0);
        rows[1].Cells.ShouldBe(["=1+1", "-5", "@x", "a<b>&\"c\"", "王", "100-0000-0001", "89.60"]);
    }

    [Fact]
    public void A_cell_of_a_csv_export_is_never_a_formula_and_comes_back_as_it_was()
    {
        string[] hard = ["=HYPERLINK(\"x\")", "+1", "-1", "@a", "a,b;c", "1\n2", "plain"];

        var text = string.Join(',', hard.Select(CsvTable.Cell));

        text.ShouldStartWith("\"'=HYPERLINK");
        Tables.Read(Encoding.UTF8.GetBytes(text)).Rows[0].Cells.ShouldBe(hard);
    }

    [Fact]
    public void Figures_of_an_xlsx_come_as_people_typed_them()
    {
        var (rows, problems) = Tables.Read(Tables.Xlsx(
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\"><v>89.650000000000006</v></c></row><row r=\"3\"><c r=\"A3\"><v>1.3812345678E10</v></c><c r=\"B3\" t=\"b\"><v>1</v></c></row>",
            "<si><r><t>王</t></r><r><t>小明</t></r><rPh sb=\"0\" eb=\"1\"><t>wang</t></rPh></si>"));

        problems.Count.ShouldBe(0);
        rows.Select(row => row.Number).ShouldBe([1, 3]);
        rows[0].Cells.ShouldBe(["王小明", "", "89.65"]);
        rows[1].Cells.ShouldBe(["13812345678", "1"]);
    }

    [Fact]
    public void Formulas_errors_hidden_and_second_sheets_are_refused_by_place()
    {
        const string filled = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
        const string two = "<sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"B\" sheetId=\"2\" r:id=\"rId2\"/>";

        Codes(Tables.Xlsx("<row r=\"5\"><c r=\"B5\"><f>A1+1</f><v>2</v></c></row>")).ShouldBe(["5 B formula"]);
        Codes(Tables.Xlsx("<row r=\"2\"><c r=\"C2\" t=\"e\"><v>#N/A</v></c></row>")).ShouldContain("2 C cell-error");
        Codes(Tables.Xlsx(filled, sheets: two, second: filled)).ShouldBe(["0  several-sheets"]);
        Codes(Tables.Xlsx(filled, sheets: two, second: "")).ShouldBeEmpty();
        Codes(Tables.Xlsx(filled, sheets: "<sheet name=\"A\" sheetId=\"1\" state=\"hidden\" r:id=\"rId1\"/>")).ShouldBe(["0  hidden-sheet"]);
        Codes([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]).ShouldBe(["0  file-locked"]);

        static IEnumerable<string> Codes(byte[] content) => Tables.Read(content).Problems.Kept.Select(p => $"{p.Row} {p.Column} {p.Code}");
    }

    [Fact]
    public void A_bomb_is_not_unpacked()
    {
        var bomb = Tables.Xlsx("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>" + new string('0', 40 << 20) + "</t></is></c></row>");

        bomb.Length.ShouldBeLessThan(TableFile.MostBytes);
        Tables.Read(bomb).Problems.Kept.ShouldHaveSingleItem().Code.ShouldBe("file-bomb");
    }

    [Fact]
    public void Entities_are_not_expanded()
    {
        var content = Tables.Xlsx("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&a;</t></is></c></row>");

        Tables.Read(content).Problems.Kept.ShouldHaveSingleItem().Code.ShouldBe("file-broken");
    }

    /// <summary>Never an exception; never silence: rows, or a problem with its place.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_the_bytes_are_it_ends_with_rows_or_a_problem(int seed)
    {
        var random = new Random(seed);
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        byte[][] good =
        [
            XlsxWriter.Write("Roll", Enumerable.Repeat<IReadOnlyList<string>>(Tables.Owner("1", "1-1", "王", "1000001").Split(','), 30)),
            Tables.Csv([.. Enumerable.Repeat(Row, 10)]),
            Encoding.GetEncoding("GB18030").GetBytes($"{Tables.Headings}\r\n{Row}\r\n"),
        ];
        for (var i = 0; i < 1_500; i++)
        {
            var content = (i % 4) switch
            {
                0 => Bytes(random, random.Next(400)),
                1 => Cut(random, good[i % 3]),
                2 => Flip(random, good[i % 3]),
                _ => [.. Cut(random, good[i % 3]), .. Cut(random, good[(i + 1) % 3])],
            };

            var (rows, problems) = Tables.Read(content);
            RollSheet.Read(rows, new HashSet<string>(), 2026, problems);

            (rows.Count > 0 || problems.Count > 0).ShouldBeTrue($"seed {seed}, case {i}");
            problems.Kept.ShouldAllBe(problem => problem.Row >= 0 && problem.Code.Length > 0);
        }
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Cut(Random random, byte[] content) => content[..random.Next(content.Length)];

    private static byte[] Flip(Random random, byte[] content)
    {
        var bytes = content.ToArray();
        for (var n = random.Next(1, 12); n > 0; n--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }
}
