using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What reading and switching traffic have in common: the zone, and the objects that have the load balancers.</summary>
public abstract class TrafficCmdlet : ConnectedAwsCmdlet
{
    /// <summary>The cluster that serves now. Never the current context.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Blue { get; set; } = null!;

    /// <summary>The hosted zone; the one that the host name lies in where it is not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? HostedZoneId { get; set; }

    /// <summary>What has the load balancer on blue.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AddressSourceCompleter))]
    public string? BlueSource { get; set; }

    /// <summary>What has the load balancer on green.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AddressSourceCompleter))]
    public string? GreenSource { get; set; }

    /// <summary>How long it may take altogether.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }
}
