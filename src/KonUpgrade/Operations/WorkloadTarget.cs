using System.Management.Automation;
using KonUpgrade.Parameters;

namespace KonUpgrade.Operations;

/// <summary>One object that came down the pipeline, live or back from a job: what it is called, and no more.</summary>
internal sealed record WorkloadTarget(string? ApiVersion, string Kind, string? Namespace, string Name)
{
    /// <summary>What an object names; null where it names nothing.</summary>
    public static WorkloadTarget? Of(PSObject input) => ReturnedObject.Unwrap(input) switch
    {
        WorkloadChange change => new(change.ApiVersion, change.Kind, change.Namespace, change.Name),
        ClusterConfigChange change => new(change.ApiVersion, change.Kind, change.Namespace, change.Name),
        // A line that stands for several objects names none; it is passed over as what is no workload.
        ClusterConfigItem item => new(item.ApiVersion, item.Kind, item.Namespace, item.Name ?? ""),
        var bag when ReturnedObject.Was<WorkloadChange>(bag, nameof(WorkloadChange.ApiVersion), nameof(WorkloadChange.Kind), nameof(WorkloadChange.Name))
            || ReturnedObject.Was<ClusterConfigChange>(bag)
            || ReturnedObject.Was<ClusterConfigItem>(bag) => new(
                ReturnedObject.Text(bag, nameof(WorkloadChange.ApiVersion)),
                ReturnedObject.Text(bag, nameof(WorkloadChange.Kind)) ?? "",
                ReturnedObject.Text(bag, nameof(WorkloadChange.Namespace)),
                ReturnedObject.Text(bag, nameof(WorkloadChange.Name)) ?? ""),
        _ => null,
    };

    /// <summary>The API group; null where it is not known.</summary>
    public string? Group => ApiVersion is null ? null : ApiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? ApiVersion[..slash] : "";
}
