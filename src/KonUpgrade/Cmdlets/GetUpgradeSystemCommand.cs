using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Gets the systems that KonUpgrade knows how to move.</summary>
[Cmdlet(VerbsCommon.Get, "UpgradeSystem")]
[OutputType(typeof(UpgradeSystem))]
public sealed class GetUpgradeSystemCommand : EngineCmdlet
{
    /// <summary>Names of systems, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SystemCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = NamePattern.All(Name);
        Run((host, token) => SystemOperation.RunAsync(names, host, token), RunOptions.Record(this, target: Name));
    }
}
