using System.Buffers.Binary;

namespace Deliberation.Domain.Photos;

/// <summary>A photograph without what the camera wrote beside it: place, time, maker. Only how to turn it stays.</summary>
/// <remarks>Nothing is decoded: the parts of the file are walked, and only those that make the picture are kept. What does not read to its end is no photograph.</remarks>
/// <param name="MediaType">image/jpeg, image/png or image/webp.</param>
/// <param name="Width">Pixels, as stored.</param>
public sealed record PhotoFile(string MediaType, byte[] Content, int Width, int Height)
{
    /// <summary>Bytes of a file at most.</summary>
    public const int Largest = 5 << 20;

    private const long MostPixels = 40_000_000;

    private static readonly Refusal NotAPhoto = Refusal.Invalid("photo.not-a-photo", "photo");

    /// <returns>The cleaned file; or <c>photo.not-a-photo</c>, <c>photo.too-large</c>.</returns>
    public static Result<PhotoFile> Clean(byte[] file)
    {
        if (file.Length > Largest)
        {
            return Refusal.Invalid("photo.too-large", "photo", ("most", Largest >> 20));
        }

        var photo = file.AsSpan() switch
        {
            [0xFF, 0xD8, 0xFF, ..] => JpegParts.Read(file),
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => PngParts.Read(file),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => WebpParts.Read(file),
            _ => null,
        };
        return photo is null || photo.Width <= 0 || photo.Height <= 0 ? NotAPhoto
            : (long)photo.Width * photo.Height > MostPixels ? Refusal.Invalid("photo.too-large", "photo", ("most", Largest >> 20))
            : photo;
    }
}

/// <summary>JPEG: segments until the scan, then scans until the end. Application segments and comments go, but for Adobe's, which says how colours are meant.</summary>
internal static class JpegParts
{
    public static PhotoFile? Read(ReadOnlySpan<byte> file)
    {
        var kept = new List<byte>(file.Length) { 0xFF, 0xD8 };
        var (width, height, at) = (0, 0, 2);
        while (at + 4 <= file.Length && file[at] == 0xFF)
        {
            var marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++; // filling
                continue;
            }

            if (marker == 0xD9)
            {
                break;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length)
            {
                return null;
            }

            var segment = file.Slice(at, length + 2);
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (length < 8)
                {
                    return null;
                }

                (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(segment[5..]), BinaryPrimitives.ReadUInt16BigEndian(segment[7..]));
            }

            if (marker == 0xE1 && ExifOrientation.Find(segment[4..]) is { } orientation)
            {
                kept.AddRange(ExifOrientation.Segment(orientation));
            }
            else if (marker is 0xEE or not (>= 0xE0 and <= 0xEF or 0xFE))
            {
                kept.AddRange(segment);
            }

            at += segment.Length;
            if (marker == 0xDA)
            {
                var end = EndOfScan(file, at);
                kept.AddRange(file[at..end]);
                at = end;
            }
        }

        // Cut off at its end mark: what somebody hung behind it goes.
        var isWhole = at + 1 < file.Length && file[at] == 0xFF && file[at + 1] == 0xD9;
        return isWhole ? new PhotoFile("image/jpeg", [.. kept, 0xFF, 0xD9], width, height) : null;
    }

    /// <summary>The next marker that is none of the scan's own.</summary>
    private static int EndOfScan(ReadOnlySpan<byte> file, int at)
    {
        while (at + 1 < file.Length && !(file[at] == 0xFF && file[at + 1] is not (0x00 or 0xFF or (>= 0xD0 and <= 0xD7))))
        {
            at++;
        }

        return Math.Min(at, file.Length);
    }
}

/// <summary>How a camera was held, out of all that Exif says.</summary>
internal static class ExifOrientation
{
    /// <param name="data">What follows the length of an APP1 segment.</param>
    /// <returns>2 to 8; null when upright or unsaid.</returns>
    public static byte? Find(ReadOnlySpan<byte> data)
    {
        if (!data.StartsWith("Exif\0\0"u8) || data.Length < 14)
        {
            return null;
        }

        var tiff = data[6..];
        var isLittle = tiff[0] == 'I';
        var directory = Long(tiff, 4, isLittle);
        if (directory < 8 || directory + 2 > tiff.Length)
        {
            return null;
        }

        var count = Short(tiff, (int)directory, isLittle);
        for (var at = (int)directory + 2; count-- > 0 && at + 12 <= tiff.Length; at += 12)
        {
            if (Short(tiff, at, isLittle) == 0x0112)
            {
                return Short(tiff, at + 8, isLittle) is >= 2 and <= 8 and var turned ? (byte)turned : null;
            }
        }

        return null;
    }

