using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;

namespace Deliberation.Web.Access;

/// <summary>Remembers, in this browser only and for a day, where the receipt of a vote is: who comes back after submitting finds it. The server cannot, for a secret ballot: it does not know which receipt is whose.</summary>
internal static class ReceiptCookie
{
    private const string Prefix = "receipt-";

    public static void Keep(HttpContext http, BallotId ballot, string? unit, string word) =>
        http.Response.Cookies.Append(Name(ballot, unit), word, new CookieOptions
        {
            MaxAge = TimeSpan.FromDays(1),
            HttpOnly = true,
            IsEssential = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
        });

    public static string? Find(HttpContext http, BallotId ballot, string? unit) => http.Request.Cookies[Name(ballot, unit)];

    /// <summary>The next person at this phone finds none of them.</summary>
    public static void ForgetAll(HttpContext http)
    {
        foreach (var name in http.Request.Cookies.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            http.Response.Cookies.Delete(name);
        }
    }

    private static string Name(BallotId ballot, string? unit) =>
        Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{ballot}|{unit}")))[..16];
}
