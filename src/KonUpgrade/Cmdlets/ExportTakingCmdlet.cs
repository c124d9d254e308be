using System.Management.Automation;
using System.Security;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that always may take exports.</summary>
public abstract class ExportTakingCmdlet : ClusterCmdlet
{
    /// <summary>Whether an export that is not complete is taken.</summary>
    [Parameter]
    public SwitchParameter AllowPartial { get; set; }

    /// <summary>Certificates with their private keys, which open what was exported encrypted: files, or certificates.</summary>
    [Parameter]
    [CertificateTransformation]
    [ValidateNotNullOrEmpty]
    public object[]? Certificate { get; set; }

    /// <summary>The password of the certificates' files, where they have one.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>What opens the exports, once <see cref="OpenCertificates"/> has seen that it can; null where the command line names none.</summary>
    private protected GivenCertificates? Certificates { get; private set; }

    /// <summary>Looks whether the certificates can open anything, before exports are read.</summary>
    /// <param name="target">What an error is about, where not the certificate.</param>
    private protected void OpenCertificates(object? target = null) => Certificates = OpeningCertificates(Certificate, CertificatePassword, target);
}
