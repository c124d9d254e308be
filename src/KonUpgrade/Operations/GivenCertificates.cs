using System.Runtime.CompilerServices;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Engine.Foundation.Sealing;

namespace KonUpgrade.Operations;

/// <summary>Certificates as the command line names them: full paths of files, or certificates themselves, which stay the caller's.</summary>
/// <param name="Given">The paths and certificates.</param>
/// <param name="Password">What opens the files, or null.</param>
internal sealed record GivenCertificates(IReadOnlyList<object> Given, SecureString? Password)
{
    /// <summary>Looks whether the certificate can be used to encrypt. Gives nothing.</summary>
    public async IAsyncEnumerable<object> CheckSealingAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (await Task.Run(Sealing, cancellationToken).ConfigureAwait(false))
            yield break;
    }

    /// <summary>Looks whether the certificates can be used to decrypt. Gives nothing.</summary>
    public async IAsyncEnumerable<object> CheckOpeningAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (await Task.Run(Opening, cancellationToken).ConfigureAwait(false))
            yield break;
    }

    /// <summary>What encrypts for the holder of the first certificate's key.</summary>
    public SealingKey Sealing() => Use(certificates => new SealingKey(certificates[0]));

    /// <summary>What decrypts with the certificates' keys.</summary>
    public OpeningKey Opening() => Use(certificates => new OpeningKey(certificates));

    private T Use<T>(Func<IReadOnlyList<X509Certificate2>, T> use)
    {
        var loaded = new List<X509Certificate2>();
        try
        {
            var certificates = new List<X509Certificate2>();
            foreach (var given in Given)
            {
                if (given is X509Certificate2 certificate)
                {
                    certificates.Add(certificate);
                    continue;
                }

                loaded.Add(CertificateFile.Load((string)given, Password));
                certificates.Add(loaded[^1]);
            }

            return use(certificates);
        }
        finally
        {
            foreach (var certificate in loaded)
                certificate.Dispose();
        }
    }
}
