using System.Management.Automation;
using KonUpgrade.Parameters;

namespace KonUpgrade.Operations;

/// <summary>One object that came down the pipeline, live or back from a job: what it is called, and no more.</summary>
internal sealed record WorkloadTarget(string? ApiVersion, string Kind, string? Namespace, string Name)
{
    /// <summary>The identity of the cluster that it was read from, where the object is one that tells; empty where it should and does not.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>What an object names; null where it names nothing.</summary>
    public static WorkloadTarget? Of(PSObject input) => ReturnedObject.Unwrap(input) switch
    {
        WorkloadChange change => new(change.ApiVersion, change.Kind, change.Namespace, change.Name),
        ClusterConfigChange change => new(change.ApiVersion, change.Kind, change.Namespace, change.Name),
        // A line that stands for several objects names none; it is passed over as what is no workload.
        ClusterConfigItem item => new(item.ApiVersion, item.Kind, item.Namespace, item.Name ?? "") { ClusterUid = item.ClusterUid ?? "" },
        var bag when ReturnedObject.Was<WorkloadChange>(bag, nameof(WorkloadChange.ApiVersion), nameof(WorkloadChange.Kind), nameof(WorkloadChange.Name))
            || ReturnedObject.Was<ClusterConfigChange>(bag)
            || ReturnedObject.Was<ClusterConfigItem>(bag) => new(
                ReturnedObject.Text(bag, nameof(WorkloadChange.ApiVersion)),
                ReturnedObject.Text(bag, nameof(WorkloadChange.Kind)) ?? "",
                ReturnedObject.Text(bag, nameof(WorkloadChange.Namespace)),
                ReturnedObject.Text(bag, nameof(WorkloadChange.Name)) ?? "")
            {
                ClusterUid = ReturnedObject.Was<ClusterConfigItem>(bag) ? ReturnedObject.Text(bag, nameof(ClusterConfigItem.ClusterUid)) ?? "" : null,
            },
        _ => null,
    };

    /// <summary>The API group; null where it is not known.</summary>
    public string? Group => ApiVersion is null ? null : ApiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? ApiVersion[..slash] : "";
}
