using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Switches the traffic of host names from one cluster to the other, in stages or at once, and back by itself when the new one does not serve.</summary>
[Cmdlet(VerbsCommon.Switch, "ClusterTraffic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = StagedSet)]
[OutputType(typeof(ClusterTraffic))]
public sealed class SwitchClusterTrafficCommand : TrafficCmdlet
{
    private const string StagedSet = "Staged";
    private const string AtOnceSet = "AllAtOnce";

    private static readonly int[] s_stages = [5, 25, 50, 100];

    private readonly List<string> _hostNames = [];

    /// <summary>The cluster that is to serve. Never the current context.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Green { get; set; } = null!;

    /// <summary>The host names. They are switched together.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] HostName { get; set; } = null!;

    /// <summary>The side that traffic is to go to.</summary>
    [Parameter]
    [ValidateSet("Green", "Blue")]
    public string To { get; set; } = "Green";

    /// <summary>The stages: how many of a hundred questions are answered with the new side.</summary>
    [Parameter(ParameterSetName = StagedSet)]
    [ValidateRange(1, 100)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int[]? Weight { get; set; }

    /// <summary>Whether all goes over at once, without weights.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AtOnceSet)]
    public SwitchParameter AllAtOnce { get; set; }

    /// <summary>How long each stage is watched.</summary>
    [Parameter]
    [TimeoutTransformation(MayBeNothing = true)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan Soak { get; set; } = new TrafficSwitchOptions { HostName = [] }.Soak;

    /// <summary>How long resolvers may keep an answer while the switch is under way.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan Ttl { get; set; } = new TrafficSwitchOptions { HostName = [] }.Ttl;

    /// <summary>What the new side's load balancer is asked: a path, or a whole URL.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Uri ProbeUri { get; set; } = new TrafficProbe().Uri;

    /// <summary>The statuses of a good answer.</summary>
    [Parameter]
    [ValidateRange(100, 599)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int[]? ExpectedStatus { get; set; }

    /// <summary>The longest time to a good answer.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? MaximumLatency { get; set; }

    /// <summary>From one probe to the next.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan ProbeInterval { get; set; } = new TrafficProbe().Interval;

    /// <summary>How many bad answers one after the other mean that the new side does not serve.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int FailureThreshold { get; set; } = new TrafficProbe().FailureThreshold;

    /// <summary>Where the load balancer is asked, where it can't be reached by its name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? ProbeAddress { get; set; }

    /// <summary>Whether any certificate of the load balancer will do.</summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Whether nothing is asked.</summary>
    [Parameter]
    public SwitchParameter SkipProbe { get; set; }

    /// <summary>A name that leads to the new side while the switch is under way.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? TestHostName { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _hostNames.AddRange(HostName);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_hostNames.Count == 0)
            return;
        var to = To == "Blue" ? TrafficSide.Blue : TrafficSide.Green;
        var options = new TrafficSwitchOptions
        {
            HostName = _hostNames,
            HostedZoneId = HostedZoneId,
            BlueSource = BlueSource,
            GreenSource = GreenSource,
            To = to,
            // Whoever goes back wants to be there.
            Weight = AllAtOnce ? [] : Weight ?? (to == TrafficSide.Blue ? [] : s_stages),
            Soak = Soak,
            Ttl = Ttl,
            TestHostName = TestHostName,
            Probe = SkipProbe ? null : new TrafficProbe
            {
                Uri = ProbeUri,
                ExpectedStatus = ExpectedStatus ?? [],
                MaximumLatency = MaximumLatency,
                Interval = ProbeInterval,
                FailureThreshold = FailureThreshold,
                Address = ProbeAddress,
                SkipCertificateCheck = SkipCertificateCheck,
            },
        };
        var request = new TrafficRequest(RequestFor(Blue), RequestFor(Green), Aws);
        Run((host, token) => TrafficOperation.SwitchAsync(request, options, host, token), new RunOptions { TimeLimit = Timeout, Target = string.Join(", ", _hostNames) });
    }
}
