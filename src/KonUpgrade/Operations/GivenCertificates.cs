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
    /// <summary>Looks whether the certificate can be used to encrypt, and warns of keys that others may read. Gives nothing.</summary>
    public async IAsyncEnumerable<object> CheckSealingAsync(IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (await Task.Run(() => Use(certificates => new SealingKey(certificates[0]), reporter), cancellationToken).ConfigureAwait(false))
            yield break;
    }

    /// <summary>Looks whether the certificates can be used to decrypt, and warns of keys that others may read. Gives nothing.</summary>
    public async IAsyncEnumerable<object> CheckOpeningAsync(IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (await Task.Run(() => Use(certificates => new OpeningKey(certificates), reporter), cancellationToken).ConfigureAwait(false))
            yield break;
    }

    /// <summary>What encrypts for the holder of the first certificate's key.</summary>
    public SealingKey Sealing() => Use(certificates => new SealingKey(certificates[0]));

    /// <summary>What decrypts with the certificates' keys.</summary>
    public OpeningKey Opening() => Use(certificates => new OpeningKey(certificates));

    private T Use<T>(Func<IReadOnlyList<X509Certificate2>, T> use, IReporter? reporter = null)
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
                if (reporter is not null && CertificateFile.OpenToOthers((string)given, loaded[^1]) is { } mode)
                    reporter.Warning($"{given} holds a private key, and others than its owner may read or change it (mode {mode}): chmod 600 keeps it to yourself.");
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
