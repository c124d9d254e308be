using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Waits until pools of nodes are ready, or gone.</summary>
[Cmdlet(VerbsLifecycle.Wait, "Nodepool")]
[OutputType(typeof(Nodepool), typeof(NodepoolChange))]
public sealed class WaitNodepoolCommand : NodepoolCmdlet
{
    /// <summary>A label selector whose nodes are the pool.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Selector { get; set; }

    /// <summary>What they are to become.</summary>
    [Parameter]
    public NodepoolWaitGoal Until { get; set; }

    /// <summary>How long each is waited for.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long between two looks.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Interval { get; set; }

    private protected override string? NodeSelector => Selector;

    private protected override void Process(NodepoolRequest request, RunOptions options)
    {
        var waiting = new NodepoolWaitingRequest(request, Until, new NodepoolWaitOptions { Timeout = Timeout, Interval = Interval });
        Run((host, token) => NodepoolWaiting.RunAsync(waiting, host, token), options);
    }
}
