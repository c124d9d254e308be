using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Readiness.Upgrading;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Checks before an upgrade whether anything stands in its way.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ClusterUpgrade", DefaultParameterSetName = InPlaceSet)]
[OutputType(typeof(ReadinessCheck), typeof(bool))]
public sealed class TestClusterUpgradeCommand : ReadinessCmdlet
{
    private const string InPlaceSet = "InPlace";
    private const string BlueGreenSet = "BlueGreen";

    /// <summary>The cluster that is to be upgraded in place; the current context where nothing is given.</summary>
    [Parameter(Position = 0, ParameterSetName = InPlaceSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>The cluster that is left behind.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BlueGreenSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Blue { get; set; } = null!;

    /// <summary>The cluster that takes over, where it is there already.</summary>
    [Parameter(ParameterSetName = BlueGreenSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Green { get; set; }

    /// <summary>The version of Kubernetes that is wanted.</summary>
    [Parameter(Position = 1, ParameterSetName = InPlaceSet)]
    [Parameter(ParameterSetName = BlueGreenSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KubernetesVersionCompleter))]
    public string? TargetVersion { get; set; }

    /// <summary>The version that the cluster's system is to become, where it has one of its own.</summary>
    [Parameter(ParameterSetName = InPlaceSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? SystemVersion { get; set; }

    /// <summary>The role that AWS Backup is to assume for snapshots.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? IamRoleArn { get; set; }

    /// <summary>The vault that snapshots are to be put in.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupVaultCompleter))]
    public string? BackupVaultName { get; set; }

    /// <summary>Databases of RDS and Aurora that are to be put into snapshots.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatabaseCompleter))]
    public string[]? Database { get; set; }

    /// <summary>Buckets that are to be put into snapshots.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? Bucket { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var isInPlace = ParameterSetName == InPlaceSet;
        var upgrade = new ReadinessUpgrade(
            RequestFor(isInPlace ? Cluster : Blue),
            Green is null ? null : RequestFor(Green),
            TargetVersion,
            isInPlace ? UpgradeWay.InPlace : UpgradeWay.BlueGreen,
            SystemVersion,
            new SnapshotIntent { IamRoleArn = IamRoleArn, BackupVaultName = BackupVaultName, Databases = Database ?? [], Buckets = Bucket ?? [] });
        var request = ReadinessRequestOf();
        Run((host, token) => UpgradeReadinessOperation.RunAsync(upgrade, request, host, token), RunOptions.Record(this, Timeout, isInPlace ? Cluster : Blue) with { Instead = Quiet ? false : null });
    }
}
