using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// Finalizers travel with their object, since most controllers count on their own being there. Where the controller
/// does not come along, nobody takes them off again, and the object can't be deleted: that is worth a word.
/// </summary>
internal static class Finalizers
{
    /// <summary>What is worth knowing about an object's finalizers; null where it has none but those that every cluster takes off by itself.</summary>
    public static string? NoteOn(KubernetesObject o)
    {
        var others = o.Metadata.Texts("finalizers").Where(f => !IsOfKubernetes(f)).ToList();
        return others.Count == 0
            ? null
            : $"It has the finalizer{(others.Count == 1 ? "" : "s")} {string.Join(", ", others)}: without the controller that takes {(others.Count == 1 ? "it" : "them")} off, the object can't be deleted.";
    }

    private static bool IsOfKubernetes(string finalizer) =>
        finalizer is "kubernetes" or "orphan" or "foregroundDeletion"
        || finalizer.StartsWith("kubernetes.io/", StringComparison.Ordinal)
        || (finalizer.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && finalizer[..slash].EndsWith(".kubernetes.io", StringComparison.Ordinal));
}
