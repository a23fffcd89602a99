using System.Text.RegularExpressions;
using Deliberation.Domain;

namespace Deliberation.Features.Access;

/// <summary>What a staff account must look like, wherever it is made: the set-up page, the command line.</summary>
public static partial class StaffRules
{
    /// <summary>Fewest characters of a password.</summary>
    public const int ShortestPassword = 12;

    private const int LongestPassword = 200;

    /// <summary>What everybody tries first; a password that is little more than one of them is none.</summary>
    private static readonly string[] Guessable =
    [
        "password", "passwort", "passw0rd", "p@ssword", "admin", "administrator", "root", "postgres", "deliberation", "changeme", "letmein", "welcome",
        "qwertyuiop", "qwerty", "asdfgh", "zxcvbn", "abcdef", "default", "example", "sample", "secret", "test", "demo", "1234567890", "123456789", "12345678", "123456", "1234",
        "0987654321", "654321", "888888", "666666", "111111", "000000", "5201314", "woaini",
    ];

    /// <returns>Null when the name may be used to sign in.</returns>
    /// <param name="field">Name of the form's field.</param>
    public static Refusal? LoginProblem(string login, string field) =>
        LoginPattern.IsMatch(login) ? null : Refusal.Invalid("staff.login-malformed", field, ("least", 2), ("most", 60));

    /// <returns>Null when nobody would guess it soon.</returns>
    public static Refusal? PasswordProblem(string password, string login, string field)
    {
        if (password.Length is < ShortestPassword or > LongestPassword)
        {
            return Refusal.Invalid("staff.password-length", field, ("least", ShortestPassword), ("most", LongestPassword));
        }

        return IsGuessable(password, login) ? Refusal.Invalid("staff.password-guessable", field) : null;
    }

    /// <summary>True when hardly anything is left once common words and the account's own name are taken out.</summary>
    public static bool IsGuessable(string password, string login = "")
    {
        var rest = password.ToLowerInvariant();
        foreach (var word in Guessable.Append(login.ToLowerInvariant()).Where(word => word.Length > 2).OrderByDescending(word => word.Length))
        {
            rest = rest.Replace(word, "", StringComparison.Ordinal);
        }

        return rest.Distinct().Count() < 5;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{1,59}$")]
    private static partial Regex LoginPattern { get; }
}
