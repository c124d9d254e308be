using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>A throw-away certificate authority, a root or below another one.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority(string name = "test authority", TestAuthority? parent = null)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
        Certificate = parent is null
            ? request.CreateSelfSigned(from, to)
            : request.Create(parent.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(parent._key), from, to, Serial());
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem();

    public X509Certificate2Collection Trust => [new X509Certificate2(Certificate)];

    /// <summary>A server's certificate with its key.</summary>
    public X509Certificate2 Server(DateTimeOffset? until = null, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Length > 0 ? names : ["127.0.0.1", "localhost"])
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var issued = Issue(request, until);
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }

    /// <summary>A client's certificate and key as PEM.</summary>
    public (string Certificate, string Key) Client(string user, bool rsa = false, bool pkcs8 = false)
    {
        if (rsa)
        {
            using var key = RSA.Create(2048);
            using var issued = Issue(Client(new CertificateRequest($"CN={user}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)), null);
            return (issued.ExportCertificatePem(), pkcs8 ? key.ExportPkcs8PrivateKeyPem() : key.ExportRSAPrivateKeyPem());
        }
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Issue(Client(new CertificateRequest($"CN={user}", curve, HashAlgorithmName.SHA256)), null);
        return (certificate.ExportCertificatePem(), pkcs8 ? curve.ExportPkcs8PrivateKeyPem() : curve.ExportECPrivateKeyPem());
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static CertificateRequest Client(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        return request;
    }

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(12);
        serial[0] &= 0x7F;
        return serial;
    }

    private X509Certificate2 Issue(CertificateRequest request, DateTimeOffset? until) =>
        request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), DateTimeOffset.UtcNow.AddDays(-20), until ?? DateTimeOffset.UtcNow.AddDays(20), Serial());
}
