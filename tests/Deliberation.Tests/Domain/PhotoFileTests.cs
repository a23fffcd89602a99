using System.Buffers.Binary;
using System.Text;
using Deliberation.Domain;
using Deliberation.Domain.Photos;

namespace Deliberation.Tests.Domain;

/// <summary>A photograph keeps its picture and loses what the camera wrote beside it.</summary>
public sealed class PhotoFileTests
{
    private const string Secret = "GPS 31.2304 N";

    [Theory]
    [InlineData("jpeg", "image/jpeg")]
    [InlineData("png", "image/png")]
    [InlineData("webp", "image/webp")]
    public void Metadata_goes_and_the_picture_stays(string kind, string mediaType)
    {
        var photo = Accepted(Photo(kind, 40, 30));

        Assert.Equal((mediaType, 40, 30), (photo.MediaType, photo.Width, photo.Height));
        Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(photo.Content), StringComparison.Ordinal);
        Assert.Contains("PIXELS", Encoding.Latin1.GetString(photo.Content), StringComparison.Ordinal);
        Assert.Equal(photo.Content, Accepted(photo.Content).Content); // clean stays clean
    }

    [Fact]
    public void How_the_camera_was_held_stays() =>
        Assert.Contains("Exif\0\0MM\0*\0\0\0\b\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0\u0006", Encoding.Latin1.GetString(Accepted(Photo("jpeg", 40, 30)).Content), StringComparison.Ordinal);

    [Fact]
    public void What_hangs_behind_the_picture_goes() =>
        Assert.DoesNotContain("<script>", Encoding.Latin1.GetString(Accepted([.. Photo("jpeg", 40, 30), .. "<script>"u8]).Content), StringComparison.Ordinal);

    [Theory]
    [InlineData("jpeg", 8_000, 5_000, "accepted")]
    [InlineData("jpeg", 8_000, 5_001, "photo.too-large")]
    [InlineData("png", 40_000, 40_000, "photo.too-large")]
    [InlineData("jpeg", 0, 10, "photo.not-a-photo")]
    public void A_picture_of_more_than_forty_megapixels_or_none_is_refused(string kind, int width, int height, string answer) => Assert.Equal(answer, CodeOf(Photo(kind, width, height)));

    [Fact]
    public void A_file_over_the_bound_is_refused() => Assert.Equal("photo.too-large", CodeOf(new byte[PhotoFile.Largest + 1]));

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    public void A_file_that_ends_early_or_says_nonsense_is_no_photograph_and_never_throws(string kind)
    {
        var whole = Photo(kind, 40, 30);
        var random = new Random(7);
        for (var length = 0; length < whole.Length; length++)
        {
            _ = PhotoFile.Clean(whole[..length]);
            var bent = whole.ToArray();
            bent[length] = (byte)random.Next(256);
            _ = PhotoFile.Clean(bent);
        }

        Assert.Equal("photo.not-a-photo", CodeOf(whole[..(whole.Length / 2)]));
        Assert.Equal("photo.not-a-photo", CodeOf("GIF89a and so on"u8.ToArray()));
        Assert.Equal("photo.not-a-photo", CodeOf([]));
    }

    private static string CodeOf(byte[] file) => PhotoFile.Clean(file) is Result<PhotoFile>.Refused { Reason: var reason } ? reason.Code : "accepted";

    private static PhotoFile Accepted(byte[] file) => PhotoFile.Clean(file).Require();

    private static byte[] Photo(string kind, int width, int height) => kind switch
    {
        "jpeg" =>
        [
            0xFF, 0xD8, .. Segment(0xE0, "JFIF\0\x01\x01\0\0\x01\0\x01\0\0"u8.ToArray()), .. Segment(0xE1, Exif()), .. Segment(0xFE, Encoding.ASCII.GetBytes(Secret)),
            .. Segment(0xC0, [8, .. Big16(height), .. Big16(width), 1, 1, 0x11, 0]), .. Segment(0xDA, [1, 1, 0, 0, 63, 0]), .. "PIXELS"u8, 0xFF, 0x00, 0x12, 0xFF, 0xD9,
        ],
        "png" =>
        [
            0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", [.. Big32(width), .. Big32(height), 8, 2, 0, 0, 0]), .. Chunk("tEXt", Encoding.ASCII.GetBytes(Secret)),
            .. Chunk("eXIf", Encoding.ASCII.GetBytes(Secret)), .. Chunk("IDAT", "PIXELS"u8.ToArray()), .. Chunk("IEND", []),
        ],
        _ => Riff([.. Part("VP8X", [0x2C, 0, 0, 0, .. Little24(width - 1), .. Little24(height - 1)]), .. Part("VP8 ", "PIXELS.."u8.ToArray()), .. Part("EXIF", Encoding.ASCII.GetBytes(Secret))]),
    };

    private static byte[] Exif() =>
    [
        .. "Exif\0\0II*\0\x08\0\0\0"u8, 2, 0, 0x0F, 0x01, 2, 0, 4, 0, 0, 0, (byte)'C', (byte)'a', (byte)'m', 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(Secret),
    ];

    private static byte[] Segment(byte marker, byte[] data) => [0xFF, marker, .. Big16(data.Length + 2), .. data];

    private static byte[] Chunk(string kind, byte[] data) => [.. Big32(data.Length), .. Encoding.ASCII.GetBytes(kind), .. data, 0, 0, 0, 0];

    private static byte[] Part(string kind, byte[] data) => [.. Encoding.ASCII.GetBytes(kind), .. Little32(data.Length), .. data, .. new byte[data.Length % 2]];

    private static byte[] Riff(byte[] parts) => [.. "RIFF"u8, .. Little32(parts.Length + 4), .. "WEBP"u8, .. parts];

    private static byte[] Big16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Big32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Little32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Little24(int value) => Little32(value)[..3];
}
