using System.Management.Automation;
using System.Security;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Compares the configuration of two clusters, of a cluster and an export, or of two exports.</summary>
[Cmdlet(VerbsData.Compare, "ClusterConfig")]
[OutputType(typeof(ClusterConfigDifference))]
public sealed class CompareClusterConfigCommand : ClusterCmdlet
{
    private GivenCertificates? _certificates;

    /// <summary>The side that the other is measured by: a context, a directory, or an object that stands for one.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ConfigSideTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SideCompleter))]
    public object Reference { get; set; } = null!;

    /// <summary>The other side: a context, a directory, or an object that stands for one.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ConfigSideTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SideCompleter))]
    public object Difference { get; set; } = null!;

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

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _certificates = CertificatesOf(Certificate, CertificatePassword);
        if (_certificates is { } certificates)
            Run((host, token) => certificates.CheckOpeningAsync(host, token), new RunOptions { TimeLimit = Timeout });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var request = new CompareRequest(
            Side(Reference), Side(Difference), ChosenSystem, Selection, AllowPartial, Throttle)
        { Certificates = _certificates };
        Run((host, token) => CompareOperation.RunAsync(request, host, token), RunOptions.Record(this, Timeout, Reference));
    }

    private SideRequest Side(object side) => side switch
    {
        ClusterContext context => new SideRequest(RequestFor(context), Directory: null),
        ClusterConfigExport export => new SideRequest(Cluster: null, export.Path),
        FileSystemInfo directory => new SideRequest(Cluster: null, directory.FullName),
        // A name may be a context's or a directory's: the kubeconfig tells, on the worker thread.
        _ => new SideRequest(new ClusterRequest((string)side, ResolveKubeConfig(KubeConfigPath), NoExecPlugin), TryResolvePath((string)side)),
    };

    // A context's name may look like a path of a drive that is not there: arn:aws:eks:…
    private string? TryResolvePath(string name)
    {
        try
        {
            return ResolvePath(name);
        }
        catch (Exception exception) when (exception is SessionStateException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }
}
