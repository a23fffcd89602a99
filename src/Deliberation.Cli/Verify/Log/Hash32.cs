using System.Buffers;
using System.Runtime.InteropServices;

namespace Deliberation.Cli.Verify.Log;

/// <summary>A SHA-256 as a value: 32 bytes without an object of their own.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Hash32(ulong A, ulong B, ulong C, ulong D) : IComparable<Hash32>
{
    public const int Size = 32;

    public static Hash32 Of(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<Hash32>(bytes);

    /// <summary>Reads 64 lowercase hex digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out Hash32 value)
    {
        value = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (hex.Length != 2 * Size || hex.IndexOfAnyInRange((byte)'A', (byte)'F') >= 0
            || Convert.FromHexString(hex, bytes, out _, out _) is not OperationStatus.Done) return false;
        value = Of(bytes);
        return true;
    }

    public void CopyTo(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);

    /// <summary>Order of the bytes, which is that of the hex digits.</summary>
    public int CompareTo(Hash32 other)
    {
        Span<byte> left = stackalloc byte[Size], right = stackalloc byte[Size];
        CopyTo(left);
        other.CopyTo(right);
        return left.SequenceCompareTo(right);
    }

    /// <summary>Seeded for each run: nobody can make a bundle whose hashes all fall into one place.</summary>
    public override int GetHashCode() => HashCode.Combine(A, B, C, D);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
