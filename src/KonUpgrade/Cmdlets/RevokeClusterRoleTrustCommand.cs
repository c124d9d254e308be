using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Takes back what Grant-ClusterRoleTrust added: for a cluster, or what single grants did.</summary>
[Cmdlet(VerbsSecurity.Revoke, "ClusterRoleTrust", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ClusterSet)]
[OutputType(typeof(ClusterRoleTrust))]
public sealed class RevokeClusterRoleTrustCommand : RoleTrustCmdlet
{
    private const string TrustSet = "Trust";

    private readonly List<ClusterRoleTrust> _granted = [];

    /// <summary>The cluster whose ServiceAccounts are meant. What changes never falls back to the current context.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ClusterSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Cluster { get; set; } = null!;

    /// <summary>What came of grants.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = TrustSet)]
    [RoleTrustTransformation]
    [ValidateNotNullOrEmpty]
    public ClusterRoleTrust[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == TrustSet)
        {
            _granted.AddRange(InputObject);
            return;
        }

        var request = RequestOf(Cluster);
        Run((host, token) => RoleTrustOperation.RevokeAsync(request, host, token), new RunOptions { Target = Cluster });
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_granted.Count > 0)
            Run((host, token) => RoleTrustOperation.RevokeAsync(Aws, _granted, host, token), new RunOptions());
    }
}
