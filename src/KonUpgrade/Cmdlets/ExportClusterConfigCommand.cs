using System.Management.Automation;
using System.Security;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Exports the configuration of a cluster to a directory.</summary>
[Cmdlet(VerbsData.Export, "ClusterConfig", SupportsShouldProcess = true)]
[OutputType(typeof(ClusterConfigExport), typeof(ClusterConfigItem))]
public sealed class ExportClusterConfigCommand : ClusterCmdlet
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private GivenCertificates? _certificate;

    /// <summary>The directory that the export is written to.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = null!;

    /// <summary>The cluster; the current context where none is given.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>What becomes of Secrets, and of what the system names as sensitive.</summary>
    [Parameter]
    public SecretHandling Secret { get; set; }

    /// <summary>The certificate for which Secrets are encrypted: a file, or a certificate. Its private key is not needed.</summary>
    [Parameter]
    [CertificateTransformation]
    [ValidateNotNull]
    public object? Certificate { get; set; }

    /// <summary>The password of the certificate's file, where it has one.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>Whether an export of another cluster, system or selection in the directory is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the items in place of the export.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // Who names a certificate believes that something is encrypted.
        if (Certificate is not null && Secret != SecretHandling.Encrypt)
        {
            Fail(new Failure
            {
                Id = "CertificateNotUsed",
                Kind = FailureKind.InvalidArgument,
                Message = $"A certificate was given, and nothing is encrypted: -Secret is {Secret}.",
                Recommendation = "Give -Secret Encrypt, or leave the certificate out.",
            });
        }

        if (Secret != SecretHandling.Encrypt)
            return;
        if (CertificatesOf(Certificate is { } given ? [given] : null, CertificatePassword) is { } certificate)
        {
            _certificate = certificate;
            Run((host, token) => certificate.CheckSealingAsync(host, token), new RunOptions { TimeLimit = Timeout, Target = Certificate });
        }
        else
        {
            Fail(new Failure
            {
                Id = "CertificateMissing",
                Kind = FailureKind.InvalidArgument,
                Message = "Secrets can't be encrypted without a certificate.",
                Recommendation = "Name the certificate for which they are encrypted with -Certificate; its private key is not needed.",
            });
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = ResolvePath(Path);
        if (!_paths.Add(path))
        {
            WriteError(FailureRecord.For(
                new Failure
                {
                    Id = "ExportPathInUse",
                    Kind = FailureKind.InvalidArgument,
                    Message = $"'{path}' already took the export of another cluster of this pipeline.",
                    Recommendation = "Give each cluster a directory of its own: -Path { \"./backups/$($_.Name)\" }.",
                    Target = path,
                },
                target: Cluster));
            return;
        }

        var request = new ExportRequest(RequestFor(Cluster), path, ChosenSystem, Selection, Throttle, PassThru, Force) { Secret = Secret, Certificate = _certificate };
        Run((host, token) => ExportOperation.RunAsync(request, host, token), RunOptions.Record(this, Timeout, (object?)Cluster ?? path));
    }
}
