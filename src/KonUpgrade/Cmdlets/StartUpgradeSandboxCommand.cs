using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;
using KonUpgrade.Sandbox;

namespace KonUpgrade.Cmdlets;

/// <summary>Starts a sandbox: simulated clusters on this machine's loopback address.</summary>
[Cmdlet(VerbsLifecycle.Start, "UpgradeSandbox", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(UpgradeSandbox))]
public sealed class StartUpgradeSandboxCommand : EngineCmdlet
{
    /// <summary>Its clusters: name and version, as <c>blue=1.32</c>.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[] Cluster { get; set; } = ["blue=1.32", "green=1.34"];

    /// <summary>How many nodes each cluster has; with any, its workloads run.</summary>
    [Parameter]
    [ValidateRange(0, 1000)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int NodeCount { get; set; }

    /// <summary>How many seconds pass in the clusters in one second.</summary>
    [Parameter]
    [ValidateRange(1, 10000)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ClockSpeed { get; set; } = 1;

    /// <summary>Whether each cluster has Velero, with a bucket that they share.</summary>
    [Parameter]
    public SwitchParameter Velero { get; set; }

    /// <summary>Whether the Ingresses and Services of type LoadBalancer of each cluster get load balancers.</summary>
    [Parameter]
    public SwitchParameter LoadBalancer { get; set; }

    /// <summary>The directory for its kubeconfig and certificates.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>How long it may take to be ready.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var request = new SandboxRequest(Cluster, Path is null ? null : ResolvePath(Path), NodeCount, ClockSpeed, Velero, LoadBalancer);
        Run((host, token) => SandboxProcess.StartAsync(request, host, token), new RunOptions { TimeLimit = Timeout, Target = request.Path });
    }
}
