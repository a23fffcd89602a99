using System.Text;

namespace Deliberation.Features.Rolls.Tables;

/// <summary>Bytes as text: what their mark says, else UTF-8, else GB18030, which Excel in Chinese writes.</summary>
internal static class TextBytes
{
    private static readonly Encoding Utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);
    private static readonly Encoding Gb18030 = GetGb18030();

    /// <returns>Null after a problem.</returns>
    public static string? Decode(byte[] content, RollProblems problems)
    {
        var encoding = content switch
        {
            [0xEF, 0xBB, 0xBF, ..] => Utf8,
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => null,
        };
        if (encoding is not null)
        {
            var mark = encoding is UTF8Encoding ? 3 : 2;
            return Try(encoding, content.AsSpan(mark), out var text, out var bad) ? text : Refuse(problems, "not-text", LineOf(content, mark + bad));
        }

        if (Try(Utf8, content, out var plain, out var notUtf8))
        {
            return plain;
        }

        // Both at once, as when two lists were pasted together: one of them would come out as other characters.
        var other = LineOf(content, notUtf8);
        var isChinese = Try(Gb18030, content, out var chinese, out _);
        return FirstUtf8Line(content) is { } line && (isChinese || Try(Gb18030, Line(content, other), out _, out _)) ? Refuse(problems, "mixed-encodings", Math.Max(line, other))
            : isChinese ? chinese
            : Refuse(problems, "not-text", other);
    }

    private static string? Refuse(RollProblems problems, string code, int line)
    {
        problems.Add(line, "", code);
        return null;
    }

    private static bool Try(Encoding encoding, ReadOnlySpan<byte> bytes, out string text, out int badAt)
    {
        try
        {
            (text, badAt) = (encoding.GetString(bytes), -1);
            return true;
        }
        catch (DecoderFallbackException bad)
        {
            (text, badAt) = ("", Math.Max(0, bad.Index));
            return false;
        }
    }

    private static int LineOf(byte[] content, int index) => content.AsSpan(0, Math.Min(index, content.Length)).Count((byte)'\n') + 1;

    private static ReadOnlySpan<byte> Line(byte[] content, int number)
    {
        foreach (var range in ((ReadOnlySpan<byte>)content).Split((byte)'\n'))
        {
            if (--number == 0)
            {
                return content.AsSpan(range);
            }
        }

        return [];
    }

    /// <summary>The first line with Chinese characters that are good UTF-8; null when there is none.</summary>
    private static int? FirstUtf8Line(byte[] content)
    {
        var line = 0;
        foreach (var range in ((ReadOnlySpan<byte>)content).Split((byte)'\n'))
        {
            line++;
            var bytes = content.AsSpan(range);
            if (bytes.ContainsAnyInRange((byte)0xE4, (byte)0xE9) && Try(Utf8, bytes, out _, out _))
            {
                return line;
            }
        }

        return null;
    }

    private static Encoding GetGb18030()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
    }
}
