namespace Deliberation.Domain;

/// <summary>Why a request may not be granted. Decides the HTTP status, never the words: residents read the text that Web keeps for the code.</summary>
public enum RefusalKind
{
    /// <summary>Breaks a rule or carries a bad value: 422.</summary>
    Invalid,

    /// <summary>Absent, or another community's: 404.</summary>
    NotFound,

    /// <summary>Known, but the caller has no right to it: 403.</summary>
    Forbidden,

    /// <summary>Not in this state, or somebody was first: 409.</summary>
    Conflict,

    /// <summary>Too often: 429.</summary>
    TooMany,
}

/// <summary>A request that was understood but may not be granted.</summary>
/// <param name="Code">Stable, dotted, lower case: <c>ballot.window-closed</c>. Every code has a text in three languages.</param>
/// <param name="Kind">Which HTTP status it becomes.</param>
/// <param name="Field">The form field at fault, by its name in the form; null when no single field is.</param>
/// <param name="Values">What the text fills in, by name: figures, dates, ids. Never a person's name or choice.</param>
public sealed record Refusal(
    string Code,
    RefusalKind Kind,
    string? Field = null,
    IReadOnlyDictionary<string, object?>? Values = null)
{
    public static Refusal Invalid(string code, string? field = null, params (string Name, object? Value)[] values) =>
        new(code, RefusalKind.Invalid, field, ToDictionary(values));

    public static Refusal NotFound(string code) => new(code, RefusalKind.NotFound);

    public static Refusal Forbidden(string code, params (string Name, object? Value)[] values) =>
        new(code, RefusalKind.Forbidden, null, ToDictionary(values));

    public static Refusal Conflict(string code, params (string Name, object? Value)[] values) =>
        new(code, RefusalKind.Conflict, null, ToDictionary(values));

    public static Refusal TooMany(string code, params (string Name, object? Value)[] values) =>
        new(code, RefusalKind.TooMany, null, ToDictionary(values));

    private static Dictionary<string, object?>? ToDictionary((string Name, object? Value)[] values) =>
        values.Length == 0 ? null : values.ToDictionary(v => v.Name, v => v.Value);
}
