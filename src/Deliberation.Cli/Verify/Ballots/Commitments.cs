using System.Text;
using Deliberation.Cli.Verify.Log;

namespace Deliberation.Cli.Verify.Ballots;

/// <summary>Works out what an opening commits to. The choices stand in ordinal order, whatever the order of the file.</summary>
internal static class Commitments
{
    public static Hash32 Secret(Guid ballot, string[] choices, byte[] nonce, byte[] salt) =>
        LogTree.Hash([.. "DLB1"u8, .. ballot.ToByteArray(bigEndian: true), .. Joined(choices), 0, .. nonce, .. salt]);

    public static Hash32 Named(Guid ballot, string unit, string[] choices, byte[] salt) =>
        LogTree.Hash([.. "DLB1N"u8, .. ballot.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(unit), 0, .. Joined(choices), 0, .. salt]);

    private static byte[] Joined(string[] choices) => Encoding.UTF8.GetBytes(string.Join('\n', choices.Order(StringComparer.Ordinal)));
}
