using System.Management.Automation;
using System.Security;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that gives the objects of directories, beside other sources.</summary>
public abstract class ReadingCmdlet : ClusterCmdlet
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";
    private GivenCertificates? _certificates;

    /// <summary>Whether an export that is not complete is read.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter AllowPartial { get; set; }

    /// <summary>Whether files that were altered are read as they are.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter AllowModified { get; set; }

    /// <summary>Certificates with their private keys, which open what was exported encrypted: files, or certificates.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [CertificateTransformation]
    [ValidateNotNullOrEmpty]
    public object[]? Certificate { get; set; }

    /// <summary>The password of the certificates' files, where they have one.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNull]
    public SecureString? CertificatePassword { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _certificates = OpeningCertificates(Certificate, CertificatePassword);

    /// <summary>What is read, and how.</summary>
    /// <param name="cluster">The cluster; null for a directory.</param>
    /// <param name="path">The directory or file; null for a cluster.</param>
    /// <param name="secret">What becomes of Secrets.</param>
    private protected ReadRequest ReadRequestOf(ClusterRequest? cluster, string? path, SecretHandling secret) =>
        new(cluster, path, ChosenSystem, Selection, AllowPartial, AllowModified, Throttle)
        {
            Secrets = secret == SecretHandling.Include,
            Certificates = _certificates,
        };
}
