using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Postgres;

/// <summary>Keeps the key ring in the database unreadable to whoever has only the database: AES-256-GCM under a key of the secrets file.</summary>
internal sealed class SecretXmlEncryptor(SecretsFile secrets) : IXmlEncryptor
{
    private const string SecretName = "data-protection.key";
    private const int NonceSize = 12;
    private const int TagSize = 16;

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedBytes = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceSize));
        using var cipher = CipherOf(secrets);
        cipher.Encrypt(sealedBytes.AsSpan(0, NonceSize), plain, sealedBytes.AsSpan(NonceSize, plain.Length), sealedBytes.AsSpan(NonceSize + plain.Length));
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(sealedBytes)), typeof(Decryptor));
    }

    private static AesGcm CipherOf(SecretsFile secrets) =>
        new(Convert.FromHexString(secrets.GetOrCreate(SecretName, SecretsFile.Random)), TagSize);

    /// <summary>Made by the key ring itself, from the name stored beside each key.</summary>
    public sealed class Decryptor(IServiceProvider services) : IXmlDecryptor
    {
        /// <exception cref="CryptographicException">The key was sealed with another secrets file. The ring then goes on without it.</exception>
        public XElement Decrypt(XElement encryptedElement)
        {
            var sealedBytes = Convert.FromBase64String(encryptedElement.Value);
            var plain = new byte[sealedBytes.Length - NonceSize - TagSize];
            using var cipher = CipherOf(services.GetRequiredService<SecretsFile>());
            cipher.Decrypt(sealedBytes.AsSpan(0, NonceSize), sealedBytes.AsSpan(NonceSize, plain.Length), sealedBytes.AsSpan(NonceSize + plain.Length), plain);
            return XElement.Parse(Encoding.UTF8.GetString(plain));
        }
    }
}
