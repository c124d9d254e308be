using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Gets the contexts of a kubeconfig.</summary>
[Cmdlet(VerbsCommon.Get, "ClusterContext", DefaultParameterSetName = NameSet)]
[OutputType(typeof(ClusterContext))]
public sealed class GetClusterContextCommand : EngineCmdlet
{
    private const string NameSet = "Name";
    private const string SandboxSet = "Sandbox";

    /// <summary>Names of contexts, with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = NameSet, ValueFromPipeline = true)]
    [Parameter(Position = 0, ParameterSetName = SandboxSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string[]? Name { get; set; }

    /// <summary>A sandbox, whose contexts are meant.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SandboxSet, ValueFromPipeline = true)]
    [SandboxTransformation]
    [ValidateNotNull]
    public UpgradeSandbox? Sandbox { get; set; }

    /// <summary>Only the current context.</summary>
    [Parameter]
    public SwitchParameter Current { get; set; }

    /// <summary>The kubeconfig, or several.</summary>
    [Parameter(ParameterSetName = NameSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KubeConfigPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var kubeConfig = ParameterSetName == SandboxSet ? Sandbox!.KubeConfigPath : KubeConfigPath;
        var request = new ContextRequest(ResolveKubeConfig(kubeConfig), NamePattern.All(Name), Current) { Location = SessionLocation };
        Run((host, token) => ContextOperation.RunAsync(request, host, token), RunOptions.Record(this, target: kubeConfig));
    }
}
