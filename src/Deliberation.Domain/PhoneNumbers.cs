namespace Deliberation.Domain;

/// <summary>Telephone numbers as people write them: digits with spaces, dashes and brackets.</summary>
public static class PhoneNumbers
{
    private const int MainlandDigits = 11;

    /// <summary>A number that takes short messages, as E.164 has it: <c>+8613800000000</c>.</summary>
    /// <returns>Null when it is none: a mainland mobile number has 11 digits and begins with 1; one from elsewhere begins with + or 00 and has 8 to 15 digits, its country's first.</returns>
    public static string? Mobile(string? typed)
    {
        var text = (typed ?? "").Trim();
        if (text.Length > 40 || text.Any(c => !char.IsAsciiDigit(c) && c is not (' ' or '-' or '(' or ')' or '+')) || text.LastIndexOf('+') > 0)
        {
            return null;
        }

        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        var isAbroad = text.StartsWith('+') || digits.StartsWith("00", StringComparison.Ordinal);
        if (!isAbroad)
        {
            return digits.Length == MainlandDigits && digits[0] == '1' ? $"+86{digits}" : null;
        }

        digits = text.StartsWith('+') ? digits : digits[2..];
        return digits.Length is < 8 or > 15 || digits[0] == '0' ? null
            : digits.StartsWith("86", StringComparison.Ordinal) && (digits.Length != MainlandDigits + 2 || digits[2] != '1') ? null
            : $"+{digits}";
    }
}
