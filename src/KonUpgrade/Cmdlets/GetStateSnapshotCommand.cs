using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Gets snapshots of stores outside the cluster.</summary>
[Cmdlet(VerbsCommon.Get, "StateSnapshot", DefaultParameterSetName = "Search")]
[OutputType(typeof(StateSnapshot))]
public sealed class GetStateSnapshotCommand : AwsCmdlet
{
    /// <summary>Names of snapshots, with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Search")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The ARNs of what was backed up.</summary>
    [Parameter(ParameterSetName = "Search", ValueFromPipeline = true)]
    [ResourceArnTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProtectedResourceCompleter))]
    public string[]? ResourceArn { get; set; }

    /// <summary>The vault.</summary>
    [Parameter(ParameterSetName = "Search")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupVaultCompleter))]
    public string? BackupVaultName { get; set; }

    /// <summary>Whether those that backup plans made are given, too.</summary>
    [Parameter(ParameterSetName = "Search")]
    public SwitchParameter IncludePlan { get; set; }

    /// <summary>The ids of their jobs.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Job")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? BackupJobId { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (BackupJobId is { } jobs)
        {
            Run((host, token) => SnapshotOperation.GetAsync(Aws, jobs, host, token), RunOptions.Record(this, target: jobs));
            return;
        }

        var names = NamePattern.All(Name);
        foreach (var arn in ResourceArn is { Length: > 0 } given ? given : [null!])
        {
            var filter = new SnapshotFilter
            {
                Name = names.Count == 0 ? null : name => names.Any(pattern => pattern.Matches(name)),
                ResourceArn = arn,
                BackupVaultName = BackupVaultName,
                IncludesPlans = IncludePlan,
            };
            Run((host, token) => SnapshotOperation.ListAsync(Aws, filter, host, token), RunOptions.Record(this, target: arn));
        }
    }
}
