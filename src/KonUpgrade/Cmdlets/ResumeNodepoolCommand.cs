using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Puts back what was changed when a pool was suspended, and nothing else.</summary>
[Cmdlet(VerbsLifecycle.Resume, "Nodepool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NodepoolChange))]
public sealed class ResumeNodepoolCommand : NodepoolCmdlet
{
    /// <summary>A label selector whose nodes are the pool.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Selector { get; set; }

    /// <summary>How many nodes are worked on at once; the engine's own number where it is not given.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; }

    private protected override string? NodeSelector => Selector;

    private protected override void Process(NodepoolRequest request, RunOptions options)
    {
        int? throttle = ThrottleLimit > 0 ? ThrottleLimit : null;
        Run((host, token) => NodepoolOperation.ResumeAsync(request, throttle, host, token), options);
    }
}
