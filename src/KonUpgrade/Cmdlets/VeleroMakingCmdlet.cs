using System.Management.Automation;
using System.Text.Json.Nodes;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that makes something with Velero: what is meant, and whether its end is waited for.</summary>
public abstract class VeleroMakingCmdlet : VeleroCmdlet
{
    /// <summary>Its name; one by the request itself where none is given.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Name { get; set; }

    /// <summary>Only these namespaces.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>Namespaces that are left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? ExcludeNamespace { get; set; }

    /// <summary>Only these kinds.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KindCompleter))]
    public string[]? Kind { get; set; }

    /// <summary>Kinds that are left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KindCompleter))]
    public string[]? ExcludeKind { get; set; }

    /// <summary>Only what fits one of these label selectors.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? LabelSelector { get; set; }

    /// <summary>Whether objects of the cluster itself are meant, too; those that belong to what is meant, where it is not said.</summary>
    [Parameter]
    public SwitchParameter IncludeClusterResource { get; set; }

    /// <summary>Hooks, as tables with the fields of Velero's own objects.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public object[]? Hook { get; set; }

    /// <summary>How long operations of plugins may take.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? ItemOperationTimeout { get; set; }

    /// <summary>Whether its end is not waited for.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>How long it is waited for.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (WaitTime.Conflict(NoWait, (nameof(Timeout), Timeout)) is { } conflict)
            Fail(conflict with { Recommendation = "Leave out -NoWait, or -Timeout: the same command, run again without -NoWait, finds what runs and waits for it." });
    }

    /// <summary>How its end is waited for; null for not at all.</summary>
    private protected VeleroWaitOptions? Wait => NoWait ? null : new VeleroWaitOptions { Timeout = Timeout };

    /// <summary>What is meant.</summary>
    private protected VeleroScope Selection => new()
    {
        Namespaces = Namespace ?? [],
        ExcludedNamespaces = ExcludeNamespace ?? [],
        Kinds = Kind ?? [],
        ExcludedKinds = ExcludeKind ?? [],
        LabelSelectors = LabelSelector ?? [],
        IncludeClusterResources = Said(nameof(IncludeClusterResource), IncludeClusterResource),
    };

    /// <summary>A switch of three states: null where it is not said.</summary>
    private protected bool? Said(string name, SwitchParameter value) => MyInvocation.BoundParameters.ContainsKey(name) ? value.ToBool() : null;

    /// <summary>The hooks as Velero takes them. What is wrong with them ends the command.</summary>
    private protected JsonArray? Hooks()
    {
        try
        {
            return VeleroHooks.Read(Hook);
        }
        catch (UpgradeException e)
        {
            Fail(e.Failure with { Id = "HookInvalid", Recommendation = "Give tables: @{ name = 'freeze'; includedNamespaces = @('shop'); pre = @(@{ exec = @{ command = @('sync') } }) }" });
            return null;
        }
    }
}
