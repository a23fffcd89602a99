using System.Text;

namespace Deliberation.Features.Ballots;

/// <summary>Receipt codes: 80 bits in Crockford's alphabet, in groups of four behind the community's code.</summary>
internal static class ReceiptCodes
{
    /// <summary>Bytes of a receipt.</summary>
    public const int Length = 10;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string Format(string communityCode, ReadOnlySpan<byte> receipt)
    {
        var text = new StringBuilder(communityCode);
        var bits = 0;
        var buffer = 0;
        var written = 0;
        foreach (var value in receipt[..Length])
        {
            buffer = (buffer << 8) | value;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                if (written++ % 4 == 0)
                {
                    text.Append('-');
                }

                text.Append(Alphabet[(buffer >> bits) & 31]);
            }

            buffer &= (1 << bits) - 1;
        }

        return text.ToString();
    }

    /// <summary>The receipt in a code as typed: any case, dashes and blanks ignored, O read as 0, I and L as 1. Null when it is no code.</summary>
    public static byte[]? TryParse(string typed)
    {
        var letters = typed.Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant).ToArray();
        if (letters.Length < 16 || letters.Length > 40)
        {
            return null;
        }

        var receipt = new byte[Length];
        var bits = 0;
        var buffer = 0;
        var position = 0;
        foreach (var letter in letters[^16..])
        {
            var value = Alphabet.IndexOf(letter switch { 'O' => '0', 'I' or 'L' => '1', _ => letter }, StringComparison.Ordinal);
            if (value < 0)
            {
                return null;
            }

            buffer = (buffer << 5) | value;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                receipt[position++] = (byte)(buffer >> bits);
                buffer &= (1 << bits) - 1;
            }
        }

        return receipt;
    }
}
