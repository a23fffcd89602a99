using System.IO.Compression;
using System.Text;
using Deliberation.Features.Rolls;
using Deliberation.Features.Rolls.Tables;

namespace Deliberation.IntegrationTests.Rolls;

/// <summary>Tables as people send them.</summary>
internal static class Tables
{
    public const string Headings = "楼栋,单元,房号,房屋类型,面积,面积来源,交付状态,姓名,电话,出生年份,业主,居住,户代表,外出务工地,商户名称";

    /// <summary>An owner who lives in the flat and speaks for the home.</summary>
    public static string Owner(string building, string door, string name, string phone, string area = "80.00") =>
        $"{building},1,{door},住宅,{area},登记,已交付,{name},{phone},1960,是,是,是,,";

    public static byte[] Csv(params string[] rows) => Encoding.UTF8.GetBytes(string.Join("\r\n", rows.Prepend(Headings)) + "\r\n");

    public static (IReadOnlyList<TableRow> Rows, RollProblems Problems) Read(byte[] content)
    {
        var problems = new RollProblems();
        return (TableFile.Read(content, problems), problems);
    }

    /// <summary>What is wrong with a table of rows, as <c>row column code</c>.</summary>
    public static IReadOnlyList<string> Problems(params string[] rows) => ProblemsOf(Csv(rows));

    public static IReadOnlyList<string> ProblemsOf(byte[] content, params string[] buildings)
    {
        var (rows, problems) = Read(content);
        RollSheet.Read(rows, buildings.ToHashSet(), 2026, problems);
        return [.. problems.Kept.Select(problem => $"{problem.Row} {problem.Column} {problem.Code}")];
    }

    /// <summary>An .xlsx made of parts, for what no writer of ours makes.</summary>
    public static byte[] Xlsx(string sheetData, string shared = "", string sheets = "<sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/>", string? second = null)
    {
        const string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Put(archive, "xl/workbook.xml", $"<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{sheets}</sheets></workbook>");
            Put(archive, "xl/_rels/workbook.xml.rels", $"<Relationships><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"{office}/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>");
            Put(archive, "xl/sharedStrings.xml", $"<sst xmlns=\"{main}\">{shared}</sst>");
            Put(archive, "xl/worksheets/sheet1.xml", $"<worksheet xmlns=\"{main}\"><sheetData>{sheetData}</sheetData></worksheet>");
            if (second is not null)
            {
                Put(archive, "xl/worksheets/sheet2.xml", $"<worksheet xmlns=\"{main}\"><sheetData>{second}</sheetData></worksheet>");
            }
        }

        return file.ToArray();
    }

    private static void Put(ZipArchive archive, string path, string text)
    {
        using var part = new StreamWriter(archive.CreateEntry(path).Open());
        part.Write(text);
    }
}
