using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Gets the contexts of a kubeconfig.</summary>
[Cmdlet(VerbsCommon.Get, "ClusterContext")]
[OutputType(typeof(ClusterContext))]
public sealed class GetClusterContextCommand : EngineCmdlet
{
    /// <summary>Names of contexts, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Only the current context.</summary>
    [Parameter]
    public SwitchParameter Current { get; set; }

    /// <summary>The kubeconfig, or several.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KubeConfigPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var request = new ContextRequest(ResolveKubeConfig(KubeConfigPath), NamePattern.All(Name), Current);
        Run((host, token) => ContextOperation.RunAsync(request, host, token));
    }
}
