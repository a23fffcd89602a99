using System.IO.Compression;
using System.Xml;

namespace Deliberation.Features.Rolls.Tables;

/// <summary>One sheet of plain text with headings. Every cell is text, so that no spreadsheet takes one for a formula and no telephone number for a figure.</summary>
internal static class XlsxWriter
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006";

    public static byte[] Write(string sheet, IEnumerable<IReadOnlyList<string>> rows)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Part(archive, "[Content_Types].xml", xml =>
            {
                xml.WriteStartElement("Types", $"{Package}/content-types");
                Type(xml, "Default", ("Extension", "rels"), ("ContentType", "application/vnd.openxmlformats-package.relationships+xml"));
                Type(xml, "Default", ("Extension", "xml"), ("ContentType", "application/xml"));
                Type(xml, "Override", ("PartName", "/xl/workbook.xml"), ("ContentType", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"));
                Type(xml, "Override", ("PartName", "/xl/worksheets/sheet1.xml"), ("ContentType", "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"));
                Type(xml, "Override", ("PartName", "/xl/styles.xml"), ("ContentType", "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"));
            });
            Part(archive, "_rels/.rels", xml => Relations(xml, ("rId1", "officeDocument", "xl/workbook.xml")));
            Part(archive, "xl/_rels/workbook.xml.rels", xml => Relations(xml, ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml")));
            Part(archive, "xl/workbook.xml", xml =>
            {
                xml.WriteStartElement("workbook", Main);
                xml.WriteStartElement("sheets", Main);
                xml.WriteStartElement("sheet", Main);
                xml.WriteAttributeString("name", sheet);
                xml.WriteAttributeString("sheetId", "1");
                xml.WriteAttributeString("r", "id", Office, "rId1");
            });
            Part(archive, "xl/styles.xml", Styles);
            Part(archive, "xl/worksheets/sheet1.xml", xml => Sheet(xml, rows));
        }

        return file.ToArray();
    }

    private static void Part(ZipArchive archive, string path, Action<XmlWriter> write)
    {
        using var xml = XmlWriter.Create(archive.CreateEntry(path).Open(), new XmlWriterSettings { CloseOutput = true });
        xml.WriteStartDocument(standalone: true);
        write(xml);
        xml.WriteEndDocument(); // closes what is open
    }

    private static void Type(XmlWriter xml, string name, params (string Name, string Value)[] attributes)
    {
        xml.WriteStartElement(name, $"{Package}/content-types");
        foreach (var (attribute, value) in attributes)
        {
            xml.WriteAttributeString(attribute, value);
        }

        xml.WriteEndElement();
    }

    private static void Relations(XmlWriter xml, params (string Id, string Type, string Target)[] relations)
    {
        xml.WriteStartElement("Relationships", $"{Package}/relationships");
        foreach (var (id, type, target) in relations)
        {
            xml.WriteStartElement("Relationship", $"{Package}/relationships");
            xml.WriteAttributeString("Id", id);
            xml.WriteAttributeString("Type", $"{Office}/{type}");
            xml.WriteAttributeString("Target", target);
            xml.WriteEndElement();
        }
    }

    /// <summary>0 plain, 1 text (format 49), 2 headings.</summary>
    private static void Styles(XmlWriter xml)
    {
        xml.WriteStartElement("styleSheet", Main);
        xml.WriteRaw(
            """
            <fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/></cellXfs>
            """);
    }

    private static void Sheet(XmlWriter xml, IEnumerable<IReadOnlyList<string>> rows)
    {
        xml.WriteStartElement("worksheet", Main);
        xml.WriteRaw("""<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="60" width="14" style="1" customWidth="1"/></cols>""");
        xml.WriteStartElement("sheetData", Main);
        var number = 0;
        foreach (var row in rows)
        {
            number++;
            xml.WriteStartElement("row", Main);
            foreach (var cell in row)
            {
                xml.WriteStartElement("c", Main);
                xml.WriteAttributeString("s", number == 1 ? "2" : "1");
                xml.WriteAttributeString("t", "inlineStr");
                xml.WriteStartElement("is", Main);
                xml.WriteStartElement("t", Main);
                xml.WriteAttributeString("xml", "space", null, "preserve");
                xml.WriteString(string.Concat(cell.Where(XmlConvert.IsXmlChar)));
                xml.WriteEndElement();
                xml.WriteEndElement();
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }
    }
}
