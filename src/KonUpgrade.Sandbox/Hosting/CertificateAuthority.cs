using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>A certificate authority that lives as long as the sandbox. Its key never leaves the process.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public CertificateAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Certificate = request.CreateSelfSigned(now.AddHours(-1), now + Lifetime);
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    /// <summary>A server's certificate for loopback and the names given.</summary>
    public X509Certificate2 IssueServer(string name, params string[] dnsNames)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        names.AddDnsName("localhost");
        foreach (string dnsName in dnsNames) names.AddDnsName(dnsName);
        using X509Certificate2 issued = Issue($"CN={name}", key, "1.3.6.1.5.5.7.3.1", names.Build());
        using X509Certificate2 withKey = issued.CopyWithPrivateKey(key);
        // Windows serves TLS only with a key that went through a store or a PFX.
        byte[] pfx = withKey.Export(X509ContentType.Pfx);
#pragma warning disable SYSLIB0057 // X509CertificateLoader came with .NET 9; this runs on .NET 8 too.
        return new X509Certificate2(pfx, (string?)null, X509KeyStorageFlags.Exportable);
#pragma warning restore SYSLIB0057
    }

    /// <summary>A user's certificate and key, as PEM.</summary>
    public (string Certificate, string Key) IssueClient(string user, string group)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 issued = Issue($"O={group}, CN={user}", key, "1.3.6.1.5.5.7.3.2", null);
        return (issued.ExportCertificatePem() + "\n", key.ExportECPrivateKeyPem() + "\n");
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Issue(string subject, ECDsa key, string usage, X509Extension? names)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names is not null) request.CertificateExtensions.Add(names);
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        return request.Create(Certificate, Certificate.NotBefore, Certificate.NotAfter, serial);
    }
}
