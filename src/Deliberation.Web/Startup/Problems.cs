namespace Deliberation.Web.Startup;

/// <summary>What went wrong at start, as one sentence and one command in the console's language.</summary>
internal static class Problems
{
    public static string InWords(string code, IReadOnlyDictionary<string, string> values)
    {
        var texts = CommandLine.Texts();
        var language = CommandLine.Language();
        var named = values.ToDictionary(v => v.Key, v => (object?)v.Value);
        var cure = $"{code}.cure";
        return texts.Has(language, cure)
            ? $"{texts.Get(language, code, named)}\n  {texts.Get(language, cure, named)}"
            : texts.Get(language, code, named);
    }
}
