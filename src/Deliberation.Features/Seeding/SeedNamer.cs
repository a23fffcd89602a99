using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Features.Seeding;

/// <summary>Makes names that are nobody's: drawn by lot, never twice, never one of the stop list.</summary>
internal sealed class SeedNamer(SeedNames names, SeedRandom random)
{
    private readonly HashSet<string> _given = [];

    /// <param name="surname">Surname to keep, for a family; null = any.</param>
    public string Next(string? surname = null)
    {
        while (true)
        {
            var name = (surname ?? random.Pick(names.Surnames)) + random.Pick(names.GivenCharacters)
                + (random.Percent(75) ? random.Pick(names.GivenCharacters) : "");
            if (!IsStopped(name) && _given.Add(name))
            {
                return name;
            }
        }
    }

    private bool IsStopped(string name) =>
        names.Stop.Contains(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16]);
}
