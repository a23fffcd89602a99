using Deliberation.Domain;
using Deliberation.Postgres;
using Deliberation.Postgres.Embedded;
using Npgsql;

namespace Deliberation.Web.Startup;

/// <summary>What went wrong at start, as one sentence and one command in the console's language.</summary>
internal static class Problems
{
    /// <returns>Null for what nobody foresaw.</returns>
    public static string? InWords(Exception problem) => problem switch
    {
        EmbeddedPostgresException embedded => InWords(embedded.Code, embedded.Values),
        StartRefusedException refused => InWords(refused.Code, new Dictionary<string, string>()),
        SchemaRefusedException schema => InWords(
            schema.Problem == SchemaProblem.Newer ? DatabaseProblems.SchemaNewer : DatabaseProblems.SchemaChanged,
            new Dictionary<string, string> { ["number"] = $"{schema.Number}" }),
        NpgsqlException away => $"{InWords(DatabaseProblems.Unreachable, new Dictionary<string, string>())}\n  {away.Message}",
        InvalidDataException bad => bad.Message, // a shipped file that does not read: says file, line and field
        _ => null,
    };

    /// <summary>Why a use case was refused.</summary>
    public static string Why(Refusal refusal)
    {
        var (texts, language) = (CommandLine.Texts(), CommandLine.Language());
        return texts.Get(language, texts.Has(language, $"refusal.{refusal.Code}") ? $"refusal.{refusal.Code}" : refusal.Code, refusal.Values);
    }

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
