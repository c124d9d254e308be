using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Tells where the traffic of host names goes: which cluster serves them, by which records of Route 53.</summary>
[Cmdlet(VerbsCommon.Get, "ClusterTraffic")]
[OutputType(typeof(ClusterTraffic))]
public sealed class GetClusterTrafficCommand : TrafficCmdlet
{
    /// <summary>The cluster that is to serve. Never the current context.</summary>
    [Parameter(Position = 1)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Green { get; set; }

    /// <summary>The host names; every name that leads to one of the clusters where none is given.</summary>
    [Parameter(Position = 2, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[]? HostName { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var options = new TrafficOptions { HostName = HostName ?? [], HostedZoneId = HostedZoneId, BlueSource = BlueSource, GreenSource = GreenSource };
        var request = new TrafficRequest(RequestFor(Blue), Green is null ? null : RequestFor(Green), Aws);
        Run((host, token) => TrafficOperation.GetAsync(request, options, host, token), RunOptions.Record(this, Timeout, HostName));
    }
}
