using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>Certificates for tests that encrypt.</summary>
internal static class TestCertificates
{
    public static X509Certificate2 Rsa(int bits = 2048, int fromDays = -1, int toDays = 1)
    {
        using var rsa = RSA.Create(bits);
        return new CertificateRequest("CN=export", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(fromDays), DateTimeOffset.UtcNow.AddDays(toDays));
    }

    public static X509Certificate2 Elliptic()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=elliptic", ecdsa, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
