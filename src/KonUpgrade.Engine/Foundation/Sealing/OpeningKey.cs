using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Foundation.Sealing;

/// <summary>Opens what was sealed for a certificate, or for one of several, with the private keys. May be used by several threads.</summary>
public sealed class OpeningKey : IDisposable
{
    // Texts of one export share a key, and to unwrap one takes a thousand times as long as to use it. A directory that was
    // exported to again and again holds texts of several exports.
    private const int MostUnwrapped = 64;

    private readonly Dictionary<string, RSA> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _unwrapped = new(StringComparer.Ordinal);
    private readonly object _gate = new();

    /// <summary>Takes the private keys of certificates. An expired certificate opens what was sealed for it.</summary>
    /// <exception cref="UpgradeException">PrivateKeyMissing; PrivateKeyNotUsable: it is there, and does not decrypt.</exception>
    public OpeningKey(params IReadOnlyList<X509Certificate2> certificates)
    {
        try
        {
            foreach (var certificate in certificates)
            {
                var id = SealedText.KeyIdOf(certificate);
                if (!_keys.ContainsKey(id))
                    _keys[id] = Usable(certificate);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens a sealed text. The caller clears it when it is used.</summary>
    /// <param name="bytes">What <see cref="SealingKey.Seal"/> made.</param>
    /// <param name="name">What it is the text of.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="UpgradeException">EncryptedFileDamaged, EncryptedFormatUnknown, WrongCertificate.</exception>
    public byte[] Open(ReadOnlySpan<byte> bytes, string name, string file)
    {
        var text = SealedText.Parse(bytes, file);
        if (!_keys.ContainsKey(text.KeyId))
            throw WrongCertificate(text.KeyId, file);
        var plain = new byte[text.Cipher.Length];
        try
        {
            using var aes = new AesGcm(Key(text), SealedText.TagLength);
            aes.Decrypt(text.Nonce, text.Cipher, text.Tag, plain, SealedText.BoundTo(text.KeyId, text.Source, name));
            return plain;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw SealedText.Damaged(file, $"it is no encrypted text of {name}, or was changed since");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var key in _unwrapped.Values)
                CryptographicOperations.ZeroMemory(key);
            _unwrapped.Clear();
            foreach (var rsa in _keys.Values)
                rsa.Dispose();
        }
    }

    // A key in a store, on a card or in a service may be there and refuse to be used; and a file that it can't open would
    // be taken for damaged. So it is tried.
    private static RSA Usable(X509Certificate2 certificate)
    {
        RSA? key = null;
        try
        {
            key = certificate.GetRSAPrivateKey() ?? throw Missing(certificate);
            using var open = certificate.GetRSAPublicKey()!;
            var trial = RandomNumberGenerator.GetBytes(SealedText.KeyLength);
            if (!key.Decrypt(open.Encrypt(trial, RSAEncryptionPadding.OaepSHA256), RSAEncryptionPadding.OaepSHA256).AsSpan().SequenceEqual(trial))
                throw NotUsable(certificate, "it does not belong to the certificate's public key", null);
            return key;
        }
        catch (Exception exception) when (exception is CryptographicException or NotSupportedException or UnauthorizedAccessException or InvalidOperationException)
        {
            key?.Dispose();
            throw NotUsable(certificate, exception.Message.TrimEnd('.'), exception);
        }
    }

    private byte[] Key(SealedText text)
    {
        var wrapped = Convert.ToHexString(SHA256.HashData(text.WrappedKey)) + text.KeyId;
        lock (_gate)
        {
            if (_unwrapped.TryGetValue(wrapped, out var known))
                return known;
            var key = _keys[text.KeyId].Decrypt(text.WrappedKey, RSAEncryptionPadding.OaepSHA256);
            if (_unwrapped.Count >= MostUnwrapped)
                _unwrapped.Clear();
            return _unwrapped[wrapped] = key;
        }
    }

    private UpgradeException WrongCertificate(string keyId, string file) => new(new Failure
    {
        Id = "WrongCertificate",
        Kind = FailureKind.Security,
        Message = $"{file} is encrypted for another certificate: its key id is {Shown(keyId)}, and that of what was given is {string.Join(" or ", _keys.Keys)}.",
        Recommendation = "Use the certificate that the export was made with.",
        Target = file,
    });

    // The line of a file may hold anything.
    private static string Shown(string keyId) => keyId.Length == 64 && keyId.All(char.IsAsciiHexDigit) ? keyId : "none that a certificate has";

    private static UpgradeException NotUsable(X509Certificate2 certificate, string why, Exception? exception) => new(
        new Failure
        {
            Id = "PrivateKeyNotUsable",
            Kind = FailureKind.InvalidArgument,
            Message = $"The private key of the certificate {certificate.Subject} can't be used to decrypt (RSA-OAEP with SHA-256): {why}.",
            Recommendation = "Use a key that this account may decrypt with, or a file that holds certificate and key (PFX, or PEM with the key).",
            Target = certificate.Thumbprint,
        },
        exception);

    private static UpgradeException Missing(X509Certificate2 certificate) => new(new Failure
    {
        Id = "PrivateKeyMissing",
        Kind = FailureKind.InvalidArgument,
        Message = certificate.HasPrivateKey
            ? $"The private key of the certificate {certificate.Subject} is no RSA key, so nothing was ever encrypted for it."
            : $"The certificate {certificate.Subject} comes without its private key, so nothing can be decrypted with it.",
        Recommendation = "Name the file that holds both (PFX, or PEM with the key), or a certificate of the store whose key this account may use.",
        Target = certificate.Thumbprint,
    });
}
