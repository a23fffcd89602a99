namespace Deliberation.Web.Parts;

/// <summary>Numbers that stay on one line: a word joiner behind each hyphen.</summary>
public static class Unbroken
{
    public static string Of(string? number) => (number ?? "").Replace("-", "-\u2060", StringComparison.Ordinal);
}
