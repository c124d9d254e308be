using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>One entry of an object's managedFields: who wrote, in which version, and when.</summary>
/// <param name="ApiVersion">The group and version that was written in.</param>
/// <param name="Manager">Who wrote.</param>
/// <param name="IsApply">Whether by server-side apply.</param>
/// <param name="Time">When the manager last changed what it owns in this version; null where it is not told.</param>
internal sealed record WrittenFields(string ApiVersion, string Manager, bool IsApply, DateTimeOffset? Time)
{
    /// <summary>What kubectl apply calls itself where it applies on its own side.</summary>
    public const string ClientSideApply = "kubectl-client-side-apply";

    // Parts of Kubernetes itself, which go to the new version with it.
    private static readonly HashSet<string> s_ownParts = new(StringComparer.Ordinal)
    {
        "kube-apiserver", "kube-controller-manager", "kube-scheduler", "cloud-controller-manager", "kubelet", "kube-proxy",
    };

    /// <summary>Whether the manager is a part of Kubernetes itself.</summary>
    public bool IsOfKubernetes => s_ownParts.Contains(Manager) || Manager.StartsWith("api-priority-and-fairness-", StringComparison.Ordinal);

    /// <summary>The entries of an object.</summary>
    public static List<WrittenFields> Of(KubernetesObject o)
    {
        var entries = new List<WrittenFields>();
        foreach (var entry in o.Metadata.Member("managedFields"u8).Elements())
        {
            if (entry.Member("apiVersion"u8).Text() is { Length: > 0 } apiVersion)
                entries.Add(new WrittenFields(apiVersion, entry.Member("manager"u8).Text() ?? "", entry.Member("operation"u8).Is("Apply"u8), entry.Time("time")));
        }

        return entries;
    }

    /// <summary>Whether this one was written at or after another's time; where one of them tells no time, nobody can say that it was not.</summary>
    public bool IsSince(WrittenFields other) => Time is not { } mine || other.Time is not { } theirs || mine >= theirs;
}
