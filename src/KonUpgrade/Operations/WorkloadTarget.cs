using System.Management.Automation;
using KonUpgrade.Parameters;

namespace KonUpgrade.Operations;

/// <summary>One object that came down the pipeline, live or back from a job: what it is called, and no more.</summary>
internal sealed record WorkloadTarget(string? ApiVersion, string Kind, string? Namespace, string Name)
{
    /// <summary>The identity of the cluster that it was read from, where the object is one that tells; empty where it should and does not.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>The UID that the object had when it was looked at; null where that is not known.</summary>
    public string? Uid { get; init; }

    /// <summary>The cluster that <see cref="Uid"/> is of, by its identity where that is known.</summary>
    public string? UidClusterUid { get; init; }

    /// <summary>The cluster that <see cref="Uid"/> is of, as the command called it that gave the object; or null.</summary>
    public string? UidContext { get; init; }

    /// <summary>What an object names; null where it names nothing.</summary>
    public static WorkloadTarget? Of(PSObject input) => ReturnedObject.Unwrap(input) switch
    {
        WorkloadChange change => new(change.ApiVersion, change.Kind, change.Namespace, change.Name) { Uid = change.Uid, UidContext = change.Context },
        ClusterConfigChange change => new(change.ApiVersion, change.Kind, change.Namespace, change.Name) { Uid = change.Uid, UidContext = change.Context },
        // A line that stands for several objects names none; it is passed over as what is no workload.
        ClusterConfigItem item => new(item.ApiVersion, item.Kind, item.Namespace, item.Name ?? "") { ClusterUid = item.ClusterUid ?? "", Uid = item.Uid, UidClusterUid = item.ClusterUid, UidContext = item.Context },
        var bag when ReturnedObject.Was<WorkloadChange>(bag, nameof(WorkloadChange.ApiVersion), nameof(WorkloadChange.Kind), nameof(WorkloadChange.Name))
            || ReturnedObject.Was<ClusterConfigChange>(bag)
            || ReturnedObject.Was<ClusterConfigItem>(bag) => new(
                ReturnedObject.Text(bag, nameof(WorkloadChange.ApiVersion)),
                ReturnedObject.Text(bag, nameof(WorkloadChange.Kind)) ?? "",
                ReturnedObject.Text(bag, nameof(WorkloadChange.Namespace)),
                ReturnedObject.Text(bag, nameof(WorkloadChange.Name)) ?? "")
            {
                Uid = ReturnedObject.Text(bag, nameof(WorkloadChange.Uid)),
                UidClusterUid = ReturnedObject.Was<ClusterConfigItem>(bag) ? ReturnedObject.Text(bag, nameof(ClusterConfigItem.ClusterUid)) : null,
                UidContext = ReturnedObject.Text(bag, nameof(WorkloadChange.Context)),
                ClusterUid = ReturnedObject.Was<ClusterConfigItem>(bag) ? ReturnedObject.Text(bag, nameof(ClusterConfigItem.ClusterUid)) ?? "" : null,
            },
        _ => null,
    };

    /// <summary>The UID that the object must have on a cluster; null where the one that is known is of another cluster, or may be.</summary>
    /// <param name="context">The cluster's context.</param>
    /// <param name="identity">The cluster's identity, or null.</param>
    public string? UidOn(string context, string? identity) => (UidClusterUid is { } known ? known == identity : UidContext is null || UidContext == context) ? Uid : null;

    /// <summary>The API group; null where it is not known.</summary>
    public string? Group => ApiVersion is null ? null : ApiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? ApiVersion[..slash] : "";
}
