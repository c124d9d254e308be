using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Lets the IAM roles that a cluster's ServiceAccounts name trust them.</summary>
[Cmdlet(VerbsSecurity.Grant, "ClusterRoleTrust", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ClusterSet)]
[OutputType(typeof(ClusterRoleTrust))]
public sealed class GrantClusterRoleTrustCommand : RoleTrustCmdlet
{
    /// <summary>The cluster whose ServiceAccounts are meant. What changes never falls back to the current context.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ClusterSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Cluster { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var request = RequestOf(Cluster);
        Run((host, token) => RoleTrustOperation.GrantAsync(request, host, token), RunOptions.Record(this, target: Cluster));
    }
}