    /// <summary>An APP1 segment that says nothing else.</summary>
    public static byte[] Segment(byte orientation) =>
    [
        0xFF, 0xE1, 0x00, 0x22, .. "Exif\0\0"u8, (byte)'M', (byte)'M', 0x00, 0x2A, 0x00, 0x00, 0x00, 0x08,
        0x00, 0x01, 0x01, 0x12, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00, orientation, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    ];

    private static int Short(ReadOnlySpan<byte> tiff, int at, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(tiff[at..]) : BinaryPrimitives.ReadUInt16BigEndian(tiff[at..]);

    private static uint Long(ReadOnlySpan<byte> tiff, int at, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[at..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[at..]);
}

/// <summary>PNG: chunks that make the picture stay, texts, times and Exif go.</summary>
internal static class PngParts
{
    private static readonly string[] Kept = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "bKGD", "pHYs"];

    public static PhotoFile? Read(ReadOnlySpan<byte> file)
    {
        var kept = new List<byte>(file.Length);
        kept.AddRange(file[..8]);
        var (width, height) = (0, 0);
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
            {
                return null;
            }

            var chunk = file.Slice(at, (int)length + 12);
            var kind = System.Text.Encoding.ASCII.GetString(chunk.Slice(4, 4));
            if (kind == "IHDR" && length == 13)
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(chunk[8..]), BinaryPrimitives.ReadInt32BigEndian(chunk[12..]));
            }

            if (Kept.Contains(kind))
            {
                kept.AddRange(chunk);
            }

            if (kind == "IEND")
            {
                return new PhotoFile("image/png", [.. kept], width, height);
            }

            at += chunk.Length;
        }

        return null;
    }
}

/// <summary>WebP: chunks that make the picture stay, Exif, XMP and the colour profile go, and with them the marks in the header that announce them.</summary>
internal static class WebpParts
{
    private const byte Announced = 0x2C;

    private static readonly string[] Kept = ["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF"];

    public static PhotoFile? Read(ReadOnlySpan<byte> file)
    {
        var kept = new List<byte>(file.Length);
        kept.AddRange(file[..12]);
        var (width, height) = (0, 0);
        var hasPicture = false;
        var end = 8L + BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        if (end > file.Length)
        {
            return null;
        }

        for (var at = 12; at + 8 <= end;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            if (length > end - at - 8)
            {
                return null;
            }

            var chunk = file.Slice(at, 8 + (int)length).ToArray();
            var kind = System.Text.Encoding.ASCII.GetString(chunk, 0, 4);
            if (kind == "VP8X" && length >= 10)
            {
                chunk[8] &= unchecked((byte)~Announced);
                (width, height) = (1 + Three(chunk, 12), 1 + Three(chunk, 15));
            }
            else if (width == 0 && kind == "VP8 " && length >= 10)
            {
                (width, height) = (BinaryPrimitives.ReadUInt16LittleEndian(chunk.AsSpan(14)) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(chunk.AsSpan(16)) & 0x3FFF);
            }
            else if (width == 0 && kind == "VP8L" && length >= 5)
            {
                var bits = BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(9));
                (width, height) = (1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
            }

            hasPicture |= kind is "VP8 " or "VP8L" or "ANMF";
            if (Kept.Contains(kind))
            {
                kept.AddRange(chunk);
                if (length % 2 == 1)
                {
                    kept.Add(0);
                }
            }

            at += chunk.Length + (int)(length % 2);
        }

        var content = kept.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(4), (uint)content.Length - 8);
        return hasPicture ? new PhotoFile("image/webp", content, width, height) : null;
    }

    private static int Three(byte[] chunk, int at) => chunk[at] | chunk[at + 1] << 8 | chunk[at + 2] << 16;
}
