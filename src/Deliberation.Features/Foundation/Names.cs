using System.Globalization;

namespace Deliberation.Features.Foundation;

/// <summary>Names as others may read them.</summary>
internal static class Names
{
    /// <summary>First and last character stay when there are three or more, only the first of two; rare characters beyond 16 bits count as one.</summary>
    public static string Mask(string fullName)
    {
        var characters = StringInfo.GetTextElementEnumerator(fullName.Trim());
        List<string> parts = [];
        while (characters.MoveNext())
        {
            parts.Add(characters.GetTextElement());
        }

        return parts.Count switch
        {
            0 => "*",
            < 3 => parts[0] + "*",
            _ => parts[0] + "*" + parts[^1],
        };
    }
}
