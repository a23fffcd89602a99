using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Features.Seeding;

/// <summary>Numbers and ids that are the same in every run of one seed, on every platform and version of .NET.</summary>
/// <remarks>SplitMix64. One stream for each purpose: what is drawn in one place does not shift another.</remarks>
internal sealed class SeedRandom(int seed, string purpose)
{
    private ulong _state = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{purpose}")));

    /// <returns>0 to <paramref name="bound"/> − 1.</returns>
    public int Next(int bound)
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((UInt128)(z ^ (z >> 31)) * (ulong)bound >> 64);
    }

    /// <param name="least">Inclusive.</param>
    /// <param name="most">Inclusive.</param>
    public int Between(int least, int most) => least + Next(most - least + 1);

    public bool Percent(int percent) => Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> from) => from[Next(from.Count)];

    /// <summary>The numbers 0 to <paramref name="count"/> − 1 in an order drawn by lot.</summary>
    public int[] Shuffled(int count)
    {
        var numbers = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (numbers[i], numbers[j]) = (numbers[j], numbers[i]);
        }

        return numbers;
    }

    /// <summary>An id that depends on the seed and the name of the thing only (UUID version 8).</summary>
    public static Guid Id(int seed, string thing)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}#{thing}"))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
