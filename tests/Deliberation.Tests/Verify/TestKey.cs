using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Tests.Verify;

/// <summary>A key that signs notes.</summary>
internal sealed class TestKey(string name, string role)
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Name => name;

    public string Role => role;

    public byte[] Spki => field ??= _key.ExportSubjectPublicKeyInfo();

    public string Body(string state) =>
        $$"""{"v":"DLB1","kind":"key","name":"{{name}}","role":"{{role}}","key":"{{Convert.ToBase64String(Spki)}}","state":"{{state}}"}""";

    /// <summary>A signature line.</summary>
    /// <param name="named">Another name, for forgers.</param>
    public string Sign(string text, string? named = null)
    {
        var signature = _key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return $"— {named ?? name} {Convert.ToBase64String([.. SHA256.HashData(Spki)[..4], .. signature])}\n";
    }
}
