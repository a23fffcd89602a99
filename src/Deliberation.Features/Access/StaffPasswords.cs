using Microsoft.AspNetCore.Identity;

namespace Deliberation.Features.Access;

/// <summary>Passwords of staff, hashed by ASP.NET Core Identity (PBKDF2, HMAC-SHA512).</summary>
public static class StaffPasswords
{
    private static readonly PasswordHasher<string> Hasher = new();

    /// <summary>Verified against when there is no such person, so that the answer takes as long.</summary>
    private static readonly string HashOfNobody = Hash(Guid.NewGuid().ToString());

    public static string Hash(string password) => Hasher.HashPassword("", password);

    /// <param name="hash">Null when there is no such person: always false, in the same time.</param>
    public static bool Verify(string? hash, string password) =>
        Hasher.VerifyHashedPassword("", hash ?? HashOfNobody, password) != PasswordVerificationResult.Failed && hash is not null;
}
