using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Workloads;

/// <summary>A kind that workloads begin and that runs on when they are held: an Argo Workflow has no Pod while it waits between two steps.</summary>
/// <param name="Group">The API group.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Field">The field that shows its end; null where only its Pods do.</param>
/// <param name="Ended">The values of the field with which it has come to its end.</param>
public sealed record BegunKind(string Group, string Kind, FieldPath? Field, IReadOnlyList<string> Ended)
{
    /// <summary>Whether it has not come to its end, as far as it shows that itself.</summary>
    internal bool GoesOn(KubernetesObject o) => Field is { } field && !Ended.Contains(field.Find(o.Root).Text() ?? "");
}
