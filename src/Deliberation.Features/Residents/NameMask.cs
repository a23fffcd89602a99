using System.Globalization;

namespace Deliberation.Features.Residents;

/// <summary>Names and numbers as others may see them.</summary>
public static class NameMask
{
    /// <summary>First and last character: a star stands between, or in place of the second of two.</summary>
    public static string Of(string name)
    {
        var letters = StringInfo.GetTextElementEnumerator(name.Trim());
        var first = letters.MoveNext() ? letters.GetTextElement() : "";
        string? last = null;
        var count = 1;
        while (letters.MoveNext())
        {
            last = letters.GetTextElement();
            count++;
        }

        return count < 3 ? first + "*" : $"{first}*{last}";
    }

    /// <summary>The first character and two stars, however long the name is: 王**.</summary>
    public static string Family(string name)
    {
        var letters = StringInfo.GetTextElementEnumerator(name.Trim());
        return letters.MoveNext() ? letters.GetTextElement() + "**" : "**";
    }

    /// <summary>First three and last four digits; null stays null.</summary>
    public static string? OfPhone(string? phone) => phone is null ? null
        : phone.Length < 8 ? new string('*', phone.Length)
        : $"{phone[..3]}****{phone[^4..]}";
}

/// <summary>Search texts as SQL patterns.</summary>
internal static class LikePattern
{
    /// <summary>Matches the text anywhere; its own <c>%</c>, <c>_</c> and <c>\</c> are plain characters.</summary>
    public static string Containing(string text) => "%" + text.Trim()
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", StringComparison.Ordinal)
        .Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
