using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Compares the configuration of two clusters, of a cluster and an export, or of two exports.</summary>
[Cmdlet(VerbsData.Compare, "ClusterConfig")]
[OutputType(typeof(ClusterConfigDifference))]
public sealed class CompareClusterConfigCommand : ExportTakingCmdlet
{
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

    /// <inheritdoc/>
    protected override void BeginProcessing() => OpenCertificates();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var request = new CompareRequest(
            Side(Reference), Side(Difference), ChosenSystem, Selection, AllowPartial, Throttle)
        { Certificates = Certificates };
        Run((host, token) => CompareOperation.RunAsync(request, host, token), RunOptions.Record(this, Timeout, Reference));
    }

    private SideRequest Side(object side) => side switch
    {
        ClusterContext context => new SideRequest(RequestFor(context), Directory: null),
        ClusterConfigExport export => new SideRequest(Cluster: null, export.Path),
        FileSystemInfo directory => new SideRequest(Cluster: null, directory.FullName),
        // A name may be a context's or a directory's: the kubeconfig tells, on the worker thread.
        _ => new SideRequest(new ClusterRequest((string)side, ResolveKubeConfig(KubeConfigPath), NoExecPlugin) { Location = SessionLocation }, TryResolvePath((string)side)),
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
