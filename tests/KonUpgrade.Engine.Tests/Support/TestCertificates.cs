using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>Certificates for tests that encrypt.</summary>
internal static class TestCertificates
{
    // A key takes longer to find than all that a test does with it.
    private static readonly ConcurrentDictionary<(int Bits, int Key), Lazy<RSAParameters>> s_keys = new();

    /// <param name="bits">How long the key is.</param>
    /// <param name="fromDays">From when it serves, in days from now.</param>
    /// <param name="toDays">Until when it serves, in days from now.</param>
    /// <param name="key">Which key it is of: two of one number have the same.</param>
    public static X509Certificate2 Rsa(int bits = 2048, int fromDays = -1, int toDays = 1, int key = 0)
    {
        using var rsa = RSA.Create(s_keys.GetOrAdd((bits, key), static one => new Lazy<RSAParameters>(() => MakeKey(one.Bits))).Value);
        return new CertificateRequest("CN=export", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(fromDays), DateTimeOffset.UtcNow.AddDays(toDays));
    }

    private static RSAParameters MakeKey(int bits)
    {
        using var rsa = RSA.Create(bits);
        return rsa.ExportParameters(includePrivateParameters: true);
    }

    public static X509Certificate2 Elliptic()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=elliptic", ecdsa, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
