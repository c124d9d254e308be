using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>A client certificate with its key, and the intermediate certificates that stand beside it in the PEM text.</summary>
public sealed class ClientCertificate
{
    private ClientCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Leaf = leaf;
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    /// <summary>The certificate that names the user.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>When the certificate ends.</summary>
    public DateTimeOffset NotAfter => Leaf.NotAfter.ToUniversalTime();

    internal SslStreamCertificateContext Context { get; }

    /// <summary>Reads a certificate and its key, EC or RSA, PKCS#1, SEC 1 or PKCS#8.</summary>
    /// <param name="certificatePem">The certificate, then any intermediate ones.</param>
    /// <param name="keyPem">The key, not encrypted.</param>
    /// <exception cref="CryptographicException">The texts are no certificate and key, or don't fit each other.</exception>
    public static ClientCertificate FromPem(ReadOnlySpan<char> certificatePem, ReadOnlySpan<char> keyPem)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(certificatePem);
        var leaf = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        // SChannel can't use a key that lives in memory alone; a round trip through PKCS#12 gives one that it can.
        if (OperatingSystem.IsWindows())
        {
            using var ephemeral = leaf;
#pragma warning disable SYSLIB0057 // X509CertificateLoader is not in .NET 8.
            leaf = new X509Certificate2(ephemeral.Export(X509ContentType.Pkcs12));
#pragma warning restore SYSLIB0057
        }
        var chain = new X509Certificate2Collection();
        foreach (var certificate in all)
        {
            if (!certificate.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span))
                chain.Add(certificate);
        }
        return new ClientCertificate(leaf, chain);
    }
}
