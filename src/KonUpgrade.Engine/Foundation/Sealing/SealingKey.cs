using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Foundation.Sealing;

/// <summary>
/// Seals texts for the holder of a certificate's private key: AES-256-GCM under a key of its own, which is wrapped with
/// RSA-OAEP (SHA-256) once and stands in each sealed text. One sealing key may be used by several threads.
/// </summary>
public sealed class SealingKey : IDisposable
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(SealedText.KeyLength);
    private readonly byte[] _wrapped;

    /// <summary>Makes a key for a certificate; its private key is not needed.</summary>
    /// <param name="certificate">The certificate. It may be disposed of afterwards.</param>
    /// <param name="now">The time at which it must be valid.</param>
    /// <exception cref="UpgradeException">CertificateNotUsable: it holds no RSA key or one too short, has expired, or is not valid yet.</exception>
    public SealingKey(X509Certificate2 certificate, DateTimeOffset? now = null)
    {
        using var rsa = certificate.GetRSAPublicKey() ?? throw NotUsable(certificate, "it holds no RSA key");
        if (rsa.KeySize < 2048)
            throw NotUsable(certificate, $"its key has {rsa.KeySize} bits, and 2048 is the least");
        var at = (now ?? DateTimeOffset.UtcNow).UtcDateTime;
        if (at > certificate.NotAfter.ToUniversalTime())
            throw NotUsable(certificate, $"it expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
        if (at < certificate.NotBefore.ToUniversalTime())
            throw NotUsable(certificate, $"it is not valid before {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
        KeyId = SealedText.KeyIdOf(certificate);
        _wrapped = rsa.Encrypt(_key, RSAEncryptionPadding.OaepSHA256);
    }

    /// <summary>Which certificate opens it: the SHA-256 of its public key, in hexadecimal digits.</summary>
    public string KeyId { get; }

    /// <summary>Seals a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What it is the text of; it can be opened under this name only.</param>
    /// <param name="source">Of which state it is the text, readable by everybody: a word that tells nothing of the text. Empty for none.</param>
    public byte[] Seal(ReadOnlySpan<byte> text, string name, string source)
    {
        // An empty word at a line's end would not survive every editor.
        source = source.Length == 0 ? "none" : source;
        var nonce = RandomNumberGenerator.GetBytes(SealedText.NonceLength);
        var cipher = new byte[text.Length];
        var tag = new byte[SealedText.TagLength];
        using var aes = new AesGcm(_key, SealedText.TagLength);
        aes.Encrypt(nonce, text, cipher, tag, SealedText.BoundTo(KeyId, source, name));
        return new SealedText(KeyId, source, _wrapped, nonce, tag, cipher).ToBytes();
    }

    /// <summary>Whether bytes are a text that was sealed for the same certificate from the same state, so that it need not be sealed again.</summary>
    public bool IsSealedFrom(ReadOnlySpan<byte> bytes, string source)
    {
        if (source.Length == 0)
            return false;
        try
        {
            var text = SealedText.Parse(bytes, "");
            return text.KeyId == KeyId && text.Source == source;
        }
        catch (UpgradeException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private static UpgradeException NotUsable(X509Certificate2 certificate, string why) => new(new Failure
    {
        Id = "CertificateNotUsable",
        Kind = FailureKind.InvalidArgument,
        Message = $"The certificate {certificate.Subject} can't be used to encrypt: {why}.",
        Recommendation = "Use a valid certificate with an RSA key of 2048 bits or more.",
        Target = certificate.Thumbprint,
    });
}
