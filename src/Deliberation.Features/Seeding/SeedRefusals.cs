using Deliberation.Domain;

namespace Deliberation.Features.Seeding;

/// <summary>Why a folder of seeds is not imported. Each names file, line and field; nothing has been written.</summary>
public static class SeedRefusals
{
    internal static Refusal FileMissing(string file) => Refusal.Invalid("seed.file-missing", null, ("file", file));

    internal static Refusal NotUtf8(string file) => Refusal.Invalid("seed.not-utf8", null, ("file", file));

    internal static Refusal WrongColumns(string file, string expected) =>
        Refusal.Invalid("seed.wrong-columns", null, ("file", file), ("line", 1), ("expected", expected));

    internal static Refusal WrongFieldCount(string file, int line, int expected, int found) =>
        Refusal.Invalid("seed.wrong-field-count", null, ("file", file), ("line", line), ("expected", expected), ("found", found));

    internal static Refusal Bad(string code, string file, int line, string field, params (string Name, object? Value)[] values) =>
        Refusal.Invalid($"seed.{code}", field, [("file", file), ("line", line), ("field", field), .. values]);
}
